import { randomBytes } from 'node:crypto'
import { afterEach, describe, expect, test } from 'vitest'
import { journalPath } from '@holdfast/core/journal/journal-record'
import { LAST_MOVE_PATH } from '@holdfast/core/operations/last-move-document'
import { WrappingKey } from '@holdfast/core/security/envelope'
import { sessionPath } from '@holdfast/core/session/session-document'
import type { RunnerOptions, RunnerUnderTest } from '../../support/engine/runner-under-test.ts'
import { runnersOfThisFile } from '../../support/engine/runners-of-a-file.ts'
import { SessionUnderTest } from '../../support/engine/session-under-test.ts'

// Tests the moves of sessions to a runner that joins, in complete runners without WhatsApp.

const { clients, startRunner: start } = runnersOfThisFile()
const wrappingKey = new WrappingKey(randomBytes(32))

let opening: NodeJS.Timeout
const opened = new Set<unknown>()

afterEach(() => clearInterval(opening))

async function startRunner(options: Partial<RunnerOptions> = {}): Promise<RunnerUnderTest> {
  return start({ wrappingKey, rebalances: true, capacity: 20, ...options })
}

/** Lets every dial of the runners succeed. */
function connectAll(...runners: readonly RunnerUnderTest[]): void {
  clearInterval(opening)
  opening = setInterval(() => {
    for (const dial of runners.flatMap(({ dials }) => dials)) {
      if (opened.has(dial) || dial.isOver) continue
      opened.add(dial)
      dial.events.onOpen()
    }
  }, 20)
}

const newSession = (fields: Record<string, unknown> = {}) => new SessionUnderTest(clients.documents, wrappingKey).create(fields)

const epochsOf = async (sessionId: string) =>
  (await clients.documents.query({ collection: journalPath(sessionId) }))
    .filter(({ fields }) => fields['kind'] === 'claim')
    .map(({ fields }) => fields['epoch'])

const connectedOn = ({ sessions }: RunnerUnderTest) =>
  [...sessions.values()].filter(({ status }) => status.state === 'CONNECTED').length

async function fleetOf(sessions: number, options: Partial<RunnerOptions> = {}) {
  const created = await Promise.all(Array.from({ length: sessions }, () => newSession()))
  const first = await startRunner(options)
  connectAll(first)
  await expect.poll(() => connectedOn(first), { timeout: 20_000 }).toBe(sessions)
  return { first, ids: created.map(({ sessionId }) => sessionId) }
}

describe('a runner that joins', { timeout: 60_000 }, () => {
  test('gets sessions from a full one, one each second, and each of them has one owner all the time', async () => {
    const { first, ids } = await fleetOf(10, { capacity: 10 })
    const moves: number[] = []
    const stop = clients.documents.listen(
      { collection: 'fleet' },
      (events) => moves.push(...events.filter(({ kind }) => kind !== 'removed').map(({ document }) => document.updatedAtMicros)),
      () => {},
    )
    const second = await startRunner()
    connectAll(first, second)
    await expect.poll(() => connectedOn(second), { timeout: 40_000 }).toBeGreaterThanOrEqual(4)
    await expect.poll(() => connectedOn(first) + connectedOn(second), { timeout: 10_000 }).toBe(10)
    stop()
    expect(connectedOn(first)).toBeGreaterThanOrEqual(5)
    const gaps = moves.slice(1).map((at, index) => at - (moves[index] ?? 0))
    expect(moves.length).toBeGreaterThanOrEqual(4)
    for (const gap of gaps) expect(gap).toBeGreaterThanOrEqual(1_000_000)
    // A session that moved was claimed twice: by its first owner and by the next one, never in between.
    const epochs = await Promise.all(ids.map(epochsOf))
    expect(epochs.filter(({ length }) => length === 2)).toHaveLength(connectedOn(second))
    expect(epochs.flat().every((epoch) => Number(epoch) <= 2)).toBe(true)
    for (const [sessionId] of second.sessions)
      expect((await clients.documents.read(sessionPath(sessionId)))?.fields).toMatchObject({ movesTo: null })
  })

  test('gets none while an outage is seen, and then does', async () => {
    const { first } = await fleetOf(8)
    first.seesOutage = true
    const second = await startRunner()
    connectAll(first, second)
    const looksBefore = first.looks
    await expect.poll(() => first.looks, { timeout: 10_000 }).toBeGreaterThan(looksBefore + 2)
    expect([first.sessions.size, second.sessions.size]).toEqual([8, 0])
    expect(await clients.documents.read(LAST_MOVE_PATH)).toBeNull()
    first.seesOutage = false
    await expect.poll(() => second.sessions.size, { timeout: 10_000 }).toBeGreaterThan(0)
  })
})

describe('a session that moves', { timeout: 60_000 }, () => {
  test('to a runner that is gone is taken by any other one', async () => {
    const { first, ids } = await fleetOf(1)
    const second = await startRunner({ rebalances: false })
    connectAll(first, second)
    first.sessions.get(ids[0] ?? '')?.move('gone')
    await expect.poll(async () => (await epochsOf(ids[0] ?? '')).length, { timeout: 10_000 }).toBe(2)
  })

  test('away from its runner goes to another one, not back', async () => {
    const { first, ids } = await fleetOf(3)
    const second = await startRunner({ rebalances: false })
    connectAll(first, second)
    await expect.poll(() => second.looks).toBeGreaterThan(0)
    for (const id of ids) first.sessions.get(id)?.move(null)
    await expect.poll(() => connectedOn(second), { timeout: 10_000 }).toBe(3)
    expect((await Promise.all(ids.map(epochsOf))).flat()).toEqual([1, 2, 1, 2, 1, 2])
  })
})
