import { randomBytes } from 'node:crypto'
import { setImmediate as nextTurn } from 'node:timers/promises'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { messagesPath } from '@holdfast/core/message/message-document'
import { parkedStanzasPath } from '@holdfast/core/message/parked-stanza-document'
import { createLogger } from '@holdfast/core/platform/logging'
import type { Change } from '@holdfast/core/platform/ports'
import { systemClock } from '@holdfast/core/platform/system-clock'
import type { RefusedMessage } from '../../../runner/src/session/inbox/inbox.ts'
import { DOCUMENTED } from '../../../runner/src/whatsapp/delivered-stanzas.ts'
import { Undecrypted } from '../../../runner/src/session/inbox/undecrypted.ts'
import { type FirestoreUnderTest, startFirestore } from '../../support/firestore-under-test.ts'
import { FaultyDocuments } from '../../support/engine/faulty-documents.ts'
import { type Owner, listMessages, receive, stanza, takeOver, textMessage } from '../../support/engine/owner.ts'
import { SessionUnderTest } from '../../support/engine/session-under-test.ts'

const KIB = 1024

let firestore: FirestoreUnderTest

beforeAll(async () => {
  firestore = await startFirestore()
})

afterAll(async () => {
  await firestore[Symbol.asyncDispose]()
})

const newSession = () => new SessionUnderTest(firestore.clients.documents).create()

const carriesMessages = (changes: readonly Change[]): boolean => changes.some(({ path }) => path.includes('/messages/'))

const sizeOfCommit = (changes: readonly Change[]): number =>
  changes
    .flatMap((change) => (change.kind === 'delete' ? [] : Object.values(change.fields)))
    .reduce<number>((sum, value) => sum + (value instanceof Uint8Array ? value.length : 100), 0)

/** Random text, which hardly compresses. */
const noise = (bytes: number): string =>
  randomBytes(bytes)
    .toString('latin1')
    .replaceAll(/[^ -~]/g, 'x')

describe('a large message', () => {
  const large = (bytes: number) => ({ ...textMessage('large'), text: noise(bytes), proto: randomBytes(bytes) })

  test.each([
    ['whole', 300 * KIB, 300 * KIB, undefined],
    ['with all of its text', 900 * KIB, 900 * KIB, { bytes: 900 * KIB, textIsCut: false }],
    ['with the beginning of its text', 2 * KIB * KIB, 64 * KIB, { bytes: 2 * KIB * KIB, textIsCut: true }],
    ['with the beginning of its text, also at 8 MiB', 8 * KIB * KIB, 64 * KIB, { bytes: 8 * KIB * KIB, textIsCut: true }],
  ])('is stored %s, and the log stays small', async (_, bytes, stored, tooLarge) => {
    const session = await newSession()
    const documents = new FaultyDocuments(session.documents)
    const owner = await takeOver(session, { documents })
    const message = large(bytes)
    for (const id of ['before', 'after']) {
      receive(owner, stanza(id))
      if (id === 'before') receive(owner, { hash: 'large', message }, Buffer.from(message.proto))
    }
    await owner.journal.whenDurable()
    expect((await listMessages(session)).map(({ messageId }) => messageId)).toEqual(['before', 'large', 'after'])
    const [found] = await session.documents.query({
      collection: messagesPath(session.sessionId),
      where: [['messageId', '==', session.cipher.pseudonym('large')]],
    })
    expect(found?.fields['tooLarge']).toEqual(tooLarge)
    const { text, proto } = JSON.parse(
      session.cipher.openContent(found?.fields['content'] as Uint8Array, `${found?.path}/content`).toString(),
    ) as { text: string; proto: string }
    expect([text.length, proto === '']).toEqual([stored, tooLarge !== undefined])
    expect(message.text.startsWith(text)).toBe(true)
    const row = JSON.parse(owner.state.image.get('inbox', 'large') ?? '{}') as Record<string, unknown>
    expect(row).toMatchObject({ settled: true })
    expect(row).not.toHaveProperty('message')
    expect(Math.max(...documents.commits.map(sizeOfCommit))).toBeLessThan(4 * KIB * KIB)
    // The row answers when the message is delivered again, to this owner or the next.
    expect(owner.inbox.lookup('large')).toEqual(bytes > 720 * KIB ? DOCUMENTED : Buffer.from(message.proto))
  })

  test('is not cut in the middle of a character', async () => {
    const session = await newSession()
    const owner = await takeOver(session)
    const text = `.${'\u{1F600}'.repeat(600_000)}`
    receive(owner, { hash: 'large', message: { ...textMessage('large'), text } })
    await owner.journal.whenDurable()
    const [found] = await session.documents.query({ collection: messagesPath(session.sessionId) })
    const content = session.cipher.openContent(found?.fields['content'] as Uint8Array, `${found?.path}/content`).toString()
    const stored = (JSON.parse(content) as { text: string }).text
    expect([stored.length, stored.isWellFormed()]).toEqual([65_535, true])
  })

  test('makes commits that Firestore accepts, even if 30 such messages arrive during one commit', async () => {
    const session = await newSession()
    const documents = new FaultyDocuments(session.documents)
    const owner = await takeOver(session, { documents })
    documents.faults(() => 'hang')
    for (let index = 0; index < 30; index++) {
      const id = `M${index}`
      receive(owner, { hash: id, message: { ...textMessage(id), proto: randomBytes(400 * KIB) } }, randomBytes(400 * KIB))
      await nextTurn()
    }
    documents.faults(null)
    documents.release()
    await owner.journal.whenDurable()
    await owner.journal.whenDurable(receive(owner, stanza('last')))
    expect(Math.max(...documents.commits.map(sizeOfCommit))).toBeLessThan(4 * KIB * KIB)
    expect(await listMessages(session)).toHaveLength(31)
    owner.journal.close()
  }, 60_000)

  test('gets its document after a claim, even if six such rows are open', async () => {
    const session = await newSession()
    const documents = new FaultyDocuments(session.documents)
    const first = await takeOver(session, { documents })
    documents.faults((changes) => (carriesMessages(changes) ? 'refuse' : null))
    for (let index = 0; index < 6; index++) {
      receive(first, { hash: `${index}`, message: { ...large(900 * KIB), messageId: `M${index}` } })
      await nextTurn()
    }
    await first.journal.whenDurable()
    first.journal.close()
    const next = await takeOver(session, { runnerId: 'next' })
    expect(await next.inbox.documentOpenRows(next.claim.head.sequence)).toBe(6)
    expect(await listMessages(session)).toHaveLength(6)
  }, 60_000)
})

