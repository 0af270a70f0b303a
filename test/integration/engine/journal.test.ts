import { randomBytes } from 'node:crypto'
import { setImmediate as nextTurn } from 'node:timers/promises'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { journalPath } from '@holdfast/core/journal/journal-record'
import { sequenceId } from '@holdfast/core/session/ids'
import type { HoldfastError } from '@holdfast/core/platform/errors'
import type { Change } from '@holdfast/core/platform/ports'
import { readGroups } from '@holdfast/core/journal/journal-reader'
import { MAX_RECORD_BYTES, openGroup } from '@holdfast/core/journal/record-codec'
import { trimJournal } from '@holdfast/core/journal/trim'
import { type FirestoreUnderTest, startFirestore } from '../../support/firestore-under-test.ts'
import { FaultyDocuments } from '../../support/engine/faulty-documents.ts'
import { SessionUnderTest, key } from '../../support/engine/session-under-test.ts'

let firestore: FirestoreUnderTest

beforeAll(async () => {
  firestore = await startFirestore()
})

afterAll(async () => {
  await firestore[Symbol.asyncDispose]()
})

const newSession = () => new SessionUnderTest(firestore.clients.documents).create()

describe('the journal', () => {
  test('groups the entries that arrive while a commit is in flight, in order', async () => {
    const session = await newSession()
    const journal = session.journal(await session.claim('a'), 'a')
    const positions = Array.from({ length: 50 }, (_, index) => journal.append({ mutation: key(`k${index}`) }))
    await journal.whenDurable()
    expect(positions).toEqual([...positions].sort((a, b) => a - b))
    const { kinds, values } = await session.replay()
    expect(Object.keys(values)).toHaveLength(50)
    expect(kinds).toEqual(['claim', 'data'])
  })

  test('commits the writes of an entry together with its record, and tells them its number', async () => {
    const session = await newSession()
    const journal = session.journal(await session.claim('a'), 'a')
    let written = false
    journal.append({
      writes: ({ sequence }) => [{ kind: 'merge', path: `t/${session.sessionId}`, fields: { sequence } }],
      onWritten: () => (written = true),
    })
    await journal.whenDurable()
    expect(written).toBe(true)
    expect((await session.documents.read(`t/${session.sessionId}`))?.fields).toEqual({ sequence: journal.head.sequence })
  })

  test('notifies every listener of each durable record, until the listener ends', async () => {
    const session = await newSession()
    const journal = session.journal(await session.claim('a'), 'a')
    const heard: string[] = []
    const endFirst = journal.onDurable(() => heard.push(`first ${journal.durable}`))
    journal.onDurable(() => heard.push(`second ${journal.durable}`))
    await journal.whenDurable(journal.append({ mutation: key('one') }))
    endFirst()
    await journal.whenDurable(journal.append({ mutation: key('two') }))
    expect(heard).toEqual(['first 1', 'second 1', 'second 2'])
  })

  test('divides a group that is too large for one document into consecutive ones, and replays it whole', async () => {
    const session = await newSession()
    const journal = session.journal(await session.claim('a'), 'a')
    // Random text does not deflate below the size of two documents.
    const large = randomBytes(MAX_RECORD_BYTES * 2).toString('base64')
    journal.append({ mutation: key('large', large) })
    journal.append({ mutation: key('small') })
    await journal.whenDurable()
    const { kinds, values } = await session.replay()
    expect(kinds.length).toBeGreaterThan(2)
    expect(values['large'] === large && values['small'] === 'small').toBe(true)
  })

  test('cuts behind the entries that were appended before, and ahead of those that follow', async () => {
    const session = await newSession()
    const journal = session.journal(await session.claim('a'), 'a')
    journal.append({ mutation: key('before') })
    const cut = journal.cut()
    journal.append({ mutation: key('after') })
    const head = await cut
    await journal.whenDurable()
    expect(head.sequence).toBe(2)
    const rest: (string | null)[] = []
    for await (const { records } of readGroups(session.journals, session.sessionId, head)) {
      for (const { keys } of openGroup(records, session.cipher)) rest.push(...Object.values(keys?.['session'] ?? {}))
    }
    expect(rest).toEqual(['after'])
  })
})

