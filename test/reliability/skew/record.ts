import { writeFileSync } from 'node:fs'
import { setTimeout as pause } from 'node:timers/promises'
import type { GoogleClients } from '@holdfast/core/adapters/google/clients'
import { encodeFields } from '@holdfast/core/platform/document-json'
import type { DocumentSnapshot } from '@holdfast/core/platform/ports'
import { startSandbox, type Sandbox } from '../../../sandbox/sandbox.ts'
import { clientsOf } from '../../support/clients-of-sandbox.ts'
import { linkSession } from '../../support/linked-session.ts'
import { World } from '../../support/world.ts'
import type { Earlier } from './earlier.ts'

/** What an earlier version has stored. */
export interface Recorded {
  /** The commit of the version. */
  readonly commit: string
  /** The key that wraps the data keys, base64. It protects nothing: it is the same in each recording. */
  readonly wrappingKey: string
  /** The fields of each document by its path, as `document-json.ts` writes them. */
  readonly documents: Readonly<Record<string, Record<string, unknown>>>
  /** Objects by their names, base64. */
  readonly objects: Readonly<Record<string, string>>
}

const WRAPPING_KEY = Buffer.alloc(32, 7).toString('base64')
const CONTACT = '5511800000001'
const ERASED = '5511800000002'
const PHONE = '5511900000001'
const SESSION = 'recorded'
const ID = `default.${SESSION}`

const collectionOf = (name: string): string => `whatsapp_connection_states/${ID}/${name}`

const OF_SESSION = ['journal', 'backups', 'media', 'messages', 'parked_stanzas', 'chats', 'contacts', 'labels', 'groups'].map(
  collectionOf,
)
const OF_TENANTS = ['tenants', 'tenant_keys', 'api_keys', 'audit', 'usage', 'pools']
const OF_WORK = [
  'message_queue_jobs',
  'recovery_actions',
  'health_alerts',
  'runners',
  'due_tasks',
  'schedule_runs',
  'webhook_deliveries',
  'live_events',
  'erasures',
]
const COLLECTIONS = ['whatsapp_connection_states', 'session_keys', ...OF_SESSION, ...OF_TENANTS, ...OF_WORK]

/** Lets the earlier version write a document of each kind that an operator and two people bring about, and keeps all of them. */
export async function record({ commit, product }: Earlier, file: string): Promise<number> {
  const env = { SESSION_ENCRYPTION_KEY: WRAPPING_KEY, CHECKPOINT_RECORDS: '16' }
  await using sandbox = await startSandbox({ product, runnerEnv: env, functionsEnv: env, movableClock: true })
  const google = clientsOf(sandbox.info)
  await live(sandbox, google)
  const runners = await google.documents.query({ collection: 'runners' })
  // The owner leaves a checkpoint and its release.
  await sandbox.stopRunner('runner-1')
  const found = await Promise.all(COLLECTIONS.map((collection) => google.documents.query({ collection })))
  const documents = [...runners, ...found.flat()]
  const objects = await Promise.all(
    checkpointsIn(documents).map(
      async (name) => [name, (await google.objects.read(name))?.bytes.toString('base64') ?? ''] as const,
    ),
  )
  await google.close()
  const recorded: Recorded = {
    commit,
    wrappingKey: WRAPPING_KEY,
    documents: Object.fromEntries(documents.map(({ path, fields }) => [path, encodeFields(fields)])),
    objects: Object.fromEntries(objects),
  }
  writeFileSync(file, `${JSON.stringify(recorded, null, 2)}\n`)
  return documents.length
}

function checkpointsIn(documents: readonly DocumentSnapshot[]): string[] {
  const session = documents.find(({ path }) => path === `whatsapp_connection_states/${ID}`)
  return ['checkpoint', 'previousCheckpoint'].flatMap((field) => {
    const pointer = session?.fields[field]
    return typeof pointer === 'object' && pointer !== null && 'object' in pointer ? [String(pointer.object)] : []
  })
}

