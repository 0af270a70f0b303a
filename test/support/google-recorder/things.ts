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
  type World,
} from './world.ts'

export interface ThingOptions {
  /** Changes answer with an operation. */
  readonly long?: boolean
  /** The type of the operation's response. */
  readonly type?: string
  /** Fields that a new thing has before those that were sent. */
  readonly defaults?: (name: string) => Fields
  /** PATCH makes what is not there. */
  readonly upserts?: boolean
  /** How a new thing is called, where neither the query nor the body says it. */
  readonly nameOf?: (body: Fields) => string
  /** The field of a list, where it is not the name of the collection. */
  readonly listKey?: string
}

/**
 * What most of Google's APIs have in common: `GET thing`, `GET collection`, `POST collection?thingId=`, `PATCH thing?updateMask=`,
 * `PUT thing`, `DELETE thing`, and policies.
 */
export function things(call: Call, world: World, options: ThingOptions = {}): Answer {
  const verb = /:([a-zA-Z]+)$/.exec(call.path)?.[1]
  if (verb !== undefined) return withVerb(call, world, verb, options)
  switch (call.method) {
    case 'GET':
      return read(call, world, options)
    case 'POST':
      return create(call, world, options)
    case 'PATCH':
    case 'PUT':
      return change(call, world, options)
    case 'DELETE':
      return remove(call, world, options)
    default:
      return failure(501, 'UNIMPLEMENTED', `${call.method} ${call.path}`)
  }
}

const keyOf = ({ host, path }: Call): string => `${host}${path}`

const withoutVersion = (path: string): string => path.replace(/^\/(v\d+[a-z0-9]*)\//, '')

const answerOf = (world: World, thing: Fields, path: string, { long = false, type }: ThingOptions): Answer =>
  long ? done(world, thing, { path, ...(type === undefined ? {} : { type }) }) : ok(thing)

function withVerb(call: Call, world: World, verb: string, { long = false }: ThingOptions): Answer {
  switch (verb) {
    case 'getIamPolicy':
    case 'setIamPolicy':
      return policy(world, keyOf(call).slice(0, -verb.length - 1), verb === 'setIamPolicy' ? call.body['policy'] : undefined)
    case 'testIamPermissions':
      return ok({ permissions: call.body['permissions'] })
    default:
      return long ? done(world, {}, { path: call.path }) : ok()
  }
}

/** Reads or replaces the policy of a thing. As with Google, the thing and the accounts that the policy names have to exist. */
export function policy(world: World, thing: string, replaced: unknown): Answer {
  if (!world.things.has(thing) && !isProject(thing)) return notFound(thing)
  const key = `${thing}#policy`
  if (replaced === undefined) return ok(world.things.get(key) ?? EMPTY)
  const etag = (replaced as Fields)['etag']
  const current = (world.things.get(key) ?? EMPTY)['etag']
  if (typeof etag === 'string' && etag !== '' && etag !== current) {
    return failure(409, 'ABORTED', 'There have been concurrent policy changes. Please retry the whole read-modify-write.')
  }
  const unknown = membersOf(replaced).find(
    (member) => isOfProject(member) && !world.hasAccount(member.slice(member.indexOf(':') + 1)),
  )
  if (unknown !== undefined) {
    return failure(400, 'INVALID_ARGUMENT', `Service account ${unknown.slice(unknown.indexOf(':') + 1)} does not exist.`)
  }
  const next = { version: 1, ...(replaced as Fields), etag: world.etag() }
  world.things.set(key, next)
  return ok(next)
}

const EMPTY = { etag: 'ACAB', bindings: [] }

const isProject = (key: string): boolean => /^cloudresourcemanager\.googleapis\.com\/v\d\/projects\/[^/]+$/.test(key)

const isOfProject = (member: string): boolean =>
  member.startsWith('serviceAccount:holdfast-') && member.endsWith(`@${PROJECT}.iam.gserviceaccount.com`)

function membersOf(policy: unknown): readonly string[] {
  const bindings = (policy as { bindings?: { members?: string[] }[] }).bindings ?? []
  return bindings.flatMap(({ members = [] }) => members)
}

function read(call: Call, world: World, { listKey }: ThingOptions): Answer {
  const key = keyOf(call)
  const thing = world.things.get(key)
  if (thing) return ok(thing)
  const found = world.below(`${key}/`)
  const parts = call.path.split('/').filter(Boolean)
  // `v1/projects/p/things` is a collection, `v1/projects/p/things/one` is not.
  const isCollection = parts.length % 2 === 0
  return found.length > 0 || isCollection ? ok({ [listKey ?? parts.at(-1) ?? 'items']: found }) : notFound(call.path)
}

function create(call: Call, world: World, options: ThingOptions): Answer {
  const id = options.nameOf?.(call.body) ?? idInQuery(call) ?? lastPart(call.body['name']) ?? `r${world.serial()}`
  const path = `${call.path}/${id}`
  const key = `${call.host}${path}`
  if (world.things.has(key)) return alreadyExists(path)
  const name = withoutVersion(path)
  const thing = { createTime: now(), ...options.defaults?.(name), ...call.body, name }
  world.things.set(key, thing)
  return answerOf(world, thing, path, options)
}

const idInQuery = ({ query }: Call): string | undefined => [...query].find(([name]) => name.endsWith('Id'))?.[1]

const lastPart = (name: unknown): string | undefined => (typeof name === 'string' ? name.split('/').at(-1) : undefined)

function change(call: Call, world: World, options: ThingOptions): Answer {
  const key = keyOf(call)
  const before = world.things.get(key)
  const isMade = options.upserts === true || call.query.get('allowMissing') === 'true'
  if (!before && call.method === 'PATCH' && !isMade) return notFound(call.path)
  const path = withoutVersion(call.path)
  const name = before?.['name'] ?? path
  const present = before ?? options.defaults?.(path) ?? {}
  const after = call.method === 'PUT' ? { ...present, ...call.body } : merged(present, call.body, call.query.get('updateMask'))
  const thing = { ...after, name, updateTime: now() }
  world.things.set(key, thing)
  return answerOf(world, thing, call.path, options)
}

function remove(call: Call, world: World, options: ThingOptions): Answer {
  const key = keyOf(call)
  if (!world.things.delete(key)) return notFound(call.path)
  world.things.delete(`${key}#policy`)
  return answerOf(world, {}, call.path, options)
}

/** Takes the fields that a mask names from the patch. Without a mask it takes all that the patch has. */
function merged(target: Fields, patch: Fields, mask: string | null): Fields {
  if (mask === null || mask === '') return { ...target, ...patch }
  const result = structuredClone(target)
  for (const path of mask.split(',')) {
    const steps = path.split('.').map((step) => step.replaceAll(/_([a-z])/g, (_, letter: string) => letter.toUpperCase()))
    const last = steps.pop() ?? ''
    let into: Fields = result
    let from: Fields | undefined = patch
    for (const step of steps) {
      into = (into[step] ??= {}) as Fields
      from = from?.[step] as Fields | undefined
    }
    if (from?.[last] === undefined) delete into[last]
    else into[last] = from[last]
  }
  return result
}
