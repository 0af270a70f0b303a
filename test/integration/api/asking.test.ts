import { directoryPath, RECENT, sealPage } from '@holdfast/core/message/directory-document'
import { messagesPath } from '@holdfast/core/message/message-document'
import { createLogger } from '@holdfast/core/platform/logging'
import type { DocumentSnapshot } from '@holdfast/core/platform/ports'
import { systemClock, systemRandom } from '@holdfast/core/platform/system-clock'
import type { Clock } from '@holdfast/core/platform/ports'
import { afterAll, beforeAll, beforeEach, expect, it } from 'vitest'
import { SessionQueries } from '../../../runner/src/session/queries/session-queries.ts'
import { QueryFeed } from '../../../runner/src/supervisor/query-feed.ts'
import type { Connection } from '../../../runner/src/whatsapp/port.ts'
import { QuestionRefused } from '../../../runner/src/whatsapp/questions.ts'
import { type ApiUnderTest, startApi } from './api-under-test.ts'

/** What the API asks of an owner is done at most once, and a 504 says what is known of it. */

const RUNNER = 'runner-asked'
const NEXT_RUNNER = 'runner-next'
const BODY = { session: 'main', chatId: '5511999990000@c.us' }

let api: ApiUnderTest
let done: string[] = []
let stop = (): void => {}
let lateOwner: (question: DocumentSnapshot) => void = () => {}

beforeAll(async () => {
  api = await startApi()
  await api.post('/api/sessions', { name: 'main' })
  // A state that is newer than the heartbeat needs no word of it there.
  const since = new Date(Date.now() + 3_600_000)
  await api.asOwner('main', { state: 'CONNECTED', reason: 'logged-in', runnerId: RUNNER, epoch: 1, since })
})
afterAll(() => api[Symbol.asyncDispose]())

beforeEach(async () => {
  stop()
  done = []
  await api.heartbeat(RUNNER)
  await api.asOwner('main', { runnerId: RUNNER, epoch: 1 })
})

/** A clock on which a caller waits for 750 ms instead of 15 s. */
const hasty: Clock = { ...systemClock, sleep: (delayMs, name, signal) => systemClock.sleep(delayMs / 20, name, signal) }

/** A clock on which short pauses are shorter, and no deadline comes. */
const timeless: Clock = {
  ...systemClock,
  sleep: (delayMs, name, signal) => (delayMs > 5000 ? new Promise(() => {}) : systemClock.sleep(delayMs / 20, name, signal)),
}

/** An owner whose connection answers like this. `hear` sees each question first. */
async function ownerWho(
  presence: () => Promise<object>,
  hear = (question: DocumentSnapshot) => [question],
  runnerId = RUNNER,
): Promise<void> {
  const cipher = await api.cipher('main')
  const own = { documents: api.documents, clock: systemClock, random: systemRandom, logger: createLogger('test', 'silent') }
  const asked = () => {
    done.push('presence')
    return presence()
  }
  const connection = { questions: { presence: asked } } as unknown as Connection
  const unused = {} as never
  const parts = { directory: unused, groups: unused, client: unused, incomingMedia: unused, fetchFile: unused, happened: unused }
  const engine = { cipher, ...parts }
  const queries = () => new SessionQueries({ ...own, engine: () => engine, connection: () => connection })
  // Two owners believe that the session is theirs. The other one is late.
  const [owner, other] = [queries(), queries()]
  lateOwner = (question) => other.hear(question)
  const ask = (question: DocumentSnapshot): void => {
    for (const heard of hear(question)) owner.hear(heard)
  }
  const feed = new QueryFeed({ ...own, runnerId, sessions: new Map([['default.main', { ask }]]) })
  feed.start()
  stop = () => feed.stop()
}
afterAll(() => stop())

const startTyping = (clock: Clock = systemClock) => api.with({ clock }).post('/api/startTyping', BODY)

it('is done once, although the owner hears of it twice, and an earlier owner later', async () => {
  const asked: DocumentSnapshot[] = []
  await ownerWho(
    async () => ({}),
    (question) => {
      asked.push(question)
      return [question, question]
    },
  )
  expect(await startTyping()).toMatchObject({ status: 201, body: { result: true } })
  for (const question of asked) lateOwner(question)
  await systemClock.sleep(300, 'wake')
  expect(done).toEqual(['presence'])
})

it('is answered although the listener to its answer is deaf', async () => {
  await ownerWho(async () => ({}))
  const deaf = { ...api.committing((changes, commit) => commit(changes)), listen: () => () => {} }
  const answer = await api.with({ clock: timeless, documents: deaf }).post('/api/startTyping', BODY)
  expect(answer).toMatchObject({ status: 201, body: { result: true } })
})

