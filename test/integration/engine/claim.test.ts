import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { journalPath } from '@holdfast/core/journal/journal-record'
import { sessionPath } from '@holdfast/core/session/session-document'
import { sequenceId } from '@holdfast/core/session/ids'
import type { DocumentStore } from '@holdfast/core/platform/ports'
import type { Claim } from '../../../runner/src/session/claim.ts'
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

describe('a new owner', () => {
  test('fences the old one: its next append is refused and nothing of it is in the log', async () => {
    const session = await newSession()
    const old = session.journal(await session.claim('old'), 'old')
    await old.whenDurable(old.append({ mutation: key('mine') }))
    const claim = await session.claim('new')
    await expect(old.whenDurable(old.append({ mutation: key('too late') }))).rejects.toMatchObject({ code: 'fenced' })
    const fresh = session.journal(claim, 'new')
    await fresh.whenDurable(fresh.append({ mutation: key('theirs') }))
    expect(await session.replay()).toEqual({
      kinds: ['claim', 'data', 'claim', 'data'],
      values: { mine: 'mine', theirs: 'theirs' },
    })
  })

  test('makes all writes of the old one impossible, job states included', async () => {
    const session = await newSession()
    const old = session.journal(await session.claim('old'), 'old')
    await session.claim('new')
    const position = old.append({
      writes: () => [{ kind: 'merge', path: `t/job-${session.sessionId}`, fields: { status: 'sent' } }],
    })
    await expect(old.whenDurable(position)).rejects.toMatchObject({ code: 'fenced' })
    expect(await session.documents.read(`t/job-${session.sessionId}`)).toBeNull()
  })

  test('keeps a record of the old one whose answer was lost, and then fences it', async () => {
    const session = await newSession()
    const documents = new FaultyDocuments(session.documents)
    const old = session.journal(await session.claim('old'), 'old', { documents })
    let commits = 0
    const confirming = new Promise<void>((resolve) => {
      // The second commit is the one that would confirm the first.
      documents.faults(() => {
        if (++commits === 1) return 'lose-answer'
        resolve()
        return 'hang'
      })
    })
    const outcome = expect(old.whenDurable(old.append({ mutation: key('unanswered') }))).rejects.toMatchObject({ code: 'fenced' })
    await Promise.race([confirming, outcome])
    await session.claim('new')
    documents.faults(null)
    documents.release()
    await outcome
    expect(await session.replay()).toEqual({ kinds: ['claim', 'data', 'claim'], values: { unanswered: 'unanswered' } })
  })

  test('that claims together with two others gets its own number and epoch, and one log results', async () => {
    const session = await newSession()
    const claims = await Promise.allSettled(['a', 'b', 'c'].map((runner) => session.claim(runner)))
    const won = claims.flatMap((claim) => (claim.status === 'fulfilled' ? [claim.value.head] : []))
    expect(won.length).toBeGreaterThan(0)
    expect(new Set(won.map(({ epoch }) => epoch)).size).toBe(won.length)
    expect((await session.replay()).kinds).toEqual(won.map(() => 'claim'))
  })

  test('that judged the session free before another claimed it loses, and takes nothing from the other', async () => {
    const session = await newSession()
    const { documents, sessionId } = session
    const rivals: Claim[] = []
    const reading: DocumentStore = {
      commit: (changes) => documents.commit(changes),
      query: (query) => documents.query(query),
      listen: (query, onEvents, onError) => documents.listen(query, onEvents, onError),
      read: async (path) => {
        const found = await documents.read(path)
        if (path === sessionPath(sessionId) && rivals.length === 0) rivals.push(await session.claim('rival'))
        return found
      },
    }
    await expect(session.claimThrough(reading, 'late')).rejects.toThrow('The claim was lost.')
    const rival = session.journal(rivals[0] as Claim, 'rival')
    await rival.whenDurable(rival.append({ mutation: key('theirs') }))
    expect(await session.replay()).toEqual({ kinds: ['claim', 'data'], values: { theirs: 'theirs' } })
  })

  test('recognizes its own claim when the answer was lost', async () => {
    const session = await newSession()
    const documents = new FaultyDocuments(session.documents)
    documents.faults(() => 'lose-answer')
    expect((await session.claimThrough(documents, 'a')).head).toMatchObject({ sequence: 1, epoch: 1 })
  })

  test("gets the store's error when its claim was refused and no other owner has won", async () => {
    const session = await newSession()
    const documents = new FaultyDocuments(session.documents)
    documents.faults(() => 'refuse')
    await expect(session.claimThrough(documents, 'a')).rejects.toThrow('UNAVAILABLE')
    documents.faults(null)
    expect((await session.claimThrough(documents, 'a')).head).toMatchObject({ sequence: 1, epoch: 1 })
  })

  test('never takes a read error for an empty journal', async () => {
    const session = await newSession()
    await session.claim('a')
    const documents = new FaultyDocuments(session.documents)
    documents.away(true)
    await expect(session.claimThrough(documents, 'b')).rejects.toThrow('UNAVAILABLE')
    expect((await session.replay()).kinds).toEqual(['claim'])
  })

  test('never takes a journal that cannot be listed for one that has lost its end', async () => {
    const session = await newSession()
    await session.claim('a')
    const documents = new FaultyDocuments(session.documents)
    documents.failQueries(true)
    await expect(session.claimThrough(documents, 'b')).rejects.toThrow('UNAVAILABLE')
    expect((await session.replay()).kinds).toEqual(['claim'])
  })

  test('refuses a journal that ends before the last record known to be written', async () => {
    const session = await newSession()
    const journal = session.journal(await session.claim('a'), 'a')
    await journal.whenDurable(journal.append({ mutation: key('lost') }))
    await session.documents.commit([
      { kind: 'merge', path: sessionPath(session.sessionId), fields: { journalHead: 2 } },
      { kind: 'delete', path: `${journalPath(session.sessionId)}/${sequenceId(2)}` },
    ])
    await expect(session.claim('b')).rejects.toMatchObject({ code: 'journal-short' })
  })
})

test('a claim does not follow a last record that seals nothing and does not fit to the one before it, so that bringing it back mends it', async () => {
  const session = await newSession()
  for (const runnerId of ['first', 'second']) await session.claim(runnerId)
  const path = `${journalPath(session.sessionId)}/${sequenceId(2)}`
  const { prevHash } = (await session.documents.read(path))?.fields ?? {}
  const set = (value: unknown) => session.documents.commit([{ kind: 'merge', path, fields: { prevHash: value } }])
  await set('another')
  await expect(session.claimThrough(session.documents, 'third')).rejects.toMatchObject({ code: 'journal-damaged' })
  await set(prevHash)
  await session.claim('third')
  expect((await session.replay()).kinds).toEqual(['claim', 'claim', 'claim'])
})
