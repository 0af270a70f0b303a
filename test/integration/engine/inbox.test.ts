import { setImmediate as nextTurn } from 'node:timers/promises'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { messagesPath } from '@holdfast/core/message/message-document'
import { messageDocumentOf, openMessage } from '@holdfast/core/message/open-message'
import type { Change, Clock } from '@holdfast/core/platform/ports'
import { systemClock } from '@holdfast/core/platform/system-clock'
import { DOCUMENTED } from '../../../runner/src/whatsapp/delivered-stanzas.ts'
import { FROM_THE_BEGINNING, readGroups } from '@holdfast/core/journal/journal-reader'
import { openGroup } from '@holdfast/core/journal/record-codec'
import { type FirestoreUnderTest, startFirestore } from '../../support/firestore-under-test.ts'
import { FaultyDocuments } from '../../support/engine/faulty-documents.ts'
import { type Owner, listMessages, receive, stanza, takeOver } from '../../support/engine/owner.ts'
import { SessionUnderTest } from '../../support/engine/session-under-test.ts'

let firestore: FirestoreUnderTest

beforeAll(async () => {
  firestore = await startFirestore()
})

afterAll(async () => {
  await firestore[Symbol.asyncDispose]()
})

const newSession = () => new SessionUnderTest(firestore.clients.documents).create()

const carriesMessages = (changes: readonly Change[]): boolean => changes.some(({ path }) => path.includes('/messages/'))

/** Lets an owner die after the records of these messages and before their documents. */
async function leaveOpen(session: SessionUnderTest, ...messages: (string | ReturnType<typeof stanza>)[]): Promise<Owner> {
  const documents = new FaultyDocuments(session.documents)
  const owner = await takeOver(session, { documents })
  documents.faults((changes) => (carriesMessages(changes) ? 'refuse' : null))
  let position = 0
  for (const one of messages) position = receive(owner, typeof one === 'string' ? stanza(one) : one)
  await owner.journal.whenDurable(position)
  owner.journal.close()
  return owner
}

/** A reaction to a message of the same chat. */
function reaction(messageId: string, to: string): ReturnType<typeof stanza> {
  const { hash, message } = stanza(messageId)
  if (!message) throw new Error('The stanza has a message.')
  const target = { messageId: to, chat: message.chat, participant: message.participant, fromMe: false }
  const changes = { kind: 'reaction' as const, target, by: message.chat }
  return { hash, message: { ...message, type: 'reaction', text: '👍', changes } }
}

/** The reactions that stored messages have. Null for a message that is not there. */
const reactionsTo = async (session: SessionUnderTest, ...messageIds: string[]) =>
  Promise.all(
    messageIds.map(async (id) => {
      const where = [['messageId', '==', session.cipher.pseudonym(id)]] as const
      const [found] = await session.documents.query({ collection: messagesPath(session.sessionId), where })
      if (!found || !messageDocumentOf(found)) return null
      return openMessage(session.cipher, found).reactions?.map(({ text }) => text)
    }),
  )

