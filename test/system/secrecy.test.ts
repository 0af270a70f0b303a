import { Firestore, type CollectionReference } from '@google-cloud/firestore'
import { Storage } from '@google-cloud/storage'
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { constants, inflateRawSync } from 'node:zlib'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { jobDocumentSchema } from '@holdfast/core/message/job-document'
import { messagesPath } from '@holdfast/core/message/message-document'
import { parkedStanzasPath } from '@holdfast/core/message/parked-stanza-document'
import { runnerDocumentSchema } from '@holdfast/core/operations/runner-document'
import { sessionDocumentSchema, sessionPath } from '@holdfast/core/session/session-document'
import { WEBHOOK_DELIVERIES } from '@holdfast/core/session/webhook-delivery-document'
import type { AcceptedMessage } from '@holdfast/client/types'
import { type Chat, EngineWorld, eventually } from '../support/engine-world.ts'

const OUT = 'Opening hours are nine to five, my dear'
const IN = 'I would like an appointment on Thursday'

let world: EngineWorld
let chat: Chat
let named: Chat
let job: AcceptedMessage
/** The id of the message that nobody can read. */
let parked: string
let qr: string

/** Plays a session's life before the search: a pairing, messages both ways, a failure, a crash, and a checkpoint. */
beforeAll(async () => {
  world = await EngineWorld.start({ runnerEnv: { CHECKPOINT_RECORDS: '16' } })
  await world.api.createSession('waiting')
  qr = await eventually(async () => {
    const shown = await world.api.qrCode('waiting')
    if (shown === null) throw new Error('There is no QR code yet.')
    return shown
  })
  chat = await world.linked('secret')
  named = await whatPeopleSay()
  job = await chat.send(OUT)
  await chat.send(OUT, '5511000000000')
  await chat.receive(IN)
  await chat.untilStatus(job, 'delivered')
  world.sandbox.runner('runner-1').kill()
  for (let index = 0; index < 20; index++) await chat.untilStatus(await chat.send(`${OUT} ${index}`), 'delivered')
  await chat.receive(`${IN} again`)
  await eventually(async () => expect(await chat.stored()).toEqual([IN, `${IN} again`]))
  await eventually(async () => expect((await chat.document())['checkpoint']).toMatchObject({ seq: expect.any(Number) }))
}, 120_000)

afterAll(async () => {
  await world[Symbol.asyncDispose]()
})

/** A person of the phone's past. */
const FORMER = '5511777770001'

/**
 * Lets people write to a session in every way: in a chat and a group, from a number and from a LID, with a file, edits, reactions and a call, in the
 * past of the phone, on the phone itself, and what nobody can read. An end point that nobody reaches is to be told of all. Nothing is sent
 * to them, so that no job names them.
 */
async function whatPeopleSay(): Promise<Chat> {
  const said = world.chat('named')
  const messages = [{ text: 'in the past', from: FORMER }]
  const history = { conversations: [{ chat: FORMER, name: 'A former friend', messages }] }
  await world.linked(said.name, { as: said, phone: { history } })
  const webhooks = [{ url: 'https://receiver.example/all', events: ['*'] }]
  const fields = { config: { webhooks } }
  await world.google.documents.commit([{ kind: 'merge', path: sessionPath(said.sessionId), fields }])
  const { simulator } = world
  const { contact, phone } = said
  const group = await simulator.createGroup('Friends', [contact, phone])
  const first = await said.receive('by number')
  const key = { id: first, fromMe: true, remoteJid: `${phone}@s.whatsapp.net` }
  const edited = { key, type: 'MESSAGE_EDIT', editedMessage: { conversation: 'better' }, timestampMs: Date.now() }
  await simulator.sayAsContact(contact, {
    to: phone,
    message: { editedMessage: { message: { protocolMessage: edited } } },
    attrs: { edit: '1' },
  })
  await simulator.sayAsContact(contact, {
    to: phone,
    message: { reactionMessage: { key, text: '👍' } },
    attrs: { type: 'reaction' },
  })
  await simulator.sayAsContact(contact, { group, message: { conversation: 'in the group' } })
  await simulator.sendFileAsContact(contact, { to: phone, kind: 'image', mimetype: 'image/jpeg', size: 2000, caption: 'a file' })
  await simulator.sayOnPhone(phone, { to: contact, message: { conversation: 'on the phone' } })
  parked = await simulator.poisonAsContact(contact, phone, { kind: 'not-protobuf', retry: 'bad' })
  await simulator.call(contact, phone)
  await simulator.addressContact(contact, 'lid')
  await said.receive('by LID')
  const texts = ['in the past', 'by number', 'in the group', 'a file', 'on the phone', 'by LID']
  await eventually(async () => expect((await said.stored()).toSorted()).toEqual(texts.toSorted()))
  await eventually(async () =>
    expect(await world.google.documents.query({ collection: parkedStanzasPath(said.sessionId) })).toHaveLength(1),
  )
  return said
}

