import { isDeepStrictEqual } from 'node:util'
import { things } from '../things.ts'
import { jobOrExecution } from './jobs.ts'
import {
  alreadyExists,
  type Answer,
  type Call,
  done,
  failure,
  type Fields,
  notFound,
  now,
  ok,
  PROJECT,
  REGION,
  type World,
} from '../world.ts'

/** What runs code: Cloud Run, Cloud Functions, Cloud Build with Artifact Registry, Cloud Tasks and Cloud Scheduler. */

const KNATIVE =
  /^\/apis\/(?:run\.googleapis\.com|serving\.knative\.dev)\/v1\/namespaces\/([^/]+)\/(workerpools|services|revisions)(?:\/([^/]+))?$/i

export function run(call: Call, world: World): Answer {
  const job = jobOrExecution(call, world)
  if (job) return job
  const knative = KNATIVE.exec(call.path)
  if (knative) return knativeThing(call, world, knative[2]?.toLowerCase() ?? '', knative[3])
  // gcloud reads and writes policies of services by the first version of the API.
  const path = /^\/v1\/projects\/.*IamPolicy$/.test(call.path) ? call.path.replace('/v1/', '/v2/') : call.path
  const named = /^\/v2\/.*\/services\/([^/:]+):(?:get|set)IamPolicy$/.exec(path)?.[1]
  if (named !== undefined && world.things.has(`run:services/${named}`)) {
    // Both versions of the API have the same services.
    const key = `${call.host}${path.slice(0, path.lastIndexOf(':'))}`
    if (!world.things.has(key)) world.things.set(key, { name: key })
  }
  return things({ ...call, path }, world, { long: !path.includes(':') })
}

/** Worker pools and services in Kubernetes' words. A change is over at once. */
function knativeThing(call: Call, world: World, kind: string, name: string | undefined): Answer {
  const { method, body, query } = call
  const key = (id: string) => `run:${kind}/${id}`
  if (method === 'GET' && name !== undefined) {
    const found = world.things.get(key(name))
    return found ? ok(found) : notFound(name)
  }
  if (method === 'GET')
    return ok({ kind: 'List', apiVersion: 'run.googleapis.com/v1', metadata: {}, items: world.below(`run:${kind}/`) })
  if (method === 'DELETE') return world.things.delete(key(name ?? '')) ? ok({ status: 'Success' }) : notFound(name ?? kind)
  if (query.has('dryRun')) return ok(body)
  const metadata = body['metadata'] as Fields
  const id = name ?? String(metadata['name'])
  const before = world.things.get(key(id))
  if (method === 'POST' && before) return alreadyExists(id)
  const thing = { ...body, ...revised(world, id, body, before) }
  world.things.set(key(id), thing)
  return ok(thing)
}

/** A template that is not the one before makes another revision. */
function revised(world: World, id: string, body: Fields, before: Fields | undefined) {
  const [metadata, spec] = [body['metadata'] as Fields, body['spec'] as Fields]
  const [was, status] = [before?.['metadata'] as Fields | undefined, before?.['status'] as Fields | undefined]
  const generation = Number(was?.['generation'] ?? 0) + 1
  const same = isDeepStrictEqual((before?.['spec'] as Fields | undefined)?.['template'], spec['template'])
  const revision = same ? status?.['latestReadyRevisionName'] : `${id}-${String(generation).padStart(5, '0')}-abc`
  const wanted = (spec['instanceSplits'] as Fields[] | undefined) ?? [{ latestRevision: true, percent: 100 }]
  const splits = wanted.map((split) => (split['latestRevision'] === true ? { revisionName: revision, ...split } : split))
  const conditions = ['Ready', 'ConfigurationsReady', 'RoutesReady', 'InstanceSplitsReady']
  return {
    metadata: {
      ...metadata,
      generation,
      resourceVersion: `v${world.serial()}`,
      creationTimestamp: was?.['creationTimestamp'] ?? now(),
      labels: { 'cloud.googleapis.com/location': REGION, ...(metadata['labels'] as Fields | undefined) },
    },
    status: {
      url: `https://${id}-abc-uc.a.run.app`,
      observedGeneration: generation,
      conditions: conditions.map((type) => ({ type, status: 'True', lastTransitionTime: now() })),
      latestReadyRevisionName: revision,
      latestCreatedRevisionName: revision,
      traffic: splits,
      instanceSplits: splits,
    },
  }
}