describe('a message whose document Firestore refuses', () => {
  /** The sender's name alone is too large for a document. */
  const refused = () => ({ ...textMessage('refused'), pushName: 'x'.repeat(1_100_000) })

  function collectRefused(session: SessionUnderTest, { inbox, state }: Owner): RefusedMessage[] {
    const undecrypted = new Undecrypted({
      sessionId: session.sessionId,
      state,
      clock: systemClock,
      logger: createLogger('test', 'silent'),
    })
    const reported: RefusedMessage[] = []
    inbox.onRefused((one) => {
      reported.push(one)
      undecrypted.refused(one)
    })
    return reported
  }

  async function expectSettled(session: SessionUnderTest, owner: Owner, reported: RefusedMessage[]): Promise<void> {
    await owner.journal.whenDurable()
    expect(reported.map(({ message, plain }) => [message.messageId, plain.toString()])).toEqual([
      ['refused', 'plaintext of refused'],
    ])
    owner.inbox.receiptAcknowledged('refused')
    const row = JSON.parse(owner.state.image.get('inbox', 'refused') ?? '{}') as object
    expect(row).toEqual({
      id: 'refused',
      at: expect.any(Number),
      document: reported[0]?.document,
      failed: 'refused',
      settled: true,
      acked: true,
    })
    const parked = await session.documents.query({ collection: parkedStanzasPath(session.sessionId) })
    const [messageId, from] = ['refused', '5511900000002@s.whatsapp.net'].map((name) => session.cipher.pseudonym(name))
    const shown = { from: '55…02@s.whatsapp.net', participant: null }
    expect(parked.map(({ fields }) => fields)).toMatchObject([
      { messageId, from, shown, error: { code: 'refused' }, size: 'plaintext of refused'.length, resolvedAt: null },
    ])
  }

  test('is reported once, its row is settled, and other messages are stored', async () => {
    const session = await newSession()
    const owner = await takeOver(session)
    const reported = collectRefused(session, owner)
    receive(owner, stanza('before'))
    receive(owner, { hash: 'refused', message: refused() }, Buffer.from('plaintext of refused'))
    await owner.journal.whenDurable(receive(owner, stanza('after')))
    await owner.journal.whenDurable(owner.state.append({}))
    await expectSettled(session, owner, reported)
    expect((await listMessages(session)).map(({ messageId }) => messageId)).toEqual(['before', 'after'])
  })

  test('is reported by the next owner when this one dies before it can', async () => {
    const session = await newSession()
    const documents = new FaultyDocuments(session.documents)
    const first = await takeOver(session, { documents })
    documents.faults((changes) => (carriesMessages(changes) ? 'refuse' : null))
    await first.journal.whenDurable(receive(first, { hash: 'refused', message: refused() }, Buffer.from('plaintext of refused')))
    first.journal.close()
    const next = await takeOver(session, { runnerId: 'next' })
    const reported = collectRefused(session, next)
    await next.inbox.documentOpenRows(next.claim.head.sequence)
    await expectSettled(session, next, reported)
  })
})

describe('a notification of history', () => {
  const receiveNotification = async ({ inbox, state }: Owner, bytes: number): Promise<void> => {
    const notification = { hash: 'notification', stanzaId: 'notification', plain: randomBytes(bytes), message: null, tells: true }
    const { keys, entry, onApplied } = inbox.admit(notification)
    const position = state.change({ keys }, entry)
    onApplied()
    await state.journal.whenDurable(position)
  }

  test('is kept until it is processed, up to a size of 3 MiB', async () => {
    const owner = await takeOver(await newSession())
    await receiveNotification(owner, 3 * KIB * KIB)
    expect(owner.inbox.openNotices().map(({ plain }) => plain.length)).toEqual([3 * KIB * KIB])
  })

  test('is given up above 3 MiB, and recognized when it comes again', async () => {
    const owner = await takeOver(await newSession())
    await receiveNotification(owner, 3 * KIB * KIB + 1)
    expect(owner.inbox.openNotices()).toEqual([])
    expect(owner.inbox.lookup('notification')).toBe(DOCUMENTED)
    expect(JSON.parse(owner.state.image.get('inbox', 'notification') ?? '{}')).toMatchObject({
      settled: true,
      failed: 'too-large',
    })
  })
})