interface Stored {
  path: string
  bytes: Buffer
}

/** Reads each document as bytes, with its bytes fields unchanged. */
async function allDocuments(): Promise<Stored[]> {
  const firestore = new Firestore({ projectId: world.sandbox.info.project })
  const found: Stored[] = []
  const walk = async (collections: CollectionReference[]): Promise<void> => {
    for (const collection of collections) {
      for (const snapshot of (await collection.get()).docs) {
        found.push({ path: snapshot.ref.path, bytes: flat(snapshot.data()) })
        await walk(await snapshot.ref.listCollections())
      }
    }
  }
  await walk(await firestore.listCollections())
  await firestore.terminate()
  return found
}

function flat(value: unknown): Buffer {
  if (value instanceof Uint8Array) return readable(Buffer.from(value))
  if (value === null || typeof value !== 'object') return Buffer.from(`${String(value)}\n`)
  return Buffer.concat(Object.entries(value).flatMap(([name, inner]) => [Buffer.from(`${name}: `), flat(inner)]))
}

/** Adds what decompression yields from any likely start, because compressed content is not encrypted content. */
function readable(bytes: Buffer): Buffer {
  const starts = [0, 1, 2, 3, bytes.indexOf(0x0a) + 1, bytes.indexOf(0x0a) + 2]
  const unpacked = starts.flatMap((start) => {
    try {
      return [inflateRawSync(bytes.subarray(start), { finishFlush: constants.Z_SYNC_FLUSH })]
    } catch {
      return []
    }
  })
  return Buffer.concat([bytes, ...unpacked])
}

async function allObjects(): Promise<Stored[]> {
  const { storage, bucket } = world.sandbox.info
  const [files] = await new Storage({ apiEndpoint: storage, projectId: 'any' }).bucket(bucket).getFiles()
  return Promise.all(files.map(async (file) => ({ path: file.name, bytes: readable((await file.download())[0]) })))
}

/** Returns the secret in the encodings in which it could be stored. Base64 is exact only at the beginning of a value. */
const disguisesOf = (secret: string): string[] => {
  const bytes = Buffer.from(secret)
  return [secret, bytes.toString('base64').slice(0, 20), bytes.toString('hex')]
}

const findIn = (stored: readonly Stored[], secret: string): string[] =>
  stored.filter(({ bytes }) => disguisesOf(secret).some((text) => bytes.includes(text))).map(({ path }) => path)

const identity = async (): Promise<{ apiKey: string; sessionEncryptionKey: string }> =>
  JSON.parse(await readFile(join(world.sandbox.folder, 'identity.json'), 'utf8')) as never

describe('the content of Firestore and Cloud Storage', () => {
  test('shows no text and no secret to a reader of all of it', async () => {
    const [documents, objects] = [await allDocuments(), await allObjects()]
    expect(documents.length).toBeGreaterThan(30)
    expect(objects.length).toBeGreaterThan(0)
    const { apiKey, sessionEncryptionKey } = await identity()
    const advSecret = qr.split(',').at(3) ?? ''
    for (const secret of [
      OUT,
      IN,
      'extendedTextMessage',
      'noiseKey',
      'lastRemoteEphemeralKey',
      apiKey,
      sessionEncryptionKey,
      advSecret,
    ]) {
      expect(findIn([...documents, ...objects], secret)).toEqual([])
    }
    // The search works: it finds a value that is meant to be readable.
    expect(findIn(documents, 'CONNECTED')).toContain(`whatsapp_connection_states/${chat.sessionId}`)
  })

  test('shows nobody who writes to a session, in no field and no name, and no id from which a number could be guessed', async () => {
    const stored = [...(await allDocuments()), ...(await allObjects())]
    const people = [named.contact, FORMER]
    // In every text that names them: a chat by number, a LID, a file's name, a fixed or a compressed text.
    const found = stored.filter(({ path, bytes }) =>
      people.some((person) => path.includes(person) || disguisesOf(person).some((text) => bytes.includes(text))),
    )
    expect(found.map(({ path }) => path)).toEqual([])

    // Everything was there to be found.
    const kinds = stored.flatMap(({ path }) => (path.includes(named.sessionId) ? (path.split('/').at(-2) ?? '') : []))
    expect(kinds).toEqual(expect.arrayContaining(['messages', 'media', 'parked_stanzas', 'chats', 'contacts', 'journal']))
    const deliveries = await world.google.documents.query({
      collection: WEBHOOK_DELIVERIES,
      where: [['sessionId', '==', named.sessionId]],
    })
    expect(new Set(deliveries.map(({ fields }) => fields['event'])).size).toBeGreaterThan(4)

    // Ids of documents are hashes of chat, author and id of the message. Each needs an id that is not beside it.
    const messages = await world.google.documents.query({ collection: messagesPath(named.sessionId) })
    expect(messages.map(({ fields }) => String(fields['messageId'])[0])).toEqual(messages.map(() => '#'))
  })
})

