import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { DocumentJournals } from '@holdfast/core/journal/document-journals'
import type { FoundRecord, JournalStore } from '@holdfast/core/journal/journal-store'
import { type FirestoreUnderTest, startFirestore } from '../../support/firestore-under-test.ts'
import { journalsIn, openDirectory } from './journal-backends.ts'
import { group, newSessionId } from './records.ts'

let firestore: FirestoreUnderTest

beforeAll(async () => {
  firestore = await startFirestore()
})

afterAll(async () => {
  await firestore[Symbol.asyncDispose]()
})

const program = fileURLToPath(new URL('./appending-process.ts', import.meta.url))
const exitWithParent = new URL('../../../sandbox/exit-with-parent.ts', import.meta.url).href

/** The size of the records that the process appends. */
const RECORD_BYTES = 2000

/**
 * Starts a process that appends, and kills it after the given number of acknowledged appends. Returns the number of the last
 * acknowledged record.
 */
async function appendAndKill(sessionId: string, acks: number, path: string[], meanwhile?: () => Promise<void>): Promise<number> {
  const args = ['--import', exitWithParent, program, firestore.projectId, sessionId, ...path]
  const child = spawn(process.execPath, args, { stdio: ['ignore', 'pipe', 'inherit', 'ipc'] })
  const exited = once(child, 'exit')
  let acked = 0
  let heard = 0
  createInterface(child.stdout!).on('line', (line) => {
    acked = (JSON.parse(line) as { acked: number }).acked
    if (++heard === acks) child.kill('SIGKILL')
  })
  const looking = (async () => {
    if (meanwhile) while (child.exitCode === null && child.signalCode === null) await meanwhile()
  })()
  await exited
  await looking
  return acked
}

/** Asserts that numbers have no gaps, groups are complete, and no record is torn. */
function assertWhole(records: readonly FoundRecord[]): void {
  let left = 0
  for (const [index, { seq, fields }] of records.entries()) {
    expect(seq).toBe(index + 1)
    expect(fields).toMatchObject({ seq, v: 1 })
    expect((fields['bytes'] as Uint8Array).length).toBe(RECORD_BYTES)
    if (left === 0) left = fields['parts'] as number
    left--
  }
  expect(left).toBe(0)
}

/**
 * Asserts that every acknowledged record exists, that its merge is in Firestore, and that the next process can append behind it.
 */
async function assertNothingLost(journals: JournalStore, sessionId: string, acked: number): Promise<void> {
  const left = await journals.list(sessionId, { after: 0, limit: 10_000 })
  assertWhole(left)
  expect(left.length).toBeGreaterThanOrEqual(acked)
  const firsts = left.filter(({ fields }) => fields['part'] === 1).map(({ seq }) => seq)
  const merged = (await firestore.clients.documents.read(`t/${sessionId}`))?.fields
  expect(merged).toEqual({ last: firsts.at(-1), told: firsts })
  await journals.append(sessionId, group({ first: left.length + 1 }), [])
  expect((await journals.list(sessionId, { after: left.length, limit: 10 })).map(({ seq }) => seq)).toEqual([left.length + 1])
}

describe('a process that is killed while it appends', () => {
  test('leaves every acknowledged record whole in Firestore', async () => {
    const sessionId = newSessionId()
    const acked = await appendAndKill(sessionId, 9, [])
    await assertNothingLost(new DocumentJournals(firestore.clients.documents), sessionId, acked)
  })

  test.each([1, 40])(
    'leaves every acknowledged record whole in a directory, where a reader sees no torn one (kill after %i appends)',
    async (acks) => {
      await using directory = await openDirectory()
      const { documents } = firestore.clients
      const sessionId = newSessionId()
      const looking = journalsIn(directory.path, documents)
      let looks = 0
      const acked = await appendAndKill(sessionId, acks, [directory.path], async () => {
        assertWhole(await looking.list(sessionId, { after: 0, limit: 10_000 }))
        looks++
      })
      expect(looks).toBeGreaterThan(0)
      const next = journalsIn(directory.path, documents)
      await next.recover()
      await assertNothingLost(next, sessionId, acked)
      await next.close()
    },
  )
})
