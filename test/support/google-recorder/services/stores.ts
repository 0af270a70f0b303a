import { createHash } from 'node:crypto'
import { policy, things } from '../things.ts'
import {
  alreadyExists,
  type Answer,
  type Call,
  failure,
  type Fields,
  notFound,
  now,
  ok,
  PROJECT_NUMBER,
  PROJECT,
  type World,
} from '../world.ts'

/** Firestore's administration, rules, Cloud Storage and Secret Manager. */

export function firestore(call: Call, world: World): Answer {
  const { path, method } = call
  const database = /^\/v1\/projects\/[^/]+\/databases\/[^/:]+/.exec(path)?.[0]
  const exists = database !== undefined && world.things.has(`${call.host}${database}`)
  if (database !== undefined && !exists && !path.includes('/operations/')) return notFound(database)
  if (path.endsWith('/databases') && method === 'POST') {
    const defaults = () => ({ uid: 'u', etag: 'e', ...UNSAFE })
    return things(call, world, { long: true, type: 'google.firestore.admin.v1.Database', defaults })
  }
  if (method === 'POST' && path.endsWith(':runQuery')) return ok(world.fleet?.runners() ?? [runnerRow(world)])
  if (method === 'POST' && path.endsWith(':runAggregationQuery')) return ok(count(world, call))
  if (path.includes('/collectionGroups/')) return indexes(call, world)
  if (path.endsWith('/backupSchedules') && method === 'POST') return things(call, world, { nameOf: () => `b${world.serial()}` })
  if (method === 'DELETE' && world.things.get(`${call.host}${path}`)?.['deleteProtectionState'] === 'DELETE_PROTECTION_ENABLED') {
    return failure(400, 'FAILED_PRECONDITION', 'The database has delete protection.')
  }
  return things(call, world, { long: path === database })
}

/** As long as there is a worker pool or a service of runners, one of them was heard a moment ago. */
function runnerRow(world: World) {
  const isThere = ['workerpools', 'services'].some((kind) => world.things.has(`run:${kind}/holdfast-runner`))
  const runner = { name: 'runners/runner-0', updateTime: now(), ...world.things.get('answer:runner') }
  return { readTime: now(), ...(isThere ? { document: runner } : {}) }
}

/** Nobody waits for an operator. */
function count(world: World, { body }: Call) {
  const isHelpless = JSON.stringify(body).includes('NEEDS_ATTENTION')
  const integerValue = String(isHelpless ? 0 : (world.fleet?.unowned() ?? 0))
  return [{ readTime: now(), result: { aggregateFields: { count: { integerValue } } } }]
}

const UNSAFE = {
  pointInTimeRecoveryEnablement: 'POINT_IN_TIME_RECOVERY_DISABLED',
  deleteProtectionState: 'DELETE_PROTECTION_DISABLED',
}

function indexes(call: Call, world: World): Answer {
  const { host, path, method, body } = call
  const all = /^(.*\/collectionGroups)\/-\/(indexes|fields)$/.exec(path)
  if (all) {
    const [, groups = '', kind = ''] = all
    const found = [...world.things].filter(([key]) => key.startsWith(`${host}${groups}/`) && key.includes(`/${kind}/`))
    return ok({ [kind]: found.map(([, thing]) => thing) })
  }
  if (method === 'POST') {
    const fields = withName(body['fields'] as Fields[])
    const isTwin = (thing: Fields) =>
      JSON.stringify([thing['fields'], thing['queryScope']]) === JSON.stringify([fields, body['queryScope']])
    if (world.below(`${host}${path}/`).some(isTwin)) return alreadyExists('The index')
    const options = { nameOf: () => `CIC${world.serial()}`, defaults: () => ({ state: 'READY' }) }
    return things({ ...call, body: { ...body, fields } }, world, {
      ...options,
      long: true,
      type: 'google.firestore.admin.v1.Index',
    })
  }
  if (/\/fields\/[^/]+$/.test(path) && method === 'PATCH') {
    return things(call, world, { long: true, type: 'google.firestore.admin.v1.Field', upserts: true })
  }
  if (/\/fields\/[^/]+$/.test(path) && method === 'GET') {
    return ok(world.things.get(`${host}${path}`) ?? { name: path.replace('/v1/', ''), indexConfig: { usesAncestorConfig: true } })
  }
  return things(call, world, { long: true })
}

/** Google adds the document's name as the last field, in the direction of the field before it. */
function withName(fields: readonly Fields[]): readonly Fields[] {
  const last = fields.at(-1)
  if (last?.['fieldPath'] === '__name__') return fields
  return [...fields, { fieldPath: '__name__', order: last?.['order'] ?? 'ASCENDING' }]
}

