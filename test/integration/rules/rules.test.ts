import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type FirestoreUnderTest, startFirestore } from '../../support/firestore-under-test.ts'

let firestore: FirestoreUnderTest
let root: string

beforeAll(async () => {
  firestore = await startFirestore()
  root = `http://${firestore.address}/v1/projects/${firestore.projectId}/databases/(default)/documents`
  const paths = [...readable, ...secret]
  await firestore.clients.documents.commit(paths.map((path) => ({ kind: 'create', path, fields: { v: 1 } })))
})
afterAll(() => firestore[Symbol.asyncDispose]())

const session = 'whatsapp_connection_states/default.main'

const readable = [
  session,
  `${session}/messages/one`,
  `${session}/chats/recent`,
  `${session}/contacts/recent`,
  `${session}/labels/recent`,
  `${session}/groups/one`,
  `${session}/parked_stanzas/one`,
  `${session}/backups/00000000000000000001-0000000001`,
  'message_queue_jobs/one',
  'runners/one',
  'fleet/last-move',
  'runner_slots/1',
  'recovery_actions/one',
  'health_status/fleet',
  'fleet_history/current',
  'health_alerts/one',
  'tenants/default',
  'pools/default.one',
  'webhook_deliveries/one',
  'webhook_endpoints/one',
  'live_events/one',
]

const secret = [
  `${session}/journal/00000000000000000001`,
  'session_keys/default.main',
  'tenant_keys/default',
  'api_keys/one',
  'audit/one',
  'usage/one',
  'owner_queries/one',
  'sign_in_tokens/one',
  'push_devices/one',
  'push_keys/default',
  'erasures/one',
  'due_tasks/retries.one',
  'schedule_runs/sweep',
  'anything_else/one',
]

/**
 * Returns a token without a signature, which the emulator accepts. The emulator takes a bearer that is no token for the owner of
 * the project.
 */
function tokenOf(claims: object): Record<string, string> {
  const encode = (part: object) => Buffer.from(JSON.stringify(part)).toString('base64url')
  const identity = {
    sub: 'someone',
    user_id: 'someone',
    aud: firestore.projectId,
    iss: `https://securetoken.google.com/${firestore.projectId}`,
  }
  return { Authorization: `Bearer ${encode({ alg: 'none', typ: 'JWT' })}.${encode({ ...identity, ...claims })}.` }
}

const clients = {
  operator: () => tokenOf({ holdfast: 'operator' }),
  'a signed-in user': () => tokenOf({}),
  'a user with another role': () => tokenOf({ holdfast: 'viewer' }),
  'a user with a role of another type': () => tokenOf({ holdfast: ['operator'] }),
  'an anonymous client': () => ({}),
}

const status = async (path: string, headers: Record<string, string>, init: RequestInit = {}): Promise<number> =>
  (await fetch(`${root}/${path}`, { ...init, headers: { 'content-type': 'application/json', ...headers } })).status

const collectionOf = (path: string): string => path.slice(0, path.lastIndexOf('/'))

describe('an operator', () => {
  it.each(readable)('reads %s and lists its collection', async (path) => {
    expect(await status(path, clients.operator())).toBe(200)
    expect(await status(collectionOf(path), clients.operator())).toBe(200)
  })

  it.each(secret)('does not read %s', async (path) => {
    expect(await status(path, clients.operator())).toBe(403)
    expect(await status(collectionOf(path), clients.operator())).toBe(403)
  })
})

describe.each(Object.entries(clients).filter(([name]) => name !== 'operator'))('%s', (_name, headers) => {
  it.each([...readable, ...secret])('does not read %s', async (path) => {
    expect(await status(path, headers())).toBe(403)
    expect(await status(collectionOf(path), headers())).toBe(403)
  })
})

describe.each(Object.entries(clients))('%s', (_name, headers) => {
  const body = JSON.stringify({ fields: { wanted: { stringValue: 'online' } } })

  it.each([...readable, ...secret])('neither changes, creates nor deletes %s', async (path) => {
    expect(await status(path, headers(), { method: 'PATCH', body })).toBe(403)
    expect(await status(`${collectionOf(path)}?documentId=new`, headers(), { method: 'POST', body })).toBe(403)
    expect(await status(path, headers(), { method: 'DELETE' })).toBe(403)
  })
})

it('the owner of the project can write, so the tests above would notice a client that can', async () => {
  const body = JSON.stringify({ fields: { v: { integerValue: '1' } } })
  expect(await status('runners/owner', { Authorization: 'Bearer owner' }, { method: 'PATCH', body })).toBe(200)
})
