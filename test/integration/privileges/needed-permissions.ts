import type { Call } from './recorded-calls.ts'

/**
 * The permissions that Google wants for each method of Firestore, as of 2026-11-29:
 * https://cloud.google.com/firestore/docs/security/iam#required_permissions_for_api_methods
 */
const FIRESTORE: Readonly<Record<string, readonly string[]>> = {
  BatchGetDocuments: ['datastore.entities.get'],
  BeginTransaction: ['datastore.databases.get'],
  Listen: ['datastore.entities.get', 'datastore.entities.list'],
  ListCollectionIds: ['datastore.entities.list'],
  ListDocuments: ['datastore.entities.get', 'datastore.entities.list'],
  Rollback: ['datastore.databases.get'],
  RunAggregationQuery: ['datastore.entities.get', 'datastore.entities.list'],
  RunQuery: ['datastore.entities.get', 'datastore.entities.list'],
}

/** The stand-in for Cloud Storage has the paths of the real one, without what comes before them where the client leaves it out. */
const OBJECTS: readonly (readonly [method: string, path: RegExp, permission: string])[] = [
  ['POST', /^\/upload\/storage\/v1\/b\/[^/]+\/o\?/, 'storage.objects.create'],
  ['DELETE', /^(\/storage\/v1)?\/b\/[^/]+\/o\/[^?]+/, 'storage.objects.delete'],
  ['GET', /^(\/(download\/)?storage\/v1)?\/b\/[^/]+\/o\/[^?]+/, 'storage.objects.get'],
  ['GET', /^(\/storage\/v1)?\/b\/[^/]+\/o\?/, 'storage.objects.list'],
]

/**
 * Returns what each process did, as permissions on things: `datastore.entities.get on the project`.
 *
 * @throws Error for a call whose permission the tables lack
 */
export function neededPermissions(calls: readonly Call[]): ReadonlyMap<string, ReadonlySet<string>> {
  const needed = new Map<string, Set<string>>()
  for (const call of calls) {
    const known = needed.get(call.process) ?? new Set()
    for (const permission of permissionsOf(call)) known.add(permission)
    needed.set(call.process, known)
  }
  return needed
}

function permissionsOf(call: Call): readonly string[] {
  if (call.method !== 'GRPC') return isOfStorage(call) ? [objectPermission(call)] : []
  const [, service = '', method = ''] = call.path.split('/')
  switch (service) {
    case 'google.firestore.v1.Firestore':
      return firestorePermissions(method, call).map((permission) => `${permission} on the project`)
    case 'google.cloud.tasks.v2.CloudTasks':
      if (method !== 'CreateTask') throw new Error(`Nobody knows what ${call.path} needs.`)
      return [`cloudtasks.tasks.create on queue ${queueOf(call)}`, 'iam.serviceAccounts.actAs on service account invoker']
    default:
      throw new Error(`Nobody knows what ${call.path} needs.`)
  }
}

const isOfStorage = ({ path }: Call): boolean => /^(\/(upload\/|download\/)?storage\/v1)?\/b\//.test(path)

function objectPermission({ method, path }: Call): string {
  const found = OBJECTS.find(([verb, pattern]) => verb === method && pattern.test(path))
  if (!found) throw new Error(`Nobody knows what ${method} ${path} needs.`)
  return `${found[2]} on the bucket of sessions`
}

function firestorePermissions(method: string, { body = '' }: Call): readonly string[] {
  if (method === 'Commit') return commitPermissions(Buffer.from(body, 'base64'))
  const permissions = FIRESTORE[method]
  if (!permissions) throw new Error(`Nobody knows what the method ${method} of Firestore needs.`)
  return permissions
}

/** A frame of gRPC has five bytes before its message. */
const FRAME_HEAD = 5

/** Numbers of the fields in Firestore's `CommitRequest`, `Write` and `Precondition`. */
const WRITES = 2
const [DELETE, CURRENT_DOCUMENT] = [2, 4]
const EXISTS = 1

const requestIn = (frame: Buffer): Buffer => frame.subarray(FRAME_HEAD, FRAME_HEAD + frame.readUInt32BE(1))

/** The number of the field in `CreateTaskRequest` that names the queue: `projects/P/locations/L/queues/Q`. */
const PARENT = 1

function queueOf({ body = '' }: Call): string {
  const [, parent] = [...fieldsOf(requestIn(Buffer.from(body, 'base64')))].find(([field]) => field === PARENT) ?? []
  return parent?.toString().split('/').at(-1) ?? ''
}

function commitPermissions(frame: Buffer): readonly string[] {
  const request = requestIn(frame)
  return [...fieldsOf(request)].filter(([field]) => field === WRITES).flatMap(([, write]) => writePermissions(write))
}

function writePermissions(write: Buffer): readonly string[] {
  const fields = new Map(fieldsOf(write))
  if (fields.has(DELETE)) return ['datastore.entities.delete']
  const condition = fields.get(CURRENT_DOCUMENT)
  if (!condition) return ['datastore.entities.create', 'datastore.entities.update']
  const isNew = new Map(fieldsOf(condition)).get(EXISTS)?.[0] === 0
  return [isNew ? 'datastore.entities.create' : 'datastore.entities.update']
}

const [VARINT, LENGTH] = [0, 2]

/** Yields the fields of a message in the format of protocol buffers. A number is a buffer with its lowest byte. */
function* fieldsOf(message: Buffer): Generator<readonly [field: number, value: Buffer]> {
  let at = 0
  const varint = (): number => {
    let [value, shift] = [0, 0]
    for (let byte = 0x80; byte & 0x80; shift += 7) {
      byte = message[at++] ?? 0
      value += (byte & 0x7f) * 2 ** shift
    }
    return value
  }
  while (at < message.length) {
    const key = varint()
    if ((key & 7) === VARINT) {
      yield [key >> 3, Buffer.from([varint() & 0xff])]
      continue
    }
    if ((key & 7) !== LENGTH) throw new Error('A commit has a field of a kind that is not expected.')
    const length = varint()
    yield [key >> 3, message.subarray(at, (at += length))]
  }
}
