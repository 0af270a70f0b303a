import { randomBytes } from 'node:crypto'
import { Deadline } from '@holdfast/core/platform/deadlines'
import { createLogger } from '@holdfast/core/platform/logging'
import type { Change, DocumentSnapshot, Query } from '@holdfast/core/platform/ports'
import { systemClock } from '@holdfast/core/platform/system-clock'
import { WrappingKey } from '@holdfast/core/security/envelope'
import { sessionKeyPath } from '@holdfast/core/security/session-key-document'
import { type Purge, sessionPath } from '@holdfast/core/session/session-document'
import { expect, test } from 'vitest'
import { performPurges } from '../../../functions/src/use-cases/purge/perform-purges.ts'
import { filledSession, storedOf } from '../../support/purged-session.ts'
import { MemoryObjects } from '../contract/memory-objects.ts'
import { MemoryDocuments } from './memory-documents.ts'

const HOUR_MS = 60 * 60_000
const ID = 'default.main'
const NEIGHBOURS = ['default.main2', 'default.mai', 'defaul.main', 'default2.main']

/** Where a run is cut short: before the operation of this number takes effect, or after it, without an answer. */
interface Cut {
  readonly at: number
  readonly isAfter: boolean
}

/** Counts what a run does to the stores, and breaks off at one operation: nothing after it takes effect, as when the process dies. */
class Cutter {
  operations = 0
  cut: Cut | null = null

  async run<Result>(work: () => Promise<Result>): Promise<Result> {
    const { cut } = this
    const number = ++this.operations
    if (cut && number > cut.at) throw new Error('The process is gone (made by the test).')
    if (cut?.at !== number) return work()
    if (cut.isAfter) await work()
    throw new Error('The process dies (made by the test).')
  }
}

class CutDocuments extends MemoryDocuments {
  readonly cutter = new Cutter()

  override commit(changes: readonly Change[]): Promise<void> {
    return this.cutter.run(() => super.commit(changes))
  }

  override read(path: string): Promise<DocumentSnapshot | null> {
    return this.cutter.run(() => super.read(path))
  }

  override query(query: Query): Promise<DocumentSnapshot[]> {
    return this.cutter.run(() => super.query(query))
  }
}

class CutObjects extends MemoryObjects {
  readonly #cutter: Cutter

  constructor(cutter: Cutter) {
    super()
    this.#cutter = cutter
  }

  override remove(name: string): Promise<void> {
    return this.#cutter.run(() => super.remove(name))
  }
}

const WRAPPING_KEY = new WrappingKey(randomBytes(32))

const purge: Purge = {
  phase: 'waiting',
  requestedAt: new Date(0),
  requestedBy: 'operator',
  dueAt: new Date(1),
  actions: null,
  destroyedAt: null,
  device: null,
  doneAt: null,
}

/** A session that is to be purged, with neighbours. */
async function world(beside: readonly string[] = []) {
  const documents = new CutDocuments()
  const objects = new CutObjects(documents.cutter)
  for (const sessionId of [ID, ...beside]) {
    const { owner } = await filledSession({ documents, objects }, { sessionId, wrappingKey: WRAPPING_KEY })
    owner.journal.close()
  }
  const fields = { isRemoved: true, wanted: 'offline', runnerId: null, purge }
  await documents.commit([{ kind: 'merge', path: sessionPath(ID), fields }])
  documents.cutter.operations = 0
  let hours = 0
  const night = (): Promise<number> => {
    const clock = { ...systemClock, now: () => systemClock.now() + hours * HOUR_MS }
    hours += 24
    const needed = { documents, media: objects, clock, logger: createLogger('test', 'silent') }
    return performPurges(needed, new Deadline(clock, 60_000))
  }
  const left = async () => {
    const found = await storedOf({ documents, objects }, ID)
    const key = await documents.read(sessionKeyPath(ID))
    const session = await documents.read(sessionPath(ID))
    const { phase } = (session?.fields['purge'] ?? {}) as Partial<Purge>
    const { keys, current, destroyed } = key?.fields ?? {}
    return { found, phase, keys, current, tombstone: (destroyed as { tombstone?: object } | undefined)?.tombstone ?? null }
  }
  const neighbours = async () => Promise.all(beside.map((id) => storedOf({ documents, objects }, id)))
  return { documents, night, left, neighbours }
}

const GONE = {
  // The claims and the record right before each: the only numbers that an owner of before can try.
  found: ['1 claim of owner', '3 checkpoint of owner', '4 claim of second', '6 data of second', '7 claim of purge'],
  phase: 'done',
  keys: {},
  current: 1,
}

test('a purge that dies at any operation is finished by the next run, and ends the same', { timeout: 120_000 }, async () => {
  const whole = await world(NEIGHBOURS)
  const before = await whole.neighbours()
  const { found: all } = await whole.left()
  whole.documents.cutter.operations = 0
  expect(before.map((names) => names.length)).toEqual(NEIGHBOURS.map(() => before[0]?.length))
  await whole.night()
  const { operations } = whole.documents.cutter
  expect(await whole.left()).toMatchObject({ ...GONE, tombstone: { seq: 7, epoch: 3 } })
  expect(await whole.neighbours()).toEqual(before)
  expect(operations).toBeGreaterThan(20)
  for (let at = 1; at <= operations; at++) {
    for (const isAfter of [false, true]) {
      const { documents, night, left } = await world()
      documents.cutter.cut = { at, isAfter }
      await night().catch(() => {})
      documents.cutter.cut = null
      const cut = await left()
      // The keys go first, at once with the record that fences, and nothing goes before them.
      if (cut.phase === 'waiting') expect([cut.found, cut.tombstone]).toEqual([all, null])
      else expect(cut).toMatchObject({ keys: {}, tombstone: { seq: 7, epoch: 3 } })
      await night()
      expect({ at, isAfter, ...(await left()) }).toMatchObject({ at, isAfter, ...GONE, tombstone: { seq: 7, epoch: 3 } })
    }
  }
})
