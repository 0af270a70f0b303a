import { things } from '../things.ts'
import { type Answer, type Call, type Fields, notFound, ok, PROJECT, type World } from '../world.ts'

/** Networks of Compute Engine. Its operations are things of a place, and its things have links instead of names. */
export function compute(call: Call, world: World): Answer {
  const { path, method, host } = call
  const known = world.things.get(`${host}${path.replace(/\/wait$/, '')}`)
  if (path.includes('/operations/') && known) return ok(known)
  const isList = /\/(networks|subnetworks|addresses|routers|operations)$/.test(path)
  if (method === 'GET' && !isList && !world.things.has(`${host}${path}`)) return notFound(path)
  const answered = things(call, world)
  if (method === 'GET' || answered.status !== 200) return answered
  const made = answered.body as Fields
  const target = method === 'POST' ? `${path}/${String(call.body['name'])}` : path
  if (method !== 'DELETE')
    world.things.set(`${host}${target}`, { ...defaults(target, world), ...made, name: target.split('/').at(-1) })
  return operation(call, world, target)
}

/** Google gives an address its number. */
const defaults = (path: string, world: World): Fields => ({
  selfLink: `https://www.googleapis.com${path}`,
  ...(path.includes('/addresses/') ? { address: `203.0.113.${world.serial() % 250}`, status: 'RESERVED' } : {}),
})

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