test('an entry that comes after the end of the journal ends at once', async () => {
  const session = await newSession()
  const journal = session.journal(await session.claim('a'), 'a')
  journal.close()
  const ends: Error[] = []
  expect(journal.append({ onEnd: (error) => ends.push(error) })).toBe(Number.POSITIVE_INFINITY)
  expect(ends).toMatchObject([{ code: 'journal-closed' }])
})

describe('a commit that fails', () => {
  test('with its answer lost is recognized as ours, and counts once another commit has succeeded', async () => {
    const session = await newSession()
    const documents = new FaultyDocuments(session.documents)
    const limits = { commitTimeoutMs: 10_000, giveUpAfterMs: 1000 }
    const journal = session.journal(await session.claim('a'), 'a', { documents, limits })
    let durableAtSecond = -1
    let commits = 0
    documents.faults(() => {
      if (++commits === 2) durableAtSecond = journal.durable
      return commits === 1 ? 'lose-answer' : null
    })
    const position = journal.append({ mutation: key('once') })
    await journal.whenDurable(position)
    expect(durableAtSecond).toBe(0)
    expect(await session.replay()).toEqual({ kinds: ['claim', 'data', 'data'], values: { once: 'once' } })
  })

  test('without effect is tried again', async () => {
    const session = await newSession()
    const documents = new FaultyDocuments(session.documents)
    const journal = session.journal(await session.claim('a'), 'a', { documents })
    let left = 2
    documents.faults(() => (left-- > 0 ? 'refuse' : null))
    await journal.whenDurable(journal.append({ mutation: key('late') }))
    expect((await session.replay()).values).toEqual({ late: 'late' })
  })

  test('because of a write that Firestore refuses does not stop the session', async () => {
    const session = await newSession()
    const journal = session.journal(await session.claim('a'), 'a')
    const refused: string[] = []
    journal.listen({ onEnd: () => {}, onWriteRefused: (paths) => refused.push(...paths) })
    const tooLarge = 'x'.repeat(1_100_000)
    journal.append({
      mutation: key('kept'),
      writes: () => [{ kind: 'merge', path: `t/poison-${session.sessionId}`, fields: { tooLarge } }],
    })
    journal.append({ writes: () => [{ kind: 'merge', path: `t/good-${session.sessionId}`, fields: { good: true } }] })
    await journal.whenDurable()
    expect((await session.replay()).values).toEqual({ kept: 'kept' })
    // The good write of the same group is made later. The poisoned one is reported.
    await journal.whenDurable()
    await expect.poll(() => refused, { timeout: 10_000 }).toEqual([`t/poison-${session.sessionId}`])
    const good = async () => (await session.documents.read(`t/good-${session.sessionId}`))?.fields
    await expect.poll(good).toEqual({ good: true })
  })

  test('never counts writes as written that could not be made', async () => {
    const session = await newSession()
    const journal = session.journal(await session.claim('a'), 'a')
    const heard: string[] = []
    const path = `t/made-${session.sessionId}`
    const failing = () => {
      throw new Error('These writes cannot be made.')
    }
    const hear = (name: string) => ({
      onWritten: () => heard.push(`${name} written`),
      onRefused: () => heard.push(`${name} refused`),
    })
    journal.append({ mutation: key('kept'), writes: failing, ...hear('failing') })
    journal.append({ writes: () => [{ kind: 'merge', path, fields: { good: true } }], ...hear('good') })
    await journal.whenDurable()
    expect(heard).toEqual(['failing refused', 'good written'])
    expect((await session.documents.read(path))?.fields).toEqual({ good: true })
    expect((await session.replay()).values).toEqual({ kept: 'kept' })
  })

  test('several times leaves its writes out, and makes them later, before any newer ones', async () => {
    const session = await newSession()
    const documents = new FaultyDocuments(session.documents)
    const journal = session.journal(await session.claim('a'), 'a', { documents })
    const path = `t/order-${session.sessionId}`
    const status = (word: string) => ({ writes: () => [{ kind: 'merge' as const, path, fields: { status: word } }] })
    let refused = 0
    // Three commits with writes are refused. Commits without writes succeed.
    documents.faults((changes) => (changes.length > 1 && ++refused <= 3 ? 'refuse' : null))
    const first = journal.append(status('older'))
    await expect.poll(() => refused).toBe(1)
    journal.append(status('newer'))
    await journal.whenDurable(first)
    await journal.whenDurable(journal.append({}))
    expect((await session.documents.read(path))?.fields).toEqual({ status: 'newer' })
  })

  test('several times leaves its writes out, and shows them before it says so', async () => {
    const session = await newSession()
    const documents = new FaultyDocuments(session.documents)
    const journal = session.journal(await session.claim('a'), 'a', { documents })
    const path = `t/shown-${session.sessionId}`
    let commits = 0
    // Three commits with writes are refused, the one without succeeds, and the writes that follow it take their time.
    documents.faults((changes) => (changes.length === 1 ? null : ++commits <= 3 ? 'refuse' : 'hang'))
    await journal.whenDurable(journal.append({ writes: () => [{ kind: 'merge', path, fields: { status: 'shown' } }] }))
    let isShown = false
    const shown = journal.whenShown().then(() => (isShown = true))
    await expect.poll(() => commits).toBe(4)
    await nextTurn()
    expect(isShown).toBe(false)
    documents.faults(null)
    documents.release()
    await shown
    expect((await session.documents.read(path))?.fields).toEqual({ status: 'shown' })
  })

  test('several times, and then with its answer lost, still makes its writes before any newer ones', async () => {
    const session = await newSession()
    const documents = new FaultyDocuments(session.documents)
    const journal = session.journal(await session.claim('a'), 'a', { documents })
    const path = `t/order-${session.sessionId}`
    const status = (word: string) => ({ writes: () => [{ kind: 'merge' as const, path, fields: { status: word } }] })
    const isNewer = (change: Change) => change.kind === 'merge' && change.fields['status'] === 'newer'
    let commits = 0
    let durableBefore = -1
    const newer = Promise.withResolvers<number>()
    documents.faults((changes) => {
      if (changes.some(isNewer)) durableBefore = journal.durable
      if (++commits === 1) newer.resolve(journal.append(status('newer')))
      if (commits <= 3) return 'refuse'
      return commits === 4 ? 'lose-answer' : null
    })
    const first = journal.append(status('older'))
    await journal.whenDurable(await newer.promise)
    const written = documents.commits.flat().flatMap((change) => (change.kind === 'merge' ? [change.fields['status']] : []))
    expect(written).toEqual(['older', 'newer'])
    expect((await session.documents.read(path))?.fields).toEqual({ status: 'newer' })
    // The commit that confirmed the first entry did not include the writes waiting behind it.
    expect(durableBefore).toBe(first)
  })

  test('for good also notifies the entries with durable records whose writes are still to be made', async () => {
    const session = await newSession()
    const documents = new FaultyDocuments(session.documents)
    const limits = { commitTimeoutMs: 10_000, giveUpAfterMs: 1000 }
    const journal = session.journal(await session.claim('a'), 'a', { documents, limits })
    documents.faults((changes) => (changes.length > 1 || journal.durable > 0 ? 'refuse' : null))
    const heard: string[] = []
    const entry = (name: string) => ({
      writes: () => [{ kind: 'merge' as const, path: `t/${name}-${session.sessionId}`, fields: { name } }],
      onWritten: () => heard.push(`${name} written`),
      onRefused: () => heard.push(`${name} refused`),
      onEnd: (error: Error) => heard.push(`${name} ${(error as HoldfastError).code}`),
    })
    journal.append(entry('one'))
    await journal.whenDurable(journal.append(entry('other')))
    expect(heard).toEqual([])
    await expect.poll(() => journal.ended).toMatchObject({ code: 'journal-unavailable' })
    expect(heard).toEqual(['one journal-unavailable', 'other journal-unavailable'])
  })

  test('for longer than the limit gives the session up', async () => {
    const session = await newSession()
    const documents = new FaultyDocuments(session.documents)
    const limits = { commitTimeoutMs: 100, giveUpAfterMs: 200 }
    const journal = session.journal(await session.claim('a'), 'a', { documents, limits })
    documents.away(true)
    const ended = new Promise((resolve) => journal.listen({ onWriteRefused: () => {}, onEnd: resolve }))
    await expect(journal.whenDurable(journal.append({}))).rejects.toMatchObject({ code: 'journal-unavailable' })
    await ended
    expect(journal.append({})).toBe(Number.POSITIVE_INFINITY)
  })

  test('and hangs is settled by reading the record', async () => {
    const session = await newSession()
    const documents = new FaultyDocuments(session.documents)
    const limits = { commitTimeoutMs: 100, giveUpAfterMs: 10_000 }
    const journal = session.journal(await session.claim('a'), 'a', { documents, limits })
    let first = true
    documents.faults(() => (first ? ((first = false), 'hang') : null))
    const position = journal.append({ mutation: key('hung') })
    await journal.whenDurable(position)
    // The hanging commit takes effect too late: its number is taken.
    documents.release()
    await journal.whenDurable(journal.append({ mutation: key('next') }))
    expect((await session.replay()).values).toEqual({ hung: 'hung', next: 'next' })
  })
})