export function firebaseRules(call: Call, world: World): Answer {
  if (call.path.endsWith(':test')) return ok({ issues: [] })
  if (call.method === 'POST' && call.path.endsWith('/rulesets'))
    return things(call, world, { nameOf: () => `rs${world.serial()}` })
  if (call.method !== 'PATCH') return things(call, world)
  // A release is renamed by a body that has it below `release`.
  return things({ ...call, body: (call.body['release'] as Fields | undefined) ?? call.body }, world)
}

export function storage(call: Call, world: World): Answer {
  const { method, body } = call
  // An upload to an address that another service has given out.
  if (!call.path.includes('/storage/v1/')) return ok()
  const path = call.path.replace(/^\/(upload\/|resumable\/upload\/)?storage\/v1/, '')
  if (path.endsWith('/serviceAccount'))
    return ok({ email_address: `service-${PROJECT_NUMBER}@gs-project-accounts.iam.gserviceaccount.com` })
  const key = (name: string) => `storage.googleapis.com/b/${name}`
  if (path === '/b' && method === 'POST') {
    const name = String(body['name'])
    if (world.things.has(key(name))) return failure(409, 'conflict', 'You already own this bucket.')
    const bucket = {
      kind: 'storage#bucket',
      id: name,
      metageneration: '1',
      timeCreated: now(),
      ...body,
      projectNumber: PROJECT_NUMBER,
    }
    world.things.set(key(name), bucket)
    return ok(bucket)
  }
  if (path === '/b') return ok({ kind: 'storage#buckets', items: world.below('storage.googleapis.com/b/') })
  const [, name = '', rest = ''] = /^\/b\/([^/]+)(.*)$/.exec(path) ?? []
  const before = world.things.get(key(name))
  if (!before) return notFound(`The bucket ${name}`)
  if (rest === '/iam') return policy(world, key(name), method === 'PUT' ? body : undefined)
  if (rest.startsWith('/o')) return object(call, name, world)
  if (method === 'GET') return ok(before)
  if (method === 'DELETE') {
    world.things.delete(key(name))
    return { status: 204 }
  }
  const after = Object.entries({ ...before, ...body }).filter(([, value]) => value !== null)
  const bucket = { ...Object.fromEntries(after), metageneration: String(Number(before['metageneration']) + 1) }
  world.things.set(key(name), bucket)
  return ok(bucket)
}

/** The caller's objects are taken and forgotten; a client compares the hash of what it sent. Those of accounts are kept. */
function object(call: Call, bucket: string, world: World): Answer {
  const { method, query, body, bytes, contentType, account, path } = call
  const named = /\/o\/(.+)$/.exec(path)?.[1] ?? query.get('name') ?? ''
  const key = `objects/${bucket}/${named}`
  if (account !== null) {
    const needed = { GET: 'get', DELETE: 'delete' }[method] ?? (world.things.has(key) ? 'delete' : 'create')
    if (!mayOn(world, `storage.googleapis.com/b/${bucket}`, account, `storage.objects.${needed}`)) {
      return failure(403, 'forbidden', `${account} does not have storage.objects.${needed} access.`)
    }
    if (method === 'GET') return world.things.has(key) ? ok(world.things.get(key)) : notFound(named)
    if (method === 'DELETE') return world.things.delete(key) ? { status: 204 } : notFound(named)
    world.things.set(key, objectOf(named, bucket))
    return ok(world.things.get(key))
  }
  if (method === 'DELETE') return world.things.delete(key) ? { status: 204 } : notFound(named)
  if (method === 'GET' && path.endsWith('/o')) {
    const prefix = `objects/${bucket}/${query.get('prefix') ?? ''}`
    const items = [...world.things].filter(([one]) => one.startsWith(prefix)).map(([, thing]) => thing)
    return ok({ kind: 'storage#objects', items })
  }
  const found = world.things.get(key)
  if (method === 'GET' && query.get('alt') === 'media') return found ? ok(found['content']) : notFound(named)
  if (method === 'GET') return found ? ok(found) : notFound(named)
  const content = contentOf(bytes, contentType)
  const name = query.get('name') ?? body['name'] ?? 'object'
  const md5Hash = createHash('md5').update(content).digest('base64')
  return ok({ kind: 'storage#object', name, bucket, generation: '1', metageneration: '1', size: String(content.length), md5Hash })
}