const INGRESS = 'run.googleapis.com/ingress'

/** Whether the service with this address takes requests from the internet. */
export function isOpen(host: string, world: World): boolean {
  const service = world.things.get(`run:services/${host.replace('-abc-uc.a.run.app', '')}`)
  const annotations = (service?.['metadata'] as Fields | undefined)?.['annotations'] as Fields | undefined
  return (annotations?.[INGRESS] ?? 'all') === 'all'
}

export function functions(call: Call, world: World): Answer {
  const { host, path, method } = call
  const prefix = `${host}/v2/projects/${PROJECT}/locations/${REGION}/functions/`
  if (path.endsWith(':generateUploadUrl')) {
    const storageSource = { bucket: 'gcf-v2-uploads', object: 'source.zip', generation: '1' }
    return ok({ uploadUrl: 'https://storage.googleapis.com/gcf-v2-uploads/source.zip?signed=1', storageSource })
  }
  if (path.startsWith('/v1/') && method === 'GET' && path.endsWith('/functions')) return ok({ functions: [], unreachable: [] })
  if (path.includes('/locations/-/functions') && method === 'GET') return ok({ functions: world.below(prefix), unreachable: [] })
  if (path.endsWith('/locations'))
    return ok({ locations: [{ name: `projects/${PROJECT}/locations/${REGION}`, locationId: REGION }] })
  if (method === 'POST' && path.endsWith('/functions')) return deploy(call, world, call.query.get('functionId') ?? '')
  const id = /\/functions\/([^/:]+)$/.exec(path)?.[1]
  if (method === 'PATCH' && id !== undefined) return world.things.has(`${prefix}${id}`) ? deploy(call, world, id) : notFound(path)
  if (method === 'DELETE' && id !== undefined) {
    if (!world.things.delete(`${prefix}${id}`)) return notFound(path)
    world.things.delete(`run.googleapis.com/v2/projects/${PROJECT}/locations/${REGION}/services/${id.toLowerCase()}`)
    world.things.delete(`run:services/${id.toLowerCase()}`)
    return done(world, {}, { path, type: 'google.protobuf.Empty' })
  }
  return things(call, world)
}

function serveFunction(world: World, name: string): void {
  const before = world.things.get(`run:services/${name}`)
  const metadata = { name, namespace: PROJECT, annotations: { [INGRESS]: 'all' } }
  const container = { image: `${name}-image`, resources: { limits: { cpu: '1', memory: '256Mi' } } }
  const body = {
    apiVersion: 'serving.knative.dev/v1',
    kind: 'Service',
    metadata,
    spec: { template: { metadata: {}, spec: { containers: [container] } }, traffic: [{ latestRevision: true, percent: 100 }] },
  }
  world.things.set(`run:services/${name}`, { ...body, ...revised(world, name, body, before) })
}

/** Each function is a service of Cloud Run, too. Its account has to exist. */
function deploy({ host, path, body, method }: Call, world: World, id: string): Answer {
  const name = `projects/${PROJECT}/locations/${REGION}/functions/${id}`
  const key = `${host}/v2/${name}`
  const before = world.things.get(key)
  if (method === 'POST' && before) return alreadyExists(id)
  const config = body['serviceConfig'] as Fields | undefined
  const account = config?.['serviceAccountEmail']
  if (typeof account === 'string' && !world.hasAccount(account)) {
    return failure(400, 'INVALID_ARGUMENT', `Service account ${account} does not exist.`)
  }
  const service = `projects/${PROJECT}/locations/${REGION}/services/${id.toLowerCase()}`
  const uri = `https://${id.toLowerCase()}-abc-uc.a.run.app`
  const serviceConfig = { ...(before?.['serviceConfig'] as Fields | undefined), ...config, service, uri }
  const thing = { ...before, ...body, name, state: 'ACTIVE', environment: 'GEN_2', updateTime: now(), serviceConfig }
  world.things.set(key, thing)
  const present = world.things.get(`run.googleapis.com/v2/${service}`)
  world.things.set(`run.googleapis.com/v2/${service}`, { ...present, name: service, uri })
  // A deployment opens a function that others have closed.
  serveFunction(world, id.toLowerCase())
  return done(world, thing, { path, type: 'google.cloud.functions.v2.Function' })
}

