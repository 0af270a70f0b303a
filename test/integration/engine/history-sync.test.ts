import { setTimeout } from 'node:timers/promises'
import { afterAll, beforeAll, describe, expect, onTestFinished, test, vi } from 'vitest'
import { messagesPath } from '@holdfast/core/message/message-document'
import { createLogger } from '@holdfast/core/platform/logging'
import type { Change, DocumentStore } from '@holdfast/core/platform/ports'
import { systemClock } from '@holdfast/core/platform/system-clock'
import { HistoryLost, type HistoryPiece } from '../../../runner/src/whatsapp/history.ts'
import type { ReceivedMessage } from '../../../runner/src/whatsapp/received-message.ts'
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

/** The pieces of a history, each with its message ids. An error ends the history. */
type Script = readonly (readonly string[] | Error)[]

/** An owner with a history sync that reads a script. */
class SyncingOwner {
  readonly owner: Owner
  readonly sync: HistorySync
  readonly sleeps: number[] = []
  reads = 0

  constructor(session: SessionUnderTest, owner: Owner, documents: DocumentStore, script: (reads: number) => Script) {
    this.owner = owner
    const { state, inbox } = owner
    const { sessionId } = session
    // Pauses are short here, and their planned lengths are recorded.
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
    this.sync = new HistorySync({
      state,
      inbox,
      documents: new MessageDocuments(sessionId, documents),
      undecrypted: new Undecrypted({ sessionId, state, clock, logger }),
      directory: { learn: () => Promise.resolve() },
      reader,
      clock,
      logger,
    })
  }

  static async of(
    session: SessionUnderTest,
    script: Script | ((reads: number) => Script),
    options: { documents?: DocumentStore; runnerId?: string } = {},
  ): Promise<SyncingOwner> {
    const { documents = session.documents, runnerId = 'owner' } = options
    const owner = await takeOver(session, { documents, runnerId })
    onTestFinished(() => owner.journal.close())
    await owner.inbox.documentOpenRows(owner.claim.head.sequence)
    return new SyncingOwner(session, owner, documents, typeof script === 'function' ? script : () => script)
  }

