import type { DocumentSnapshot } from '@holdfast/core/platform/ports'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { Entry } from '../../../runner/src/session/journal/group.ts'
import { JOURNAL_BACKENDS } from '../contract/journal-backends.ts'
import { type FirestoreUnderTest, startFirestore } from '../../support/firestore-under-test.ts'
import { FaultyDocuments } from '../../support/engine/faulty-documents.ts'
import { key, SessionUnderTest } from '../../support/engine/session-under-test.ts'

/** Guards of journal entries: writes that are made only if a document has not changed. */

let firestore: FirestoreUnderTest

beforeAll(async () => {
  firestore = await startFirestore()
})

afterAll(() => firestore[Symbol.asyncDispose]())

const newSession = () => new SessionUnderTest(firestore.clients.documents).create()

async function documentOf({ sessionId, documents }: SessionUnderTest, name: string): Promise<DocumentSnapshot> {
  const path = `guarded/${sessionId}-${name}`
  await documents.commit([{ kind: 'create', path, fields: { by: 'nobody' } }])
  return (await documents.read(path)) as DocumentSnapshot
}

/** An entry that changes a document in a known version only, and the list of what became of it. */
function guardedEntry(guard: DocumentSnapshot, mutation: Entry['mutation'] = {}): { entry: Entry; outcome: string[] } {
  const outcome: string[] = []
  const entry: Entry = {
    mutation,
    writes: () => [{ kind: 'merge', path: guard.path, fields: { by: 'owner' } }],
    unlessChanged: [guard],
    onWritten: () => outcome.push('written'),
    onOutdated: () => outcome.push('outdated'),
  }
  return { entry, outcome }
}

describe.each(Object.entries(JOURNAL_BACKENDS))('a guard in %s', (_, open) => {
  test('lets the writes of its entry be made while the document is unchanged', async () => {
    const session = await newSession()
    await using backend = await open(session.documents)
    const { journals } = backend
    const journal = session.journal(await session.claimThrough({ documents: session.documents, journals }, 'a'), 'a', {
      journals,
    })
    const guard = await documentOf(session, 'unchanged')
    const { entry, outcome } = guardedEntry(guard)
    await journal.whenDurable(journal.append(entry))
    expect(outcome).toEqual(['written'])
    expect((await session.documents.read(guard.path))?.fields).toEqual({ by: 'owner' })
  })

  test('drops the writes of its entry alone when the document has changed, and keeps all of the state', async () => {
    const session = await newSession()
    await using backend = await open(session.documents)
    const { journals } = backend
    const journal = session.journal(await session.claimThrough({ documents: session.documents, journals }, 'a'), 'a', {
      journals,
    })
    const [changed, gone, unchanged] = await Promise.all(['changed', 'gone', 'same'].map((name) => documentOf(session, name)))
    if (!changed || !gone || !unchanged) return expect.unreachable()
    await session.documents.commit([
      { kind: 'merge', path: changed.path, fields: { by: 'another' } },
      { kind: 'delete', path: gone.path },
    ])
    const entries = [guardedEntry(changed, key('one')), guardedEntry(unchanged, key('two')), guardedEntry(gone, key('three'))]
    for (const { entry } of entries) journal.append(entry)
    await journal.whenDurable()
    expect(entries.map(({ outcome }) => outcome)).toEqual([['outdated'], ['written'], ['outdated']])
    expect((await session.documents.read(changed.path))?.fields).toEqual({ by: 'another' })
    expect((await session.documents.read(unchanged.path))?.fields).toEqual({ by: 'owner' })
    expect(await session.documents.read(gone.path)).toBeNull()
    expect(journal.head.sequence).toBe(2)
    expect(journal.ended).toBeNull()
  })
})

describe('a guarded commit', () => {
  test('whose answer was lost counts as written, although the document has changed by it', async () => {
    const session = await newSession()
    const documents = new FaultyDocuments(session.documents)
    const journal = session.journal(await session.claim('a'), 'a', { documents })
    const guard = await documentOf(session, 'lost answer')
    const { entry, outcome } = guardedEntry(guard, key('kept'))
    let commits = 0
    documents.faults(() => (++commits === 1 ? 'lose-answer' : null))
    await journal.whenDurable(journal.append(entry))
    expect(outcome).toEqual(['written'])
    expect((await session.documents.read(guard.path))?.fields).toEqual({ by: 'owner' })
    expect((await session.replay()).values).toEqual({ kept: 'kept' })
  })

  test('that left its writes out makes them later under the same guard', async () => {
    const session = await newSession()
    const documents = new FaultyDocuments(session.documents)
    const journal = session.journal(await session.claim('a'), 'a', { documents })
    const guard = await documentOf(session, 'left out')
    const { entry, outcome } = guardedEntry(guard)
    // Commits with the guarded write fail until somebody else has changed the document.
    let changed = false
    documents.faults((changes) => (!changed && changes.some(({ kind }) => kind === 'update') ? 'refuse' : null))
    const position = journal.append(entry)
    await journal.whenDurable(position)
    await session.documents.commit([{ kind: 'merge', path: guard.path, fields: { by: 'another' } }])
    changed = true
    await expect.poll(() => outcome, { timeout: 10_000 }).toEqual(['outdated'])
    expect((await session.documents.read(guard.path))?.fields).toEqual({ by: 'another' })
  })
})