it('is not done later when nobody took it in time', async () => {
  const late: DocumentSnapshot[] = []
  await ownerWho(
    async () => ({}),
    (question) => {
      late.push(question)
      return []
    },
  )
  const answer = await startTyping(hasty)
  expect(answer).toMatchObject({ status: 504, body: { code: 'no-answer', detail: expect.stringContaining('Nothing was done') } })
  stop()
  await ownerWho(async () => ({}))
  expect(late).toHaveLength(1)
  for (const question of late) lateOwner(question)
  await systemClock.sleep(300, 'wake')
  await expect.poll(async () => api.documents.query({ collection: 'owner_queries' })).toEqual([])
  expect(done).toEqual([])
})

it('about a chat that is named by its LID finds the messages that are kept under the number', async () => {
  const chat = '5511999990001@s.whatsapp.net'
  const contact = { id: chat, lid: '99100000001@lid', name: null, pushName: 'Ana', isGone: false, isBlocked: false }
  const entries = sealPage(await api.cipher('main'), 'contacts', RECENT, [contact])
  const message = { v: 1, messageId: 'A', chat, participant: null, fromMe: false, sentAt: new Date() }
  await api.documents.commit([
    { kind: 'create', path: `${directoryPath('default.main', 'contacts')}/${RECENT}`, fields: { v: 1, entries, upTo: null } },
    { kind: 'create', path: `${messagesPath('default.main')}/a`, fields: message },
  ])
  const archive = (lid: string) => api.with({ clock: hasty }).post(`/api/main/chats/${lid}@lid/archive`)
  expect((await archive('99100000001')).status).toBe(504)
  expect((await archive('99100000002')).body.code).toBe('unknown-message')

  // What came before the number was known lies under the LID, also for those who name the number.
  const [number, lid] = ['5511999990003', '99100000003@lid']
  const other = { ...contact, id: `${number}@s.whatsapp.net`, lid }
  const sealed = sealPage(await api.cipher('main'), 'contacts', RECENT, [contact, other])
  await api.documents.commit([
    { kind: 'update', path: `${directoryPath('default.main', 'contacts')}/${RECENT}`, fields: { entries: sealed } },
    { kind: 'create', path: `${messagesPath('default.main')}/b`, fields: { ...message, messageId: 'B', chat: lid } },
  ])
  expect((await api.with({ clock: hasty }).post(`/api/main/chats/${number}@c.us/archive`)).status).toBe(504)
})

it('may have been done when it was taken and not answered', async () => {
  await ownerWho(() => new Promise(() => {}))
  expect(await startTyping(hasty)).toMatchObject({
    status: 504,
    body: { code: 'no-answer', detail: expect.stringContaining('may have been done') },
  })
  expect(done).toEqual(['presence'])
})

/** Another runner takes the session over, and is connected. */
async function moveOn(answers: () => Promise<object>): Promise<void> {
  await api.heartbeat(NEXT_RUNNER)
  await ownerWho(answers, undefined, NEXT_RUNNER)
  await api.asOwner('main', { runnerId: NEXT_RUNNER, epoch: 2 })
}

it('is put to the next owner when the first one has died before it took it', async () => {
  const late: DocumentSnapshot[] = []
  await ownerWho(
    async () => ({}),
    (question) => {
      late.push(question)
      stop()
      void moveOn(async () => ({}))
      return []
    },
  )
  expect(await startTyping()).toMatchObject({ status: 201, body: { result: true } })
  for (const question of late) lateOwner(question)
  await expect.poll(async () => api.documents.query({ collection: 'owner_queries' })).toEqual([])
  expect([late.length, done]).toEqual([1, ['presence']])
})

it('is not put to the next owner when the first one has taken it', async () => {
  await ownerWho(async () => {
    stop()
    await moveOn(async () => ({}))
    return new Promise(() => {})
  })
  expect(await startTyping(hasty)).toMatchObject({
    status: 504,
    body: { code: 'no-answer', detail: expect.stringContaining('may have been done') },
  })
  expect(done).toEqual(['presence'])
})

it('is refused with what WhatsApp says', async () => {
  await ownerWho(() => Promise.reject(new QuestionRefused('refused', 'WhatsApp does not allow it.')))
  expect(await startTyping()).toMatchObject({
    status: 422,
    body: { code: 'refused-there', detail: 'WhatsApp does not allow it.' },
  })
})

it('ends with an error when the answer cannot be read, and the API goes on', async () => {
  await ownerWho(
    async () => ({}),
    (question) => {
      const fields = { v: 2, state: 'told in another way' }
      void api.documents.commit([{ kind: 'update', path: question.path, fields }])
      return []
    },
  )
  expect((await startTyping()).status).toBeGreaterThanOrEqual(500)
  stop()
  await ownerWho(async () => ({}))
  expect(await startTyping()).toMatchObject({ status: 201 })
})

it('is sealed: neither question nor answer can be read without the key', async () => {
  const seen: string[] = []
  await ownerWho(
    async () => ({}),
    (question) => {
      seen.push(
        JSON.stringify(question.fields, (_, value) => (value instanceof Uint8Array ? Buffer.from(value).toString() : value)),
      )
      return [question]
    },
  )
  expect(await startTyping()).toMatchObject({ status: 201 })
  expect(seen).toHaveLength(1)
  expect(seen[0]).not.toContain('5511999990000')
})
