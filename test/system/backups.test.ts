import { readCheckpoint } from '@holdfast/core/journal/checkpoint'
import { parseStored } from '@holdfast/core/platform/parse'
import { WrappingKey } from '@holdfast/core/security/envelope'
import { loadSessionCipher } from '@holdfast/core/security/session-keys'
import { backupDocumentSchema, backupPath } from '@holdfast/core/session/backup-document'
import { randomBytes } from 'node:crypto'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { type Chat, EngineWorld, eventually } from '../support/engine-world.ts'

/** Backups of real sessions, asked for over HTTP and made by a real runner. */

const WRAPPING_KEY = randomBytes(32)

let world: EngineWorld

beforeAll(async () => {
  const env = { SESSION_ENCRYPTION_KEY: WRAPPING_KEY.toString('base64') }
  world = await EngineWorld.start({ schedules: false, runnerEnv: env, functionsEnv: env })
})

afterAll(async () => {
  const { violations } = await world.simulator.state()
  await world[Symbol.asyncDispose]()
  expect(violations).toEqual([])
})

interface Listed {
  readonly id: string
  readonly why: string
  readonly pinned: boolean
  readonly note: string | null
  readonly isCurrent: boolean
}

const pathOf = ({ name }: Chat): string => `/api/sessions/${name}/backups`

const listed = async (chat: Chat): Promise<Listed[]> => (await (await world.sandbox.api(pathOf(chat))).json()) as Listed[]

interface Ended {
  readonly state: string
  readonly result: { readonly code: string; readonly sentence: string } | null
}

const untilEnded = (id: string): Promise<Ended> =>
  eventually(async () => {
    const now = (await (await world.sandbox.api(`/api/recoveries/${id}`)).json()) as Ended
    expect(['pending', 'running']).not.toContain(now.state)
    return now
  })

/** Asks for a backup, and resolves with the one that it led to. */
async function backedUp(chat: Chat, body: object = {}): Promise<Listed> {
  const response = await world.sandbox.api(pathOf(chat), { json: body })
  expect(response.status).toBe(202)
  const { action } = (await response.json()) as { action: { id: string } }
  const ended = await untilEnded(action.id)
  expect(ended).toMatchObject({ state: 'done', result: { code: 'backed-up' } })
  const made = (await listed(chat)).find(({ id }) => ended.result?.sentence.includes(id))
  if (!made) throw new Error('The backup is not in the list.')
  return made
}

/** Reads a backup back as its document describes it. */
async function readBack({ sessionId }: Chat, id: string) {
  const { documents, objects } = world.google
  const path = backupPath(sessionId, id)
  const document = parseStored(backupDocumentSchema, (await documents.read(path))?.fields, path)
  const cipher = await loadSessionCipher(documents, sessionId, new WrappingKey(WRAPPING_KEY))
  if (!cipher) throw new Error('The session has no key.')
  const { image } = await readCheckpoint(objects, cipher, document)
  return { document, image, bytes: (await objects.read(document.object))?.bytes.length }
}

test('a backup of a connected session is an object that opens, with a document that describes it', async () => {
  const chat = await world.linked('saved')
  await chat.untilStatus(await chat.send('before the backup'), 'delivered')
  const made = await backedUp(chat, { pin: true, note: 'Before the fair.' })
  expect(made).toMatchObject({ why: 'requested', pinned: true, note: 'Before the fair.', isCurrent: true })
  const { document, image, bytes } = await readBack(chat, made.id)
  expect(image.creds).not.toBeNull()
  expect(document).toMatchObject({ tenant: 'default', bytes, contents: image.counts(), verification: { state: 'good' } })
  expect(document.contents['session']).toBeGreaterThan(0)
  await chat.untilStatus(await chat.send('after the backup'), 'delivered')
  expect((await chat.account()).logins).toBe(1)
})

test('each request for a backup makes another one, and the list has the newest first', async () => {
  const chat = await world.linked('twice')
  const [first, second] = [await backedUp(chat), await backedUp(chat)]
  expect((await listed(chat)).map(({ id }) => id).filter((id) => id === first.id || id === second.id)).toEqual([
    second.id,
    first.id,
  ])
  expect((await listed(chat)).filter(({ isCurrent }) => isCurrent).map(({ id }) => id)).toEqual([second.id])
})