test('the log that names the document of a parked stanza does not name the message, whose id is sealed in that document', async () => {
  const lines = (await world.logs()).split('\n').filter((line) => line.includes(parkedStanzasPath(named.sessionId)))
  expect(lines.length).toBeGreaterThan(0)
  expect(lines.filter((line) => line.includes(parked) || line.includes('"stanza"'))).toEqual([])
})

describe('an operator in the Firestore console', () => {
  const isDate = expect.any(Date)

  test('sees the session: its state and since when, its owner, and its counters', async () => {
    const fields = await chat.document()
    expect(sessionDocumentSchema.safeParse(fields).error).toBeUndefined()
    expect(fields).toMatchObject({
      tenant: 'default',
      name: 'secret',
      wanted: 'online',
      state: 'CONNECTED',
      reason: 'logged-in',
      sentence: 'Connected to WhatsApp.',
      since: isDate,
      createdAt: isDate,
      lastProofOfLifeAt: isDate,
      runnerId: expect.stringMatching(/^runner-/),
      pairing: null,
      counters: { sent: expect.any(Number), received: expect.any(Number) },
    })
    expect(Number(fields['epoch'])).toBeGreaterThan(1)
    expect(Number(fields['journalHead'])).toBeGreaterThan(20)
  })

  test('sees the runners and their sessions', async () => {
    const owner = (await chat.document())['runnerId']
    const runners = await world.google.documents.query({ collection: 'runners' })
    const runner = runners.find(({ id }) => id === owner)
    expect(runnerDocumentSchema.safeParse(runner?.fields).error).toBeUndefined()
    expect(runner?.fields).toMatchObject({ state: 'active', heartbeatAt: isDate, startedAt: isDate, capacity: 50 })
    expect(runner?.fields['sessions']).toMatchObject({ [chat.sessionId]: { state: 'CONNECTED', lastProofOfLifeAt: isDate } })
    // A runner reports its resources after its first whole interval.
    await eventually(async () => {
      const [alive] = await world.google.documents.query({ collection: 'runners', where: [['state', '==', 'active']] })
      expect(alive?.fields['resources']).toMatchObject({
        memory: { rssBytes: expect.any(Number) },
        cpu: { cpus: expect.any(Number), percentage: expect.any(Number) },
        eventLoop: { p99Ms: expect.any(Number), maxMs: expect.any(Number) },
      })
    })
    // The document of the killed runner goes once its sessions have moved.
    await eventually(async () => expect(await world.google.documents.query({ collection: 'runners' })).toHaveLength(1))
  })

  test('sees that people write, with their names masked', async () => {
    const [one] = await world.google.documents.query({
      collection: messagesPath(chat.sessionId),
      where: [['order', '>', '']],
      limit: 1,
    })
    const masked = `${chat.contact.slice(0, 2)}…${chat.contact.slice(-2)}@s.whatsapp.net`
    expect(one?.fields).toMatchObject({ fromMe: false, type: 'text', sentAt: isDate, shown: { chat: masked, participant: null } })
  })

  test('sees the jobs with their timeline', async () => {
    const fields: Record<string, unknown> = await chat.job(job)
    expect(jobDocumentSchema.safeParse(fields).error).toBeUndefined()
    expect(fields).toMatchObject({
      tenant: 'default',
      sessionId: chat.sessionId,
      chat: `${chat.contact}@s.whatsapp.net`,
      status: 'delivered',
      attempts: 1,
      createdAt: isDate,
      lastAttemptAt: isDate,
      nextAttemptAt: null,
      failedAt: null,
      lastError: null,
      timeline: ['pending', 'processing', 'sent', 'delivered'].map((status) => ({ status, at: isDate })),
    })
  })
})
