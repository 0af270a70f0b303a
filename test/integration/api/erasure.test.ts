import { afterAll, beforeAll, expect, it } from 'vitest'
import { directoryPath, RECENT, sealPage } from '@holdfast/core/message/directory-document'
import { jobPath } from '@holdfast/core/message/job-document'
import { mediaObjectOf } from '@holdfast/core/message/media-document'
import { changeFieldOf } from '@holdfast/core/message/message-change'
import { messagesPath } from '@holdfast/core/message/message-document'
import { parkedStanzasPath } from '@holdfast/core/message/parked-stanza-document'
import { receivedMediaPath } from '@holdfast/core/message/received-media-document'
import { sealMessage, sealReceivedContent } from '@holdfast/core/message/sealed-content'
import { ERASURES } from '@holdfast/core/operations/erasure-document'
import { Deadline } from '@holdfast/core/platform/deadlines'
import { HoldfastError } from '@holdfast/core/platform/errors'
import { createLogger } from '@holdfast/core/platform/logging'
import type { Fields } from '@holdfast/core/platform/ports'
import { systemClock } from '@holdfast/core/platform/system-clock'
import { bodyPlace, deliveryIdOf, deliveryPath } from '@holdfast/core/session/webhook-delivery-document'
import { removeErasedObjects } from '../../../functions/src/use-cases/erasure/remove-erased-objects.ts'
import { MemoryObjects } from '../contract/memory-objects.ts'
import { type ApiUnderTest, startApi } from './api-under-test.ts'

let api: ApiUnderTest
beforeAll(async () => {
  api = await startApi()
})
afterAll(() => api[Symbol.asyncDispose]())

const ANA = '5511999990001'
const BOB = '5511999990002'
const GROUP = '120363000000000001@g.us'
const SECRET = 'nobody may read this'

interface Received extends Fields {
  readonly chat: string
  readonly participant?: string
  /** Whether an owner of an earlier version has stored it. */
  readonly isEarlier?: boolean
}

async function received(name: string, id: string, { chat, participant = '', isEarlier, ...fields }: Received): Promise<string> {
  const cipher = await api.cipher(name)
  const names = { messageId: id, chat, participant: participant || null }
  const content = { text: SECRET, proto: '' }
  const sealed = isEarlier
    ? { ...names, content: sealReceivedContent(cipher, id, content) }
    : sealMessage(cipher, id, { ...content, ...names })
  const path = `${messagesPath(`default.${name}`)}/${id}`
  const message = { v: 1, fromMe: false, pushName: 'Ana', type: 'text', sentAt: new Date(), order: id }
  await api.documents.commit([{ kind: 'create', path, fields: { ...message, ...sealed, ...fields } }])
  return path
}

async function sent(calls: Pick<ApiUnderTest, 'post'>, session: string, to: string, status: string): Promise<string> {
  const { body } = await calls.post(
    '/api/sendText',
    { session, chatId: `${to}@c.us`, text: SECRET },
    { 'Idempotency-Key': `${session}-${to}-${status}` },
  )
  const jobs = await api.documents.query({ collection: 'message_queue_jobs', where: [['sessionId', '==', `default.${session}`]] })
  const id = String(jobs.find((job) => [body.id, body.jobId].includes(job.id))?.id)
  await api.documents.commit([{ kind: 'update', path: jobPath(id), fields: { status } }])
  return id
}

/** An event that an end point has not got yet. */
async function delivery(name: string, event: string, from: string): Promise<string> {
  const id = deliveryIdOf('endpoint', event)
  const body = JSON.stringify({ event: 'message', payload: { id: event, from: `${from}@c.us`, body: SECRET } })
  const sealed = (await api.cipher(name)).sealContent(Buffer.from(body), bodyPlace(id))
  const [sessionId, now] = [`default.${name}`, new Date()]
  const ids = { v: 1, tenant: 'default', sessionId, endpoint: 'endpoint', scope: 'session', event: 'message', eventId: event }
  const state = { at: now, since: now, lane: 'lane', order: event, status: 'pending', waitsIn: 'lane', lookAt: now }
  const fields = { ...ids, ...state, body: sealed, isSealed: true }
  await api.documents.commit([{ kind: 'create', path: deliveryPath(id), fields }])
  return deliveryPath(id)
}

/** The lists of chats and contacts. Each person has a LID. */
async function directory(name: string, persons: readonly string[]): Promise<void> {
  const cipher = await api.cipher(name)
  const names = { name: null, pushName: 'Ana', isGone: false }
  const contacts = persons.map((person) => ({
    ...names,
    id: `${person}@s.whatsapp.net`,
    lid: `99${person}@lid`,
    isBlocked: false,
  }))
  const chats = persons.map((person) => ({
    ...names,
    id: `${person}@s.whatsapp.net`,
    at: 1,
    unread: 0,
    archived: false,
    pinned: false,
  }))
  const pages = { contacts: sealPage(cipher, 'contacts', RECENT, contacts), chats: sealPage(cipher, 'chats', RECENT, chats) }
  await api.documents.commit(
    (['contacts', 'chats'] as const).map((one) => ({
      kind: 'create',
      path: `${directoryPath(`default.${name}`, one)}/${RECENT}`,
      fields: { v: 1, entries: pages[one], upTo: null },
    })),
  )
}

