import { policy, things } from '../things.ts'
import { type Answer, type Call, failure, type Fields, notFound, ok, PROJECT, type World } from '../world.ts'

const LISTS =
  /\/(networks|subnetworks|addresses|routers|operations|networkEndpointGroups|backendServices|urlMaps|sslPolicies|sslCertificates|targetHttpsProxies|forwardingRules)$/

/** Networks and load balancers of Compute Engine. Its operations are things of a place, and its things have links instead of names. */
export function compute(call: Call, world: World): Answer {
  const { path, method, host } = call
  const known = world.things.get(`${host}${path.replace(/\/wait$/, '')}`)
  if (path.includes('/operations/') && known) return ok(known)
  if (method === 'GET' && LISTS.test(path)) return ok({ items: world.below(`${host}${path}/`) })
  if (method === 'GET' && !world.things.has(`${host}${path}`)) return notFound(path)
  if (method === 'GET') return things(call, world)
  const refused = refusalOf(call, world)
  if (refused) return refused
  const setter = /^(.*)\/set([A-Z]\w+)$/.exec(path)
  if (setter) return set(call, world, setter[1] ?? '', setter[2] ?? '')
  const answered = things(call, world)
  if (answered.status !== 200) return answered
  const made = answered.body as Fields
  const target = method === 'POST' ? `${path}/${String(call.body['name'])}` : path
  if (method !== 'DELETE')
    world.things.set(`${host}${target}`, { ...defaults(target, made, world), ...made, name: target.split('/').at(-1) })
  return operation(call, world, target)
}

/** One thing that is used by another cannot be deleted, and none can use what is not there. */
function refusalOf({ host, path, method, body }: Call, world: World): Answer | null {
  if (method === 'DELETE') {
    const user = [...world.things].find(([key, thing]) => key.startsWith(host) && linksIn(thing).includes(path))
    return user ? failure(400, 'resourceInUseByAnotherResource', `${path} is already being used by ${user[0]}`) : null
  }
  const missing = linksIn(body).find((link) => !world.things.has(`${host}${link}`))
  return missing === undefined ? null : failure(400, 'invalid', `The referenced resource ${missing} cannot be found.`)
}

/** The paths of the things that a body names by links. */
function linksIn(thing: Fields): readonly string[] {
  const { selfLink: _, targetLink: __, ...rest } = thing
  if (thing['kind'] === 'compute#operation') return []
  const links = JSON.stringify(rest).matchAll(/\/compute\/v1(\/projects\/[^/"]+\/(?:global|regions\/[^/"]+)\/\w+\/[\w-]+)"/g)
  return [...links].map(([, link = '']) => `/compute/v1${link}`)
}

/** `POST thing/setUrlMap` changes one field, whose name is that of the body's. */
function set(call: Call, world: World, target: string, what: string): Answer {
  const key = `${call.host}${target}`
  const before = world.things.get(key)
  if (!before) return notFound(target)
  const field = `${what.charAt(0).toLowerCase()}${what.slice(1)}`
  world.things.set(key, { ...before, [field]: call.body[field] })
  return operation(call, world, target)
}

/** Google gives an address its number, writes a port as a range, and makes a certificate when its domain leads to it. */
function defaults(path: string, made: Fields, world: World): Fields {
  const managed = made['managed'] as { domains: readonly string[] } | undefined
  if (managed) {
    const domainStatus = Object.fromEntries(managed.domains.map((domain) => [domain, 'ACTIVE']))
    made['managed'] = { ...managed, status: 'ACTIVE', domainStatus }
  }
  if (made['portRange'] === '443') made['portRange'] = '443-443'
  return {
    selfLink: `https://www.googleapis.com${path}`,
    ...(path.includes('/addresses/') ? { address: `203.0.113.${world.serial() % 250}`, status: 'RESERVED' } : {}),
  }
}

const KINDS: Readonly<Record<string, string>> = { POST: 'insert', PATCH: 'patch', PUT: 'update', DELETE: 'delete' }

function operation({ host, path, method }: Call, world: World, target: string): Answer {
  const place = /\/projects\/[^/]+\/(global|regions\/[^/]+)/.exec(path)?.[0] ?? `/projects/${PROJECT}/global`
  const name = `operation-${world.serial()}`
  const root = `/compute/v1${place}`
  const region = /regions\/([^/]+)/.exec(place)?.[1]
  const link = (of: string) => `https://www.googleapis.com${of}`
  const body = {
    kind: 'compute#operation',
    name,
    status: 'DONE',
    progress: 100,
    operationType: KINDS[method],
    targetLink: link(target),
    selfLink: link(`${root}/operations/${name}`),
    ...(region === undefined ? {} : { region: link(`/compute/v1/projects/${PROJECT}/regions/${region}`) }),
  }
  world.things.set(`${host}${root}/operations/${name}`, body)
  return ok(body)
}

/** Policies of the proxy in front of load balancers: one for each backend. */
export function iap({ path, body }: Call, world: World): Answer {
  const name = /\/services\/([^/:]+)/.exec(path)?.[1] ?? ''
  const backend = `compute.googleapis.com/compute/v1/projects/${PROJECT}/global/backendServices/${name}`
  return policy(world, backend, path.endsWith(':setIamPolicy') ? body['policy'] : undefined)
}