describe('replay', () => {
  test.each([
    ['a gap', 'journal-gap', (path: string) => ({ kind: 'delete', path: `${path}/${sequenceId(2)}` }) as const],
    [
      'a record that was changed',
      'journal-damaged',
      (path: string) => ({ kind: 'merge', path: `${path}/${sequenceId(2)}`, fields: { nonce: 'x' } }) as const,
    ],
    [
      'an unknown version',
      'unknown-version',
      (path: string) => ({ kind: 'merge', path: `${path}/${sequenceId(2)}`, fields: { v: 2 } }) as const,
    ],
    [
      'bytes that were changed',
      'journal-damaged',
      (path: string) => ({ kind: 'merge', path: `${path}/${sequenceId(3)}`, fields: { bytes: Buffer.from('x') } }) as const,
    ],
  ] as const)('stops at %s (%s)', async (_, code, damage) => {
    const session = await newSession()
    const journal = session.journal(await session.claim('a'), 'a')
    for (const id of ['one', 'two']) await journal.whenDurable(journal.append({ mutation: key(id) }))
    await session.documents.commit([damage(journalPath(session.sessionId))])
    await expect(session.replay()).rejects.toMatchObject({ code })
  })

  test('refuses records of another session', async () => {
    const [session, other] = [await newSession(), await newSession()]
    for (const each of [session, other]) {
      const journal = each.journal(await each.claim('a'), 'a')
      await journal.whenDurable(journal.append({ mutation: key('secret') }))
    }
    const stolen = await other.documents.read(`${journalPath(other.sessionId)}/${sequenceId(2)}`)
    await session.documents.commit([
      { kind: 'merge', path: `${journalPath(session.sessionId)}/${sequenceId(2)}`, fields: { bytes: stolen?.fields['bytes'] } },
    ])
    await expect(session.replay()).rejects.toMatchObject({ code: 'journal-damaged' })
  })
})

