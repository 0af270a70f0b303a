import type { Access } from '../environment/api-access.ts'
import { gcloud } from './command.ts'
import { at } from './fields.ts'
import type { Read, Resource } from './resource.ts'
import type { Target } from './target.ts'

/** The read of a service of Cloud Run. A function is one, too. */
export const serviceRead = ({ project, region }: Target, name: string): Read => ({
  url: `https://${region}-run.googleapis.com/apis/serving.knative.dev/v1/namespaces/${project}/services/${name}`,
})

/** The annotation in which Cloud Run keeps from where requests are let through. */
export const INGRESS = 'run.googleapis.com/ingress'

/** From where the service takes requests at its own address. */
const OF_SERVICE: Readonly<Record<Access, string>> = {
  public: 'all',
  internal: 'internal',
  'load-balancer': 'internal-and-cloud-load-balancing',
}

export const ingressOfService = ({ environment }: Target): string => OF_SERVICE[environment.api.access]

/**
 * From where the function `api` takes requests. No load balancer leads to it, because the service is the same API. Tasks and schedules
 * call other functions, which let in nobody but them.
 */
export function ingressOfFunction(target: Target): Resource {
  const { project, region, environment } = target
  const wanted = environment.api.access === 'public' ? 'all' : 'internal'
  const set = () => [gcloud(project, ['run', 'services', 'update', 'api', `--ingress=${wanted}`, `--region=${region}`])]
  return {
    id: 'ingress of function api',
    // firebase-tools open the function at each deployment of it.
    stage: 'invokers',
    reads: [serviceRead(target, 'api')],
    // Cloud Run leaves out what it does by itself.
    have: ([service]) => service && { ingress: at(service, 'metadata', 'annotations', INGRESS) ?? 'all' },
    want: () => ({ ingress: wanted }),
    ...(wanted === 'internal' ? { warning: 'from then on callers do not reach the function any more' } : {}),
    permissions: ['run.services.update'],
    create: set,
    update: set,
  }
}