/** A bucket whose objects this process may not remove. */
class WithoutRemoving extends MemoryObjects {
  mayRemove = false

  override async remove(name: string): Promise<void> {
    if (!this.mayRemove) throw new HoldfastError('store-forbidden', 'This account may not remove objects.')
    await super.remove(name)
  }
}

const exists = async (path: string): Promise<boolean> => (await api.documents.read(path)) !== null

it('removes the messages, media and jobs of one person, and nothing of others; a repeat changes nothing', async () => {
  const objects = new MemoryObjects()
  const calls = api.as({}, { archives: objects, media: objects })
  await api.post('/api/sessions', { name: 'erasing' })
  const sessionId = 'default.erasing'
  const hers = [
    await received('erasing', 'a1', { chat: `${ANA}@s.whatsapp.net` }),
    await received('erasing', 'a2', { chat: `${ANA}@s.whatsapp.net`, type: 'image' }),
    await received('erasing', 'a3', { chat: GROUP, participant: `${ANA}@s.whatsapp.net` }),
    await received('erasing', 'a4', { chat: `${ANA}@s.whatsapp.net`, isEarlier: true }),
    await received('erasing', 'a5', { chat: GROUP, participant: `${ANA}@s.whatsapp.net`, isEarlier: true }),
  ]
  const others = [
    await received('erasing', 'b1', { chat: `${BOB}@s.whatsapp.net`, type: 'image' }),
    await received('erasing', 'b2', { chat: GROUP, participant: `${BOB}@s.whatsapp.net` }),
    await received('erasing', 'b3', { chat: GROUP, participant: `${BOB}@s.whatsapp.net`, isEarlier: true }),
  ]
  for (const id of ['a2', 'b1']) await objects.create(mediaObjectOf(sessionId, id), Buffer.from('picture'))
  const cipher = await api.cipher('erasing')
  const ofAna = [`${ANA}@s.whatsapp.net`, cipher.pseudonym(`${ANA}@s.whatsapp.net`)]
  const parked = ofAna.map((_, index) => `${parkedStanzasPath(sessionId)}/p${index}`)
  await api.documents.commit(
    ofAna.map((from, index) => ({ kind: 'create', path: parked[index] ?? '', fields: { v: 1, from, participant: null } })),
  )
  const [done, waiting, archived, his] = [
    await sent(calls, 'erasing', ANA, 'read'),
    await sent(calls, 'erasing', ANA, 'pending'),
    await sent(calls, 'erasing', ANA, 'sent'),
    await sent(calls, 'erasing', BOB, 'sent'),
  ]
  expect((await calls.send('DELETE', `/api/messages/${archived}`)).status).toBe(200)

  const reaction = { messageId: 'r1', at: new Date(), content: Buffer.from('sealed') }
  const fieldOf = (by: string): string => changeFieldOf('reaction', { by, fromMe: false })
  const [reacted = ''] = others
  const reactions = Object.fromEntries(ofAna.map((by) => [fieldOf(by), { ...reaction, by }]))
  await api.documents.commit([{ kind: 'update', path: reacted, fields: reactions }])
  // The file at WhatsApp, with its key.
  await api.documents.commit([{ kind: 'update', path: jobPath(done), fields: { upload: Buffer.from('sealed') } }])
  const [toHer, toBob] = [await delivery('erasing', 'd1', ANA), await delivery('erasing', 'd2', BOB)]
  await directory('erasing', [ANA, BOB])

  const path = `/api/erasing/contacts/${ANA}@c.us/data`
  expect(await calls.send('DELETE', path)).toMatchObject({
    status: 200,
    body: {
      removed: { messages: 5, media: 1, jobs: 1, archivedJobs: 1, parkedStanzas: 2, deliveries: 1, changes: 2, directory: 0 },
      left: { openJobs: 1, changed: 0, directory: 0, objects: 0, unreadable: 0 },
      cursor: null,
      complete: false,
    },
  })
  for (const gone of [...hers, ...parked]) expect(await exists(gone)).toBe(false)
  for (const kept of others) expect(await exists(kept)).toBe(true)
  expect(Object.keys((await api.documents.read(reacted))?.fields ?? {}).filter((name) => name in reactions)).toEqual([])
  expect((await api.documents.read(toHer))?.fields).toMatchObject({ status: 'dead', body: null, waitsIn: null, lookAt: null })
  expect((await api.documents.read(toBob))?.fields).toMatchObject({ status: 'pending', body: expect.anything() as Buffer })
  expect(await objects.list('media/')).toEqual([mediaObjectOf(sessionId, 'b1')])
  expect(await objects.list('archive/')).toEqual([])
  const job = (await api.documents.read(jobPath(done)))?.fields
  expect(job).toMatchObject({ chat: 'erased@s.whatsapp.net', proto: null, upload: null, status: 'read' })
  const { body: list } = await calls.get('/api/messages?session=erasing')
  const shown = (list.messages as unknown[]).map((message) => JSON.stringify(message))
  expect(shown.filter((message) => message.includes(ANA) && !message.includes(waiting))).toEqual([])
  expect(shown.filter((message) => message.includes(BOB))).toHaveLength(1)
  expect((await api.documents.read(jobPath(his)))?.fields['chat']).toBe(`${BOB}@s.whatsapp.net`)

  expect((await calls.post(`/api/messages/${waiting}/cancel`)).status).toBe(200)
  const last = (await calls.send('DELETE', path)).body
  expect(last).toMatchObject({
    removed: { messages: 0, jobs: 1, directory: 1 },
    complete: true,
    kept: expect.stringContaining('quote the contact'),
  })
  expect((last.remains as { what: string }[]).map(({ what }) => what)).toEqual(['objectVersions', 'pointInTime', 'backups'])
  for (const list of ['chats', 'contacts/all?session=erasing']) {
    const { body } = await calls.get(list === 'chats' ? '/api/erasing/chats' : `/api/${list}`)
    expect((body as { id: string }[]).map(({ id }) => id)).toEqual([`${BOB}@c.us`])
  }
  expect((await calls.send('DELETE', path)).body).toMatchObject({
    removed: { messages: 0, jobs: 0, archivedJobs: 0 },
    complete: true,
  })
  const { body: audit } = await api.get('/api/audit')
  expect(JSON.stringify(audit)).toContain('eraseContact')
  expect(JSON.stringify(audit)).not.toContain(ANA)
})