describe('trimming', () => {
  test('leaves every claim and the record before it, so that an old owner still meets the fence', async () => {
    const session = await newSession()
    const old = session.journal(await session.claim('old'), 'old')
    for (let index = 0; index < 5; index++) await old.whenDurable(old.append({ mutation: key(`k${index}`) }))
    const fresh = session.journal(await session.claim('new'), 'new')
    for (let index = 0; index < 5; index++) await fresh.whenDurable(fresh.append({ mutation: key(`n${index}`) }))
    const removed = await trimJournal(session.journals, session.sessionId, 0, fresh.head.sequence)
    const left = await session.documents.query({ collection: journalPath(session.sessionId) })
    // 1 and 7 are claims, and 6 is the record before a claim. The last record stays, because a claim may follow it.
    expect(left.map(({ id }) => Number(id))).toEqual([1, 6, 7, 12])
    expect(removed).toBe(8)
    await expect(old.whenDurable(old.append({}))).rejects.toMatchObject({ code: 'fenced' })
  })

  test('in steps removes the same records as in one', async () => {
    const session = await newSession()
    const journal = session.journal(await session.claim('a'), 'a')
    for (let index = 0; index < 8; index++) await journal.whenDurable(journal.append({ mutation: key(`k${index}`) }))
    await trimJournal(session.journals, session.sessionId, 0, 4)
    await trimJournal(session.journals, session.sessionId, 4, 6)
    const left = await session.documents.query({ collection: journalPath(session.sessionId) })
    expect(left.map(({ id }) => Number(id))).toEqual([1, 7, 8, 9])
  })
})