  /** Receives a notification of history, and waits until its row is durable. */
  async notify(hash = 'notification'): Promise<void> {
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
    await vi.waitFor(() => expect(this.owner.inbox.openNotices()).toEqual([]), { timeout: 20_000, interval: 10 })
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

describe('messages of a history sync', () => {
  test('are stored in ascending order, and marked as history', async () => {
    const session = await newSession()
    const syncing = await SyncingOwner.of(session, [['H1', 'H2'], ['H3']])
    syncing.sync.start()
    await syncing.notify()
    await syncing.untilSettled()
    expect(await listed(session)).toEqual(['H1', 'H2', 'H3'])
    expect(new Set((await listMessages(session)).map(({ order }) => order)).size).toBe(3)
    const documents = await session.documents.query({ collection: messagesPath(session.sessionId) })
    expect(documents.every(({ fields }) => fields['fromHistory'] === true)).toBe(true)
  })

  test('do not change a message that was received before', async () => {
    const session = await newSession()
    const syncing = await SyncingOwner.of(session, [['H1', 'LIVE', 'H2']])
    await syncing.owner.journal.whenDurable(receive(syncing.owner, stanza('LIVE')))
    const [before] = await listMessages(session)
    syncing.sync.start()
    await syncing.notify()
    await syncing.untilSettled()
    const after = await listMessages(session)
    expect(after.map(({ messageId }) => messageId)).toEqual(['LIVE', 'H1', 'H2'])
    expect(after[0]).toEqual(before)
  })

  test('do not change a message that an earlier owner stored long ago', async () => {
    const session = await newSession()
    const first = await takeOver(session)
    await first.journal.whenDurable(receive(first, stanza('LIVE')))
    await first.journal.whenDurable(first.state.change({ keys: { inbox: { 'hash of LIVE': null } } }))
    first.journal.close()
    const syncing = await SyncingOwner.of(session, [['H1', 'LIVE']], { runnerId: 'next' })
    const [before] = await listMessages(session)
    syncing.sync.start()
    await syncing.notify()
    await syncing.untilSettled()
    expect((await listMessages(session))[0]).toEqual(before)
    expect(await listed(session)).toEqual(['LIVE', 'H1'])
  })

  test.each(['owner', 'next owner'])('are not stored again by the %s when they are received later', async (receiver) => {
    const session = await newSession()
    const syncing = await SyncingOwner.of(session, [['H1']])
    syncing.sync.start()
    await syncing.notify()
    await syncing.untilSettled()
    const before = await listMessages(session)
    let { owner } = syncing
    if (receiver === 'next owner') {
      owner.journal.close()
      owner = await takeOver(session, { runnerId: 'next' })
    }
    await owner.journal.whenDurable(receive(owner, stanza('H1')))
    expect(await listMessages(session)).toEqual(before)
  })

  test('are stored even if Firestore refuses one of them', async () => {
    const session = await newSession()
    const documents = new FaultyDocuments(session.documents)
    const syncing = await SyncingOwner.of(session, [['H1', 'H2', 'TOO LARGE', 'H3']], { documents })
    const tooLarge = (changes: readonly Change[]) =>
      changes.some((change) => 'fields' in change && change.fields['messageId'] === session.cipher.pseudonym('TOO LARGE'))
    documents.faults((changes) => (tooLarge(changes) ? 'refuse' : null))
    syncing.sync.start()
    await syncing.notify()
    await syncing.untilSettled()
    expect((await listed(session)).toSorted()).toEqual(['H1', 'H2', 'H3'])
  })
})

describe('a message that is received during the history sync that contains it', () => {
  /** The message arrives while the history sync looks for its document. */
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
    const syncing = await SyncingOwner.of(session, [['CROSSING']], { documents: slow })
    syncing.sync.start()
    await syncing.notify()
    await looked
    const position = receive(syncing.owner, stanza('CROSSING'))
    arrive()
    await syncing.owner.journal.whenDurable(position)
    return { session, syncing, writes: () => writes }
  }

  test('is stored once', async () => {
    const { session, syncing, writes } = await crossing([])
    await syncing.untilSettled()
    expect(await listed(session)).toEqual(['CROSSING'])
    // A second write would move it in the list, and a reader with a cursor would see it twice.
    expect(writes()).toBe(1)
    syncing.owner.journal.close()
    const next = await takeOver(session, { runnerId: 'next' })
    expect(await next.inbox.documentOpenRows(next.claim.head.sequence)).toBe(0)
  })

  test('is stored even if the history is lost', async () => {
    const { session, syncing } = await crossing(new HistoryLost('gone'))
    await syncing.untilSettled()
    await vi.waitFor(async () => expect(await listed(session)).toEqual(['CROSSING']), { timeout: 15_000 })
  })

  test('is stored by the next owner when this one dies before it can', async () => {
    const { session, syncing } = await crossing(new Error('Firestore is away'))
    syncing.owner.journal.close()
    const next = await SyncingOwner.of(session, [new HistoryLost('gone')], { runnerId: 'next' })
    expect(await listed(session)).toEqual(['CROSSING'])
    next.sync.start()
    await next.untilSettled()
    expect(await listed(session)).toEqual(['CROSSING'])
  })
})

describe('a history sync', () => {
  test.each([1, 2, 3])(
    'cut off after %i commits is completed by the next owner, and a reader sees each message once',
    async (commits) => {
      const session = await newSession()
      const script = [['H1', 'H2'], ['H3', 'H4'], ['H5']]
      const documents = new FaultyDocuments(session.documents)
      const dying = await SyncingOwner.of(session, script, { documents, runnerId: 'dying' })
      await dying.notify()
      let done = 0
      documents.faults(() => (++done > commits ? 'refuse' : null))
      dying.sync.start()
      await vi.waitFor(() => expect(done).toBeGreaterThan(commits), { timeout: 15_000 })
      dying.owner.journal.close()
      const seen = await listMessages(session)
      const next = await SyncingOwner.of(session, script, { runnerId: 'next' })
      next.sync.start()
      await next.untilSettled()
      const rest = await listMessages(session, seen.at(-1)?.order)
      expect([...seen, ...rest].map(({ messageId }) => messageId).toSorted()).toEqual(['H1', 'H2', 'H3', 'H4', 'H5'])
    },
  )

  test('stores nothing twice when the answer of a commit was lost', async () => {
    const session = await newSession()
    const documents = new FaultyDocuments(session.documents)
    const syncing = await SyncingOwner.of(session, [['H1', 'H2'], ['H3']], { documents })
    documents.faults((changes) => (carriesMessages(changes) ? 'lose-answer' : null))
    syncing.sync.start()
    await syncing.notify()
    await syncing.untilSettled()
    expect(await listed(session)).toEqual(['H1', 'H2', 'H3'])
  })
})

describe('a history that cannot be read', () => {
  const failedOf = ({ owner }: SyncingOwner) => {
    const encoded = owner.state.image.get('inbox', 'notification') ?? '{}'
    return (JSON.parse(encoded) as { failed?: string }).failed
  }

  test('because it is gone is given up at once with that reason, and its first part stays', async () => {
    const session = await newSession()
    const syncing = await SyncingOwner.of(session, [['H1'], new HistoryLost('gone')])
    syncing.sync.start()
    await syncing.notify()
    await syncing.untilSettled()
    expect([syncing.reads, failedOf(syncing)]).toEqual([1, 'gone'])
    expect(await listed(session)).toEqual(['H1'])
  })

  test('because it is damaged is fetched again, and given up after five attempts', async () => {
    const syncing = await SyncingOwner.of(await newSession(), [new HistoryLost('damaged')])
    syncing.sync.start()
    await syncing.notify()
    await syncing.untilSettled()
    expect([syncing.reads, failedOf(syncing)]).toEqual([5, 'damaged'])
  })

  test('for the moment is tried again with growing pauses, without a limit', async () => {
    const session = await newSession()
    const script = (reads: number): Script => (reads <= 8 ? [new Error('503')] : [['H1']])
    const syncing = await SyncingOwner.of(session, script)
    syncing.sync.start()
    await syncing.notify()
    await syncing.untilSettled()
    expect(await listed(session)).toEqual(['H1'])
    const pauses = syncing.sleeps.filter((ms) => ms > 100).map((ms) => Math.round(ms / 1000))
    expect(pauses).toEqual([1, 2, 4, 8, 16, 32, 64, 128])
  })

  test('does not delay another history', async () => {
    const session = await newSession()
    // Only the second read succeeds. It belongs to the second notification.
    const script = (reads: number): Script => (reads === 2 ? [['H1']] : [new Error('503')])
    const syncing = await SyncingOwner.of(session, script)
    await syncing.notify('never')
    await syncing.notify('well')
    syncing.sync.start()
    await vi.waitFor(() => expect(syncing.owner.inbox.openNotices().map(({ hash }) => hash)).toEqual(['never']), {
      timeout: 15_000,
    })
    await syncing.sync.stop()
    expect(await listed(session)).toEqual(['H1'])
  })
})

test('a stopped history sync writes nothing more', async () => {
  const session = await newSession()
  const syncing = await SyncingOwner.of(session, [['H1']])
  syncing.sync.start()
  await syncing.sync.stop()
  await syncing.notify()
  await new Promise((resolve) => setImmediate(resolve))
  expect(await listed(session)).toEqual([])
  expect(syncing.owner.inbox.openNotices()).toHaveLength(1)
})
