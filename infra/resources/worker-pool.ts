import { type Command, gcloud } from './command.ts'
import { RUNNER } from './deployed-functions.ts'
import { at } from './fields.ts'
import { imageOf, imageRead } from './repository.ts'
import { instancesIn, FOLLOW_NEWEST, splitsBeforeChange } from './pool-splits.ts'
import type { Answers, Read, Resource } from './resource.ts'
import type { Target } from './target.ts'

const POOL = 'holdfast-runner'
const PROBE_PORT = 8080

export const poolRead = ({ project, region }: Target): Read => ({
  url: `https://${region}-run.googleapis.com/apis/run.googleapis.com/v1/namespaces/${project}/workerpools/${POOL}`,
})

/** The runners. Cloud Run makes a revision of each new template, and all sessions move to it. */
export function workerPool(target: Target): Resource {
  const { project, region, environment } = target
  return {
    id: `worker pool ${POOL}`,
    stage: 'runner',
    warning: 'a new revision: every session moves once, in steps in a large fleet',
    reads: [poolRead(target), imageRead(target)],
    // The number of instances and the split are not compared: others change them while it runs.
    want: (answers) => ({ spec: { template: templateOf(target, answers) } }),
    permissions: ['run.workerpools.create', 'run.workerpools.update', 'iam.serviceAccounts.actAs'],
    create: (answers) => [
      replace(target, answers, {
        count: environment.runner.instances,
        splits: FOLLOW_NEWEST,
      }),
    ],
    update: (have, answers) => [
      replace(target, answers, {
        count: at(have, 'metadata', 'annotations', 'run.googleapis.com/manualInstanceCount') ?? environment.runner.instances,
        splits: splitsBeforeChange(have),
      }),
    ],
    remove: () => [gcloud(project, ['run', 'worker-pools', 'delete', POOL, `--region=${region}`], { track: 'beta' })],
  }
}

const replace = (target: Target, answers: Answers, { count, splits }: { count: unknown; splits: unknown }) =>
  replaceCommand(target, { count, splits, template: templateOf(target, answers) })

/** Divides the instances of a present pool anew. Its template and the number of its instances stay. */
export const splitCommand = (target: Target, pool: unknown, splits: readonly object[]): Command =>
  replaceCommand(target, { count: instancesIn(pool), splits, template: at(pool, 'spec', 'template') })

function replaceCommand(
  target: Target,
  { count, splits, template }: { count: unknown; splits: unknown; template: unknown },
): Command {
  const file = target.file('worker-pool.json')
  const pool = {
    apiVersion: 'run.googleapis.com/v1',
    kind: 'WorkerPool',
    metadata: {
      name: POOL,
      labels: { 'cloud.googleapis.com/location': target.region, app: 'holdfast' },
      annotations: { 'run.googleapis.com/scalingMode': 'manual', 'run.googleapis.com/manualInstanceCount': String(count) },
    },
    spec: { template, instanceSplits: splits },
  }
  // gcloud writes the name and the version of its client into the template. Another SDK would make another revision.
  const words = ['run', 'worker-pools', 'replace', file, '--client-name=holdfast', '--client-version=1']
  return gcloud(target.project, words, { track: 'beta', files: { [file]: pool } })
}

function templateOf(target: Target, [, image]: Answers) {
  const { cpu, memoryGib, maxConnections } = target.environment.runner
  const variables = {
    GOOGLE_CLOUD_PROJECT: target.project,
    ...target.variables,
    MAX_CONNECTIONS: String(maxConnections),
    PROBE_PORT: String(PROBE_PORT),
    HOLDFAST_RELEASE: target.release.runner,
  }
  const probe = { port: PROBE_PORT }
  return {
    spec: {
      serviceAccountName: target.emailOf('runner'),
      containers: [
        {
          name: 'runner',
          image: imageOf(target, image) ?? `${target.image}:${target.release.runner}`,
          env: [
            ...Object.entries(variables).map(([name, value]) => ({ name, value })),
            // The first version: a second one of the key comes with a procedure of its own.
            ...RUNNER.secrets.map((name) => ({ name, valueFrom: { secretKeyRef: { name, key: '1' } } })),
          ],
          resources: { limits: { cpu: String(cpu), memory: `${memoryGib}Gi` } },
          startupProbe: { httpGet: { path: '/startup', ...probe }, periodSeconds: 5, failureThreshold: 48, timeoutSeconds: 3 },
          livenessProbe: { httpGet: { path: '/live', ...probe }, periodSeconds: 10, failureThreshold: 3, timeoutSeconds: 3 },
        },
      ],
    },
  }
}