describe('a received message', () => {
  test('is in the same record as the ratchet step that decrypted it, and its document in the same commit', async () => {
    const session = await newSession()
    const documents = new FaultyDocuments(session.documents)
    const owner = await takeOver(session, { documents })
    await owner.journal.whenDurable(receive(owner, stanza('M1')))
    const kinds: string[][] = []
    for await (const { records } of readGroups(session.journals, session.sessionId, FROM_THE_BEGINNING)) {
      for (const { keys } of openGroup(records, session.cipher)) kinds.push(Object.keys(keys ?? {}).toSorted())
    }
    expect(kinds).toEqual([['inbox', 'session']])
    const commit = documents.commits.find(carriesMessages)
    expect(commit?.map(({ kind }) => kind)).toEqual(['create', 'merge'])
  })

  test('that is delivered again is answered from its row: with the plaintext until WhatsApp acknowledges its receipt', async () => {
    const session = await newSession()
    const owner = await takeOver(session)
    const position = receive(owner, stanza('M1'))
    expect(owner.inbox.lookup('hash of M1')).toEqual(Buffer.from('plaintext of hash of M1'))
    await owner.journal.whenDurable(position)
    // The document exists, but a crash may still lose the state that Baileys derives after the receipt.
    expect(owner.inbox.lookup('hash of M1')).toEqual(Buffer.from('plaintext of hash of M1'))
    owner.inbox.receiptAcknowledged('M1')
    expect(owner.inbox.lookup('hash of M1')).toBe(DOCUMENTED)
    expect(owner.inbox.lookup('hash of M2')).toBeNull()
  })

  test('that is delivered again to the next owner is answered from its row as well', async () => {
    const session = await newSession()
    await leaveOpen(session, 'M1')
    const next = await takeOver(session, { runnerId: 'next' })
    expect(next.restored.image.get('session', 'step hash of M1')).toBe('stepped')
    expect(next.inbox.lookup('hash of M1')).toEqual(Buffer.from('plaintext of hash of M1'))
    await next.inbox.documentOpenRows(next.claim.head.sequence)
    next.inbox.receiptAcknowledged('M1')
    expect(next.inbox.lookup('hash of M1')).toBe(DOCUMENTED)
  })

  test('that comes again in another ciphertext is not stored twice, and keeps its place', async () => {
    const session = await newSession()
    const owner = await takeOver(session)
    await owner.journal.whenDurable(receive(owner, stanza('M1')))
    await owner.journal.whenDurable(receive(owner, stanza('M2')))
    const before = await listMessages(session)
    await owner.journal.whenDurable(receive(owner, stanza('M1', 'sent once more')))
    expect(await listMessages(session)).toEqual(before)
    owner.inbox.receiptAcknowledged('M1')
    expect(owner.inbox.lookup('sent once more')).toBe(DOCUMENTED)
    owner.journal.close()
    const next = await takeOver(session, { runnerId: 'next' })
    await next.journal.whenDurable(receive(next, stanza('M1', 'and once more')))
    expect(await listMessages(session)).toEqual(before)
    expect(next.inbox.figures.received).toBe(0)
  })

  test('without content for a person has a row and no document', async () => {
    const session = await newSession()
    const owner = await takeOver(session)
    await owner.journal.whenDurable(receive(owner, { hash: 'keys', message: null }))
    expect(await listMessages(session)).toEqual([])
    expect(await owner.inbox.documentOpenRows(owner.claim.head.sequence)).toBe(0)
  })

  test.each([1e23, -1, 8.64e15, Number.NaN])(
    'with an invalid timestamp (%s ms) has a document all the same',
    async (sentAtMs) => {
      const session = await newSession()
      const owner = await takeOver(session)
      const { hash, message } = stanza('M-odd')
      receive(owner, { hash, message: message && { ...message, sentAtMs } })
      await owner.journal.whenDurable()
      expect((await listMessages(session)).map(({ messageId }) => messageId)).toEqual(['M-odd'])
    },
  )

  test('is sealed for its own place', async () => {
    const session = await newSession()
    const owner = await takeOver(session)
    await owner.journal.whenDurable(receive(owner, stanza('M1')))
    const [document] = await session.documents.query({ collection: `whatsapp_connection_states/${session.sessionId}/messages` })
    const content = document?.fields['content'] as Uint8Array
    expect(Buffer.from(content).includes('text of M1')).toBe(false)
    const opened = session.cipher.openContent(content, `${document?.path}/content`)
    expect(JSON.parse(opened.toString())).toMatchObject({ text: 'text of M1' })
    expect(() => session.cipher.openContent(content, 'elsewhere')).toThrow('do not open')
  })
})

describe('an open row', () => {
  test('gets its document after a claim, behind every old message and before every new one', async () => {
    const session = await newSession()
    const first = await takeOver(session)
    await first.journal.whenDurable(receive(first, stanza('old')))
    first.journal.close()
    await leaveOpen(session, 'open 1', 'open 2')
    expect((await listMessages(session)).map(({ messageId }) => messageId)).toEqual(['old'])
    const next = await takeOver(session, { runnerId: 'next' })
    await next.inbox.documentOpenRows(next.claim.head.sequence)
    await next.journal.whenDurable(receive(next, stanza('new')))
    const listed = await listMessages(session)
    expect(listed.map(({ messageId }) => messageId)).toEqual(['old', 'open 1', 'open 2', 'new'])
    expect(new Set(listed.map(({ order }) => order)).size).toBe(4)
  })

  test('that changes a message changes it after a claim, whether the message has its document or not', async () => {
    const session = await newSession()
    const first = await takeOver(session)
    await first.journal.whenDurable(receive(first, stanza('old')))
    first.journal.close()
    await leaveOpen(session, reaction('R1', 'old'), reaction('R2', 'open'), stanza('open'), reaction('R3', 'never seen'))
    const next = await takeOver(session, { runnerId: 'next' })
    await next.inbox.documentOpenRows(next.claim.head.sequence)
    expect(await reactionsTo(session, 'old', 'open', 'never seen')).toEqual([['👍'], ['👍'], null])
    expect((await listMessages(session)).map(({ messageId }) => messageId)).toEqual(['old', 'open'])

    // The message comes after all, and its owner dies before it has its document.
    next.journal.close()
    await leaveOpen(session, stanza('never seen'))
    const last = await takeOver(session, { runnerId: 'last' })
    await last.inbox.documentOpenRows(last.claim.head.sequence)
    expect(await reactionsTo(session, 'never seen')).toEqual([['👍']])
  })

  test('does not move a document that exists already', async () => {
    const session = await newSession()
    const owner = await takeOver(session)
    await owner.journal.whenDurable(receive(owner, stanza('M1')))
    // No later record settles the row, so it is still open in the log.
    owner.journal.close()
    const before = await listMessages(session)
    const next = await takeOver(session, { runnerId: 'next' })
    expect(await next.inbox.documentOpenRows(next.claim.head.sequence)).toBe(1)
    expect(await listMessages(session)).toEqual(before)
  })

  test('does not move its document when the answer of the commit was lost', async () => {
    const session = await newSession()
    await leaveOpen(session, 'open 1', 'open 2')
    const documents = new FaultyDocuments(session.documents)
    const dying = await takeOver(session, { runnerId: 'dying', documents })
    documents.faults((changes) => (carriesMessages(changes) ? 'lose-answer' : null))
    await expect(dying.inbox.documentOpenRows(dying.claim.head.sequence)).rejects.toThrow('UNAVAILABLE')
    dying.journal.close()
    const before = await listMessages(session)
    const next = await takeOver(session, { runnerId: 'next' })
    await next.inbox.documentOpenRows(next.claim.head.sequence)
    expect(await listMessages(session)).toEqual(before)
    expect(before.map(({ messageId }) => messageId)).toEqual(['open 1', 'open 2'])
  })
})

