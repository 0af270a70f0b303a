import { INGRESS, ingressOfService, serviceRead } from './api-ingress.ts'
import { gcloud } from './command.ts'
import { SERVER } from './deployed-functions.ts'
import { textAt } from './fields.ts'
import { networkAnnotations } from './network.ts'
import { imageOf, imageRead } from './repository.ts'
import type { Answers, Read, Resource } from './resource.ts'
import { newestIn, versionsRead } from './secret-versions.ts'
import type { Target } from './target.ts'

const NAME = 'holdfast-api'
const PORT = 8080
const MEMORY_MIB = 1024
const HEAP_MB = 700
/** Large bodies are parsed in memory, so that one instance takes few requests at once. */
const CONCURRENCY = 40
/** Cloud Run's longest. An event stream begins anew after it. */
const REQUEST_S = 3600

export const apiServiceRead = (target: Target): Read => serviceRead(target, NAME)

/** The address of the service. Undefined while there is none. */
export const addressOf = (service: unknown): string | undefined => textAt(service, 'status', 'url')

/** Where callers reach the API with bodies of any size. Undefined while nobody knows. */
export const addressForCallers = ({ environment: { api } }: Target, service: unknown): string | undefined =>
  api.access === 'load-balancer' ? `https://${api.domain}` : addressOf(service)

/** The variable with that address, for what webhooks say of media. An environment may say it by itself. */
export function publicUrlIn(target: Target, service: unknown): Readonly<Record<string, string>> {
  const address = target.variables['PUBLIC_URL'] ?? addressForCallers(target, service)
  return address === undefined ? {} : { PUBLIC_URL: address }
}

/**
 * The API as a server of its own, for what a function cannot do: bodies beyond 32 MB, and streams. The API
 * checks keys itself, so that Google asks nobody who he is, unless IAP does. It speaks HTTP/2, because HTTP/1 has the limit of functions.
 */
export function apiService(target: Target): Resource {
  const { project, region } = target
  const isOpen = target.environment.api.iap === undefined
  const metadata = {
    annotations: { [INGRESS]: ingressOfService(target), 'run.googleapis.com/invoker-iam-disabled': String(isOpen) },
  }
  const specOf = (answers: Answers) => ({
    template: templateOf(target, answers),
    traffic: [{ latestRevision: true, percent: 100 }],
  })
  const replace = (answers: Answers) => {
    const file = target.file('api-service.json')
    const labels = { 'cloud.googleapis.com/location': region, app: 'holdfast' }
    const content = {
      apiVersion: 'serving.knative.dev/v1',
      kind: 'Service',
      metadata: { name: NAME, labels, ...metadata },
      spec: specOf(answers),
    }
    // gcloud writes the name and the version of its client into the template. Another SDK would make another revision.
    const words = ['run', 'services', 'replace', file, '--client-name=holdfast', '--client-version=1']
    return [gcloud(project, words, { files: { [file]: content } })]
  }
  return {
    id: `service ${NAME}`,
    stage: 'server',
    reads: [apiServiceRead(target), imageRead(target, 'server'), versionsRead(target, 'API_KEY')],
    want: (answers) => ({ metadata, spec: { template: templateOf(target, answers) } }),
    permissions: ['run.services.create', 'run.services.update', 'run.services.setIamPolicy', 'iam.serviceAccounts.actAs'],
    create: replace,
    update: (_have, answers) => replace(answers),
    remove: () => [gcloud(project, ['run', 'services', 'delete', NAME, `--region=${region}`])],
  }
}

function templateOf(target: Target, [, image, keys]: Answers) {
  const { minInstances, maxInstances } = target.environment.server
  const variables = {
    GOOGLE_CLOUD_PROJECT: target.project,
    ...target.variables,
    // Its own address is not known before it is there, and another template would be another revision.
    ...publicUrlIn(target, undefined),
    HOLDFAST_RELEASE: target.release.server,
  }
  // A new key of the API is another template, so that all instances begin anew with it.
  const versions = { API_KEY: newestIn(keys) ?? '1', SESSION_ENCRYPTION_KEY: '1' }
  return {
    metadata: {
      annotations: {
        'autoscaling.knative.dev/minScale': String(minInstances),
        'autoscaling.knative.dev/maxScale': String(maxInstances),
        'run.googleapis.com/startup-cpu-boost': 'true',
        ...networkAnnotations(target, SERVER),
      },
    },
    spec: {
      serviceAccountName: target.emailOf(SERVER.account),
      containerConcurrency: CONCURRENCY,
      timeoutSeconds: REQUEST_S,
      containers: [
        {
          name: 'server',
          image: imageOf(target, 'server', image) ?? target.tagOf('server'),
          args: ['--enable-source-maps', `--max-old-space-size=${HEAP_MB}`, 'index.js'],
          // The name of the port makes Cloud Run speak HTTP/2 to it.
          ports: [{ name: 'h2c', containerPort: PORT }],
          env: [
            ...Object.entries(variables).map(([name, value]) => ({ name, value })),
            ...SERVER.secrets.map((name) => ({
              name,
              valueFrom: { secretKeyRef: { name, key: versions[name] } },
            })),
          ],
          resources: { limits: { cpu: '1', memory: `${MEMORY_MIB}Mi` } },
          startupProbe: { httpGet: { path: '/ready', port: PORT }, periodSeconds: 2, failureThreshold: 60, timeoutSeconds: 2 },
          livenessProbe: { httpGet: { path: '/live', port: PORT }, periodSeconds: 10, failureThreshold: 3, timeoutSeconds: 3 },
        },
      ],
    },
  }
}
