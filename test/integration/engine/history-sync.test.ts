import { setTimeout } from 'node:timers/promises'
import { afterAll, beforeAll, describe, expect, onTestFinished, test, vi } from 'vitest'
import { messagesPath } from '@holdfast/core/message/message-document'
import { createLogger } from '@holdfast/core/platform/logging'
import type { Change, DocumentStore } from '@holdfast/core/platform/ports'
import { systemClock } from '@holdfast/core/platform/system-clock'
import { HistoryLost, type HistoryPiece, type ReceivedMessage } from '../../../runner/src/whatsapp/port.ts'
import { MessageDocuments } from '../../../runner/src/session/inbox/message-documents.ts'
import { HistorySync } from '../../../runner/src/session/inbox/history-sync.ts'
import { Undecrypted } from '../../../runner/src/session/inbox/undecrypted.ts'
import { type FirestoreUnderTest, startFirestore } from '../../support/firestore-under-test.ts'
import { FaultyDocuments } from '../../support/engine/faulty-documents.ts'
import { type Owner, listMessages, receive, stanza, takeOver, textMessage } from '../../support/engine/owner.ts'
import { SessionUnderTest } from '../../support/engine/session-under-test.ts'

let firestore: FirestoreUnderTest

beforeAll(async () => {
  firestore = await startFirestore()
})

afterAll(async () => {
  await firestore[Symbol.asyncDispose]()
})

const newSession = () => new SessionUnderTest(firestore.clients.documents).create()

const logger = createLogger('test', 'silent')

/** What the phone tells, piece by piece; an error ends it there. */
type Script = readonly (readonly string[] | Error)[]

/** An owner who reads what rows tell of from a script, by the words in the row. */
class Listener {
  readonly owner: Owner
  readonly told: HistorySync
  readonly sleeps: number[] = []
  reads = 0

  constructor(session: SessionUnderTest, owner: Owner, documents: DocumentStore, script: (reads: number) => Script) {
    this.owner = owner
    const { state, inbox } = owner
    const { sessionId } = session
    // Pauses are short here, and noted.
    const clock = {
      ...systemClock,
      now: () => systemClock.now() + this.sleeps.reduce((sum, ms) => sum + ms, 0),
      sleep: async (ms: number, _: string, signal?: AbortSignal) => {
        if (signal?.aborted) return
        await setTimeout(1)
        if (!signal?.aborted) this.sleeps.push(Math.max(0, ms))
      },
    }
    const reader = {
      read: (): AsyncIterable<HistoryPiece> => pieces(script(++this.reads)),
    }
    this.told = new HistorySync({
      state,
      inbox,
      documents: new MessageDocuments(sessionId, documents),
      undecrypted: new Undecrypted({ sessionId, state, clock, logger }),
      reader,
      clock,
      logger,
    })
  }

  static async of(
    session: SessionUnderTest,
    script: Script | ((reads: number) => Script),
    options: { documents?: DocumentStore; runnerId?: string } = {},
  ): Promise<Listener> {
    const { documents = session.documents, runnerId = 'owner' } = options
    const owner = await takeOver(session, { documents, runnerId })
    onTestFinished(() => owner.journal.close())
    await owner.inbox.documentOpenRows(owner.claim.head.sequence)
    return new Listener(session, owner, documents, typeof script === 'function' ? script : () => script)
  }

  /** A row that tells of messages arrives and is durable. */
  async hear(hash = 'notification'): Promise<void> {
    const { inbox, state, journal } = this.owner
    const { keys, entry, onApplied } = inbox.admit({
      hash,
      stanzaId: hash,
      plain: Buffer.from('told'),
      message: null,
      tells: true,
    })
    const position = state.change({ keys }, entry)
    onApplied()
    await journal.whenDurable(position)
  }

  async untilSettled(): Promise<void> {
    await vi.waitFor(() => expect(this.owner.inbox.openTold()).toEqual([]), { timeout: 20_000, interval: 10 })
    await this.owner.journal.whenDurable()
  }
}

async function* pieces(script: Script): AsyncIterable<HistoryPiece> {
  for (const ids of script) {
    if (ids instanceof Error) throw ids
    const messages = ids.map((id): ReceivedMessage => textMessage(id))
    yield { messages, fromHistory: true, learn: () => Promise.resolve() }
  }
}

const listed = async (session: SessionUnderTest): Promise<string[]> =>
  (await listMessages(session)).map(({ messageId }) => messageId)

const carriesMessages = (changes: readonly Change[]): boolean => changes.some(({ path }) => path.includes('/messages/'))