export function artifactRegistry(call: Call, world: World): Answer {
  if (call.path.endsWith('/tags') || /\/tags\/[^/]+$/.test(call.path)) return things(call, world)
  return things(call, world, { long: call.method !== 'GET' && /repositories(\/[^/:]+)?$/.test(call.path) })
}

const DIGEST = `sha256:${'a'.repeat(64)}`

/** A build succeeds at once, and its images lie in the registry with their tags. */
export function cloudBuild(call: Call, world: World): Answer {
  const { path, method, body, host } = call
  if (method !== 'POST' || !path.endsWith('/builds')) return things(call, world)
  const images = (body['images'] as string[] | undefined)?.map((name) => substituted(name, body)) ?? []
  for (const image of images) addTag(world, image)
  const id = `build-${world.serial()}`
  const parent = withoutVersion(path)
  const build = {
    ...body,
    id,
    name: `${parent}/${id}`,
    projectId: PROJECT,
    status: 'SUCCESS',
    createTime: now(),
    logUrl: 'https://console.cloud.google.com/cloud-build',
    results: { images: images.map((name) => ({ name, digest: DIGEST })) },
  }
  world.things.set(`${host}${path}/${id}`, build)
  const type = 'type.googleapis.com/google.devtools.cloudbuild.v1'
  const operation = `${parent.replace(/\/builds$/, '')}/operations/${id}`
  return ok({
    name: operation,
    metadata: { '@type': `${type}.BuildOperationMetadata`, build },
    done: true,
    response: { '@type': `${type}.Build`, ...build },
  })
}

const withoutVersion = (path: string): string => path.replace(/^\/v\d+\//, '')

const substituted = (name: string, { substitutions = {} }: { substitutions?: unknown } & Fields): string =>
  Object.entries(substitutions as Record<string, string>).reduce(
    (text, [variable, value]) => text.replaceAll(`$${variable}`, value),
    name,
  )

function addTag(world: World, image: string): void {
  const [, repository = '', name = '', tag = ''] = /\/([^/]+)\/([^/:]+):([^/]+)$/.exec(image) ?? []
  const path = `projects/${PROJECT}/locations/${REGION}/repositories/${repository}/packages/${name}`
  world.things.set(`artifactregistry.googleapis.com/v1/${path}/tags/${tag}`, {
    name: `${path}/tags/${tag}`,
    version: `${path}/versions/${DIGEST}`,
  })
}

export function cloudTasks(call: Call, world: World): Answer {
  const { path, method } = call
  if (path.endsWith('/locations'))
    return ok({ locations: [{ name: `projects/${PROJECT}/locations/${REGION}`, locationId: REGION }] })
  if (path.endsWith('/tasks') && method === 'POST') return createTask(call, world)
  if (path.includes('/tasks/') && method === 'GET') return failedTask(call, world)
  return things(call, world, { defaults: () => ({ state: 'RUNNING' }), upserts: true })
}

const createTask = (call: Call, world: World): Answer => {
  const task = call.body['task'] as Fields
  return things({ ...call, body: task }, world, { defaults: () => ({ dispatchCount: 0 }) })
}

/** Every task fails, once more at each look, until its queue gives up. */
function failedTask({ host, path }: Call, world: World): Answer {
  const task = world.things.get(`${host}${path}`)
  if (!task) return notFound(path)
  const queue = world.things.get(`${host}${path.slice(0, path.indexOf('/tasks/'))}`)
  const most = Number((queue?.['retryConfig'] as Fields | undefined)?.['maxAttempts'] ?? 1)
  const dispatchCount = Number(task['dispatchCount']) + 1
  if (dispatchCount > most) {
    world.things.delete(`${host}${path}`)
    return notFound(path)
  }
  world.things.set(`${host}${path}`, { ...task, dispatchCount })
  return ok({ ...task, dispatchCount })
}

/** Schedules fire all the time, so that nobody has to wait for one. */
export function cloudScheduler(call: Call, world: World): Answer {
  const { host, path, method } = call
  if (method !== 'GET' || !path.endsWith('/jobs')) return things(call, world, { defaults: () => ({ state: 'ENABLED' }) })
  const fired = world.things.has('answer:no schedule fires') ? {} : { lastAttemptTime: now() }
  return ok({ jobs: world.below(`${host}${path}/`).map((job) => ({ ...job, ...fired })) })
}