const objectOf = (name: string, bucket: string): Fields => ({
  kind: 'storage#object',
  name,
  bucket,
  generation: '1',
  metageneration: '1',
  size: '0',
  timeCreated: now(),
  updated: now(),
  storageClass: 'STANDARD',
})

/** Whether an account has a role on a thing that has a permission: a role of ours, or any of Google's. */
function mayOn(world: World, thing: string, account: string, permission: string): boolean {
  const lines = (world.things.get(`${thing}#policy`)?.['bindings'] ?? []) as { role: string; members: string[] }[]
  return lines
    .filter(({ members }) => members.includes(`serviceAccount:${account}`))
    .some(({ role }) => {
      const own = world.things.get(`iam.googleapis.com/v1/${role}`)?.['includedPermissions'] as string[] | undefined
      return own === undefined || own.includes(permission)
    })
}

/** Returns the second part of a multipart upload, or the whole of a simple one. */
function contentOf(bytes: Buffer, contentType: string): Buffer {
  const boundary = /boundary=['"]?([^'";]+)/.exec(contentType)?.[1]
  if (boundary === undefined) return bytes
  const mark = `--${boundary}`
  const second = bytes.indexOf(mark, bytes.indexOf(mark) + 1)
  const end = bytes.indexOf(mark, second + 1)
  const part = bytes.subarray(second + mark.length, end).toString('latin1')
  const [head = ''] = /^\r?\n[^]*?\r?\n\r?\n/.exec(part) ?? []
  return Buffer.from(part.slice(head.length).replace(/\r?\n$/, ''), 'latin1')
}

/** Nothing in it can be deleted. */
export const kms = (call: Call, world: World): Answer =>
  call.method === 'DELETE' ? failure(501, 'UNIMPLEMENTED', 'Keys stay.') : things(call, world)

/** Returns the value of a version. Where a test has made the version itself, it is `recorded`. */
function valueOf({ host, path }: Call, world: World): Answer {
  const versions = `${host}${path.slice(0, path.lastIndexOf('/') + 1)}`
  const named = path.slice(path.lastIndexOf('/') + 1).replace(':access', '')
  const number = named === 'latest' ? world.below(versions).length : named
  if (world.things.get(`${versions}${number}`)?.['state'] === 'DISABLED') {
    return failure(400, 'FAILED_PRECONDITION', `${path} is in DISABLED state.`)
  }
  const data = world.values.get(`${versions}${number}`) ?? Buffer.from('recorded').toString('base64')
  return ok({ name: `${path.slice(4, path.lastIndexOf('/'))}/${number}`, payload: { data } })
}

export function secretManager(call: Call, world: World): Answer {
  const { host, path, method, body } = call
  const added = /^\/v1\/(projects\/[^/]+\/secrets\/[^/]+):addVersion$/.exec(path)?.[1]
  if (added !== undefined) {
    if (!world.things.has(`${host}/v1/${added}`)) return notFound(added)
    const root = `${host}/v1/${added}/versions/`
    const number = world.below(root).length + 1
    const name = `${added.replace(PROJECT, PROJECT_NUMBER)}/versions/${number}`
    const version = { name, state: 'ENABLED', createTime: now(), clientSpecifiedPayloadChecksum: true }
    world.things.set(`${root}${number}`, version)
    world.values.set(`${root}${number}`, (body as { payload?: { data?: string } }).payload?.data ?? '')
    return ok(version)
  }
  const latest = /^(.*\/versions\/)latest$/.exec(path)?.[1]
  if (latest !== undefined && method === 'GET') {
    const newest = world.below(`${host}${latest}`).at(-1)
    return newest ? ok(newest) : notFound(path)
  }
  const [, switched, verb] = /^(.*\/versions\/\d+):(enable|disable)$/.exec(path) ?? []
  if (switched !== undefined) {
    const version = world.things.get(`${host}${switched}`)
    if (!version) return notFound(switched)
    world.things.set(`${host}${switched}`, { ...version, state: verb === 'enable' ? 'ENABLED' : 'DISABLED' })
    return ok(world.things.get(`${host}${switched}`))
  }
  const secret = /^(.*\/secrets\/[^/]+)\/versions\/[^/]+:access$/.exec(path)?.[1]
  if (secret !== undefined && call.account !== null && !mayOn(world, `${host}${secret}`, call.account, 'access')) {
    return failure(403, 'PERMISSION_DENIED', `Permission 'secretmanager.versions.access' denied for ${call.account}.`)
  }
  if (secret !== undefined) return valueOf(call, world)
  return things(call, world)
}