it('goes on over several calls where there is much, and refuses what is no person', async () => {
  await api.post('/api/sessions', { name: 'much' })
  for (let n = 0; n < 201; n++) await received('much', `m${n}`, { chat: `${ANA}@s.whatsapp.net` })
  const path = `/api/much/contacts/${ANA}/data`
  expect((await api.send('DELETE', path)).body).toMatchObject({ removed: { messages: 200 }, complete: false })
  expect((await api.send('DELETE', path)).body).toMatchObject({ removed: { messages: 1 }, complete: true })
  expect((await api.send('DELETE', `/api/much/contacts/${GROUP}/data`)).body).toMatchObject({ code: 'invalid-chat' })
  expect((await api.send('DELETE', `/api/nobody/contacts/${ANA}/data`)).status).toBe(404)
})

it('records objects that the API may not remove, and the nightly run removes them, also what came to be meanwhile', async () => {
  const objects = new WithoutRemoving()
  const calls = api.as({}, { archives: objects, media: objects })
  await api.post('/api/sessions', { name: 'recorded' })
  const sessionId = 'default.recorded'
  const [gone, late] = ['c1'.padEnd(40, '0'), 'c2'.padEnd(40, '0')]
  await directory('recorded', [ANA])
  // One is known by her LID.
  await received('recorded', gone, { chat: `99${ANA}@lid`, type: 'image' })
  await received('recorded', late, { chat: `${ANA}@s.whatsapp.net`, type: 'image' })
  await objects.create(mediaObjectOf(sessionId, gone), Buffer.from('picture'))
  const medium = (id: string) => `${receivedMediaPath(sessionId)}/${id}`
  for (const [id, state] of [
    [gone, 'stored'],
    [late, 'pending'],
  ] as const)
    await api.documents.commit([{ kind: 'create', path: medium(id), fields: { v: 1, state } }])
  const archived = await sent(calls, 'recorded', ANA, 'sent')
  expect((await calls.send('DELETE', `/api/messages/${archived}`)).status).toBe(200)

  const { body } = await calls.send('DELETE', `/api/recorded/contacts/${ANA}/data`)
  expect(body).toMatchObject({ removed: { messages: 2, archivedJobs: 1, directory: 1 }, complete: true })
  const [first] = body.remains as { what: string; until: string; sentence: string }[]
  expect(first).toMatchObject({ what: 'objects', sentence: expect.stringContaining('3 objects') as string })
  for (const id of [gone, late]) expect(await exists(medium(id))).toBe(false)
  // The owner was just fetching it.
  await objects.create(mediaObjectOf(sessionId, late), Buffer.from('picture'))
  await api.documents.commit([
    { kind: 'create', path: medium(late), fields: { v: 1, state: 'stored', filename: Buffer.from('sealed') } },
  ])

  const dependencies = { documents: api.documents, media: objects, clock: systemClock, logger: createLogger('test', 'silent') }
  const remove = () => removeErasedObjects(dependencies, new Deadline(systemClock, 60_000))
  await expect(remove()).rejects.toMatchObject({ code: 'store-forbidden' })
  objects.mayRemove = true
  expect(await remove()).toBe(1)
  expect(await objects.list('')).toEqual([])
  expect((await api.documents.read(medium(late)))?.fields).toMatchObject({ state: 'gone', object: null, filename: null })
  expect(await remove()).toBe(0)
  const records = await api.documents.query({ collection: ERASURES })
  expect(records.map(({ fields }) => [fields['state'], fields['removed'], fields['objects']])).toEqual([['done', 3, []]])
  expect(JSON.stringify(records.map(({ fields }) => fields))).not.toContain(ANA)
})