describe('messages that the phone tells of', () => {
  test('are stored in ascending order, and marked as history', async () => {
    const session = await newSession()
    const listener = await Listener.of(session, [['H1', 'H2'], ['H3']])
    listener.told.start()
    await listener.hear()
    await listener.untilSettled()
    expect(await listed(session)).toEqual(['H1', 'H2', 'H3'])
    expect(new Set((await listMessages(session)).map(({ order }) => order)).size).toBe(3)
    const documents = await session.documents.query({ collection: messagesPath(session.sessionId) })
    expect(documents.every(({ fields }) => fields['fromHistory'] === true)).toBe(true)
  })

  test('leave a message alone that came by itself before', async () => {
    const session = await newSession()
    const listener = await Listener.of(session, [['H1', 'LIVE', 'H2']])
    await listener.owner.journal.whenDurable(receive(listener.owner, stanza('LIVE')))
    const [before] = await listMessages(session)
    listener.told.start()
    await listener.hear()
    await listener.untilSettled()
    const after = await listMessages(session)
    expect(after.map(({ messageId }) => messageId)).toEqual(['LIVE', 'H1', 'H2'])
    expect(after[0]).toEqual(before)
  })

  test('leave a message alone that an earlier owner stored long ago', async () => {
    const session = await newSession()
    const first = await takeOver(session)
    await first.journal.whenDurable(receive(first, stanza('LIVE')))
    await first.journal.whenDurable(first.state.change({ keys: { inbox: { 'hash of LIVE': null } } }))
    first.journal.close()
    const listener = await Listener.of(session, [['H1', 'LIVE']], { runnerId: 'next' })
    const [before] = await listMessages(session)
    listener.told.start()
    await listener.hear()
    await listener.untilSettled()
    expect((await listMessages(session))[0]).toEqual(before)
    expect(await listed(session)).toEqual(['LIVE', 'H1'])
  })

  test.each(['owner', 'next'])('that come by themselves afterwards are not stored twice by the %s', async (receiver) => {
    const session = await newSession()
    const listener = await Listener.of(session, [['H1']])
    listener.told.start()
    await listener.hear()
    await listener.untilSettled()
    const before = await listMessages(session)
    let { owner } = listener
    if (receiver === 'next') {
      owner.journal.close()
      owner = await takeOver(session, { runnerId: 'next' })
    }
    await owner.journal.whenDurable(receive(owner, stanza('H1')))
    expect(await listMessages(session)).toEqual(before)
  })

  test('that Firestore refuses keep the others from nothing', async () => {
    const session = await newSession()
    const documents = new FaultyDocuments(session.documents)
    const listener = await Listener.of(session, [['H1', 'H2', 'TOO LARGE', 'H3']], { documents })
    const tooLarge = (changes: readonly Change[]) =>
      changes.some((change) => 'fields' in change && change.fields['messageId'] === 'TOO LARGE')
    documents.faults((changes) => (tooLarge(changes) ? 'refuse' : null))
    listener.told.start()
    await listener.hear()
    await listener.untilSettled()
    expect((await listed(session)).toSorted()).toEqual(['H1', 'H2', 'H3'])
  })
})

describe('a message that comes by itself while the phone tells of it', () => {
  /** Its document is on its way for the phone's sake, and the message arrives. */
  async function crossing(ending: readonly string[] | Error) {
    const session = await newSession()
    const { promise: looked, resolve: tellLooked } = Promise.withResolvers<void>()
    const { promise: arrived, resolve: arrive } = Promise.withResolvers<void>()
    let writes = 0
    const slow: DocumentStore = {
      ...session.documents,
      commit: (changes) => {
        if (carriesMessages(changes)) writes++
        return session.documents.commit(changes)
      },
      query: (query) => session.documents.query(query),
      listen: (...all) => session.documents.listen(...all),
      read: async (path) => {
        if (path.includes('/messages/')) {
          tellLooked()
          await arrived
          if (ending instanceof Error) throw ending
        }
        return session.documents.read(path)
      },
    }
    const listener = await Listener.of(session, [['CROSSING']], { documents: slow })
    listener.told.start()
    await listener.hear()
    await looked
    const position = receive(listener.owner, stanza('CROSSING'))
    arrive()
    await listener.owner.journal.whenDurable(position)
    return { session, listener, writes: () => writes }
  }

  test('is stored once', async () => {
    const { session, listener, writes } = await crossing([])
    await listener.untilSettled()
    expect(await listed(session)).toEqual(['CROSSING'])
    // A second time would give it another place in the list, and a reader with a cursor would see it twice.
    expect(writes()).toBe(1)
    listener.owner.journal.close()
    const next = await takeOver(session, { runnerId: 'next' })
    expect(await next.inbox.documentOpenRows(next.claim.head.sequence)).toBe(0)
  })

  test('is stored for its own sake when what the phone told of is lost', async () => {
    const { session, listener } = await crossing(new HistoryLost('gone'))
    await listener.untilSettled()
    await vi.waitFor(async () => expect(await listed(session)).toEqual(['CROSSING']))
  })

  test('is stored by the next owner when this one dies in between', async () => {
    const { session, listener } = await crossing(new Error('Firestore is away'))
    listener.owner.journal.close()
    const next = await Listener.of(session, [new HistoryLost('gone')], { runnerId: 'next' })
    expect(await listed(session)).toEqual(['CROSSING'])
    next.told.start()
    await next.untilSettled()
    expect(await listed(session)).toEqual(['CROSSING'])
  })
})