describe('a reader with a cursor', () => {
  test('sees every message once, however commits fail and owners change while it reads', async () => {
    const session = await newSession()
    const written: string[] = []
    let done = false
    const reading = (async () => {
      const seen: string[] = []
      let cursor: string | undefined
      for (;;) {
        const wasDone = done
        const page = await listMessages(session, cursor, 3)
        seen.push(...page.map(({ messageId }) => messageId))
        cursor = page.at(-1)?.order ?? cursor
        if (wasDone && page.length === 0) return seen
      }
    })()
    for (let tenure = 0; tenure < 4; tenure++) {
      const documents = new FaultyDocuments(session.documents)
      const owner = await takeOver(session, { runnerId: `owner ${tenure}`, documents })
      await owner.inbox.documentOpenRows(owner.claim.head.sequence)
      let commits = 0
      documents.faults((changes) => {
        commits++
        if (commits % 5 === 2) return 'lose-answer'
        return commits % 3 === 0 && carriesMessages(changes) ? 'refuse' : null
      })
      for (let index = 0; index < 12; index++) {
        const id = `M${tenure}-${index}`
        written.push(id)
        const position = receive(owner, stanza(id))
        if (index % 3 === 0) await owner.journal.whenDurable(position)
        else await nextTurn()
      }
      await owner.journal.whenDurable()
      // Writes that were left out of their records may still be queued. The next owner makes them.
      owner.journal.close()
    }
    const last = await takeOver(session, { runnerId: 'last' })
    await last.inbox.documentOpenRows(last.claim.head.sequence)
    done = true
    const seen = await reading
    expect(seen.toSorted()).toEqual(written.toSorted())
  })
})

describe('a row', () => {
  const DAY_MS = 24 * 60 * 60 * 1000

  /** An owner with a clock that the test sets. */
  async function ownerInTime(session: SessionUnderTest) {
    const time = { ms: 1_700_000_000_000 }
    const clock: Clock = { ...systemClock, now: () => time.ms }
    return { time, owner: await takeOver(session, { clock }) }
  }

  test('is removed after 14 days if WhatsApp has acknowledged its receipt, and otherwise after 30 days', async () => {
    const { time, owner } = await ownerInTime(await newSession())
    for (const id of ['acknowledged', 'not acknowledged']) await owner.journal.whenDurable(receive(owner, stanza(id)))
    owner.inbox.receiptAcknowledged('acknowledged')
    time.ms += 14 * DAY_MS
    owner.inbox.forget()
    expect(owner.inbox.lookup('hash of acknowledged')).toBe(DOCUMENTED)
    time.ms += 1
    owner.inbox.forget()
    expect(owner.inbox.lookup('hash of acknowledged')).toBeNull()
    expect(owner.inbox.lookup('hash of not acknowledged')).not.toBeNull()
    time.ms += 16 * DAY_MS
    owner.inbox.forget()
    expect(owner.inbox.lookup('hash of not acknowledged')).toBeNull()
  })

  test('that is still open is never removed', async () => {
    const session = await newSession()
    await leaveOpen(session, 'open')
    const { time, owner } = await ownerInTime(session)
    owner.inbox.receiptAcknowledged('open')
    time.ms += 365 * DAY_MS
    owner.inbox.forget()
    expect(owner.inbox.lookup('hash of open')).toEqual(Buffer.from('plaintext of hash of open'))
  })

  test('is removed earlier when more than 10,000 are acknowledged, the oldest first', async () => {
    const { time, owner } = await ownerInTime(await newSession())
    const rows: Record<string, string> = {}
    for (let index = 0; index < 10_003; index++) {
      rows[`h${index}`] = JSON.stringify({ id: `s${index}`, at: time.ms + index, settled: true, acked: true })
    }
    owner.state.image.apply({ keys: { inbox: rows } })
    time.ms += DAY_MS
    owner.inbox.forget()
    expect(owner.state.image.count('inbox')).toBe(10_000)
    expect([owner.inbox.lookup('h2'), owner.inbox.lookup('h3')]).toEqual([null, DOCUMENTED])
  })
})