async function live(sandbox: Sandbox, { documents }: GoogleClients): Promise<void> {
  await using world = await World.of(sandbox, { timeMoves: true })
  const { api, simulator } = world
  for (const contact of [CONTACT, ERASED]) await simulator.createContact(contact, 'Contact', { autoReceipt: true })
  // It shares the keys that labels need.
  await world.post('/phones', { phone: PHONE, keyShare: true })
  await linkSession(api, simulator, { name: SESSION, phone: PHONE })
  const send = (more: object) => post(sandbox, '/api/sendText', { session: SESSION, chatId: `${CONTACT}@c.us`, ...more })
  for (const text of ['one', 'two', 'three']) await send({ text })
  await simulator.sendAsContact(CONTACT, PHONE, 'an answer')
  // An earlier version may not know some of these.
  await send({ text: 'later', sendAt: new Date(Date.now() + 86_400_000).toISOString(), priority: 'high' })
  await post(sandbox, '/api/tenants', { id: 'acme', name: 'Acme', config: { timeZone: 'America/Sao_Paulo' } })
  await post(sandbox, '/api/keys', { name: 'shop', role: 'send', sessions: [SESSION] })
  await post(sandbox, '/api/pools/sales', { sessions: [SESSION] }, 'PUT')
  await post(sandbox, `/api/sessions/${SESSION}/restart`, {})
  const isThere = (collection: string) => async () => (await documents.query({ collection, limit: 1 })).length > 0
  await simulator.createGroup('Recorded', [PHONE, CONTACT])
  const groups = await until('the owner answers', async () => {
    const { ok, status } = await sandbox.api(`/api/${SESSION}/groups`)
    return ok ? 'listed' : status === 404 && 'unknown'
  })
  if (groups === 'listed') await until('the groups are stored', isThere(collectionOf('groups')))
  if (await labeled(sandbox)) await until('the labels are stored', isThere(collectionOf('labels')))
  const picture = { to: PHONE, kind: 'image', mimetype: 'image/png', size: 1000, caption: 'A picture' } as const
  const haveMedia = (state: string, count: number) => async () => {
    const where = [['state', '==', state]] as const
    return (await documents.query({ collection: collectionOf('media'), where })).length === count
  }
  await simulator.sendFileAsContact(CONTACT, picture)
  await until('a file is stored', haveMedia('stored', 1))
  // What is erased while somebody fetches it stays on the list of the nightly run.
  await world.post('/faults', { kind: 'media-status', account: PHONE, code: 503 })
  await simulator.sendFileAsContact(ERASED, picture)
  await until('a file is being fetched', haveMedia('pending', 1))
  const path = `/api/${SESSION}/contacts/${ERASED}@c.us/data`
  if ((await sandbox.api(path, { method: 'DELETE' })).status !== 404) await until('the erasure is written', isThere('erasures'))
  await until('the messages are delivered', async () => {
    const jobs = await documents.query({ collection: 'message_queue_jobs', where: [['status', '==', 'delivered']] })
    const messages = await documents.query({ collection: `whatsapp_connection_states/${ID}/messages` })
    return jobs.length >= 3 && messages.length > 0
  })
  await until('the restart is done', async () => {
    const actions = await documents.query({ collection: 'recovery_actions' })
    return actions.every(({ fields }) => fields['state'] === 'done' || fields['state'] === 'failed')
  })
}

/** Gives the contact's chat a label, once the phone has shared its keys. False when the version knows no labels. */
async function labeled(sandbox: Sandbox): Promise<boolean> {
  const path = `/api/${SESSION}/labels`
  const id = await until('there is a label', async () => {
    const response = await sandbox.api(path, { json: { name: 'Recorded', color: 1 } })
    if (response.status === 404) return 'unknown'
    return response.ok && ((await response.json()) as { id: string }).id
  })
  if (id === 'unknown') return false
  await post(sandbox, `${path}/chats/${CONTACT}@c.us`, { labels: [{ id }] }, 'PUT')
  return true
}

async function post(sandbox: Sandbox, path: string, json: object, method = 'POST'): Promise<void> {
  await sandbox.api(path, { method, json })
}

const LIMIT_MS = 60_000
const LOOK_EVERY_MS = 100

async function until<Found>(what: string, find: () => Promise<Found | false>): Promise<Found> {
  const deadline = performance.now() + LIMIT_MS
  for (;;) {
    const found = await find()
    if (found !== false) return found
    if (performance.now() > deadline) throw new Error(`Nothing shows that ${what}.`)
    await pause(LOOK_EVERY_MS)
  }
}