test('a stopped session is backed up without a connection, and stays stopped', async () => {
  const chat = await world.linked('stopped')
  await world.api.want(chat.name, 'stop')
  await chat.untilSession('STOPPED STOPPED requested')
  const { logins } = await chat.account()
  expect((await readBack(chat, (await backedUp(chat)).id)).image.creds).not.toBeNull()
  await chat.untilSession('STOPPED STOPPED requested')
  expect((await chat.account()).logins).toBe(logins)
})

test('what a log-out puts aside is a backup', async () => {
  const chat = await world.linked('leaving')
  await world.sandbox.api(`/api/sessions/${chat.name}/logout`, { method: 'POST' })
  await chat.untilSession('FAILED LOGGED_OUT logged-out-on-request')
  const kept = (await listed(chat)).filter(({ why }) => why === 'logged-out')
  expect(kept).toHaveLength(1)
  expect((await readBack(chat, kept[0]?.id ?? '')).image.creds).not.toBeNull()
})

async function restored(chat: Chat, body: object): Promise<Record<string, unknown>> {
  const response = await world.sandbox.api(`/api/sessions/${chat.name}/restore`, { json: body })
  return (await response.json()) as Record<string, unknown>
}

/** Returns the session to a backup, and resolves once it works again. */
async function returned(chat: Chat, backup: string): Promise<void> {
  const { logins } = await chat.account()
  const { action } = (await restored(chat, { backup, approve: true })) as { action: { id: string } }
  expect(await untilEnded(action.id)).toMatchObject({ state: 'done', result: { code: 'restored' } })
  await eventually(async () => expect((await chat.account()).logins).toBeGreaterThan(logins))
  await chat.works()
}

/** Messages go both ways, each arrives once, and nobody scans a code. */
async function talks(chat: Chat, word: string): Promise<void> {
  const sent = await chat.send(`out ${word}`)
  await chat.untilStatus(sent, 'delivered')
  expect((await chat.received()).filter(({ id }) => id === sent.messageId)).toHaveLength(1)
  await chat.receive(`in ${word}`)
  await eventually(async () => expect(await chat.stored()).toContain(`in ${word}`))
  expect((await chat.account()).registrations).toBe(1)
}

test('a session returns to a backup without a scan, goes on with new keys, and the return is undone the same way', async () => {
  const chat = await world.linked('returning')
  await talks(chat, 'before')
  const backup = await backedUp(chat)
  await talks(chat, 'after')
  const { checkpoint, epoch } = await chat.document()
  const plan = await restored(chat, { backup: backup.id, approve: true, dryRun: true })
  expect(plan).toMatchObject({ approved: false, backup: { id: backup.id }, risk: { level: 'medium' }, gapMs: null })
  expect(plan['wouldLose']).toMatchObject({ messages: 1, contacts: 0, chats: expect.any(Number) })
  expect((plan['wouldLose'] as { records: number }).records).toBeGreaterThan(2)
  // Asking has changed nothing.
  expect(await chat.document()).toMatchObject({ checkpoint, epoch })
  await returned(chat, backup.id)
  await talks(chat, 'returned')
  expect(await chat.stored()).toEqual(expect.arrayContaining(['in before', 'in after', 'in returned']))
  const [undo] = (await listed(chat)).filter(({ why }) => why === 'before-restore')
  await returned(chat, undo?.id ?? '')
  await talks(chat, 'undone')
  const ids = (await chat.received()).map(({ id }) => id)
  expect(new Set(ids).size).toBe(ids.length)
})

test('a session returns to the newest backup before a time, and the answer has the gap', async () => {
  const chat = await world.linked('by-time')
  const first = await backedUp(chat)
  const at = new Date()
  await talks(chat, 'between')
  await backedUp(chat)
  const plan = await restored(chat, { at: at.toISOString() })
  expect(plan).toMatchObject({ approved: false, backup: { id: first.id } })
  expect(plan['gapMs']).toBeGreaterThanOrEqual(0)
  const long = await world.sandbox.api(`/api/sessions/${chat.name}/restore`, { json: { at: '2020-01-01T00:00:00Z' } })
  expect([long.status, ((await long.json()) as { code: string }).code]).toEqual([404, 'unknown-backup'])
})

test('a backup of a device that was unlinked since is refused', async () => {
  const chat = await world.linked('unlinked')
  const backup = await backedUp(chat)
  await world.sandbox.api(`/api/sessions/${chat.name}/logout`, { method: 'POST' })
  await chat.untilSession('FAILED LOGGED_OUT logged-out-on-request')
  expect(await restored(chat, { backup: backup.id, approve: true })).toMatchObject({ code: 'cannot-restore' })
})