describe('when the owner dies in the middle', () => {
  test.each([1, 2, 3])('after %i commits, the next one stores the rest, and a reader sees each message once', async (commits) => {
    const session = await newSession()
    const script = [['H1', 'H2'], ['H3', 'H4'], ['H5']]
    const documents = new FaultyDocuments(session.documents)
    const dying = await Listener.of(session, script, { documents, runnerId: 'dying' })
    await dying.hear()
    let done = 0
    documents.faults(() => (++done > commits ? 'refuse' : null))
    dying.told.start()
    await vi.waitFor(() => expect(done).toBeGreaterThan(commits))
    dying.owner.journal.close()
    const seen = await listMessages(session)
    const next = await Listener.of(session, script, { runnerId: 'next' })
    next.told.start()
    await next.untilSettled()
    const rest = await listMessages(session, seen.at(-1)?.order)
    expect([...seen, ...rest].map(({ messageId }) => messageId).toSorted()).toEqual(['H1', 'H2', 'H3', 'H4', 'H5'])
  })

  test('and lost the answer of a commit, nothing is there twice', async () => {
    const session = await newSession()
    const documents = new FaultyDocuments(session.documents)
    const listener = await Listener.of(session, [['H1', 'H2'], ['H3']], { documents })
    documents.faults((changes) => (carriesMessages(changes) ? 'lose-answer' : null))
    listener.told.start()
    await listener.hear()
    await listener.untilSettled()
    expect(await listed(session)).toEqual(['H1', 'H2', 'H3'])
  })
})

describe('what cannot be had', () => {
  const failedOf = ({ owner }: Listener) => {
    const encoded = owner.state.image.get('inbox', 'notification') ?? '{}'
    return (JSON.parse(encoded) as { failed?: string }).failed
  }

  test('because it is gone is given up at once, with the reason; what was there stays', async () => {
    const session = await newSession()
    const listener = await Listener.of(session, [['H1'], new HistoryLost('gone')])
    listener.told.start()
    await listener.hear()
    await listener.untilSettled()
    expect([listener.reads, failedOf(listener)]).toEqual([1, 'gone'])
    expect(await listed(session)).toEqual(['H1'])
  })

  test('because it is damaged is fetched again, and given up after five times', async () => {
    const listener = await Listener.of(await newSession(), [new HistoryLost('damaged')])
    listener.told.start()
    await listener.hear()
    await listener.untilSettled()
    expect([listener.reads, failedOf(listener)]).toEqual([5, 'damaged'])
  })

  test('for the moment is tried again with growing pauses, as long as it takes', async () => {
    const session = await newSession()
    const script = (reads: number): Script => (reads <= 8 ? [new Error('503')] : [['H1']])
    const listener = await Listener.of(session, script)
    listener.told.start()
    await listener.hear()
    await listener.untilSettled()
    expect(await listed(session)).toEqual(['H1'])
    const pauses = listener.sleeps.filter((ms) => ms > 100).map((ms) => Math.round(ms / 1000))
    expect(pauses).toEqual([1, 2, 4, 8, 16, 32, 64, 128])
  })

  test('holds nothing up that another row tells of', async () => {
    const session = await newSession()
    // The first row that is read is the one that keeps failing.
    const script = (reads: number): Script => (reads === 2 ? [['H1']] : [new Error('503')])
    const listener = await Listener.of(session, script)
    await listener.hear('never')
    await listener.hear('well')
    listener.told.start()
    await vi.waitFor(() => expect(listener.owner.inbox.openTold().map(({ hash }) => hash)).toEqual(['never']))
    await listener.told.stop()
    expect(await listed(session)).toEqual(['H1'])
  })
})

test('after it was stopped nothing more is written', async () => {
  const session = await newSession()
  const listener = await Listener.of(session, [['H1']])
  listener.told.start()
  await listener.told.stop()
  await listener.hear()
  await new Promise((resolve) => setImmediate(resolve))
  expect(await listed(session)).toEqual([])
  expect(listener.owner.inbox.openTold()).toHaveLength(1)
})
