import { scheduleRunPath } from '@holdfast/core/operations/schedule-run-document'
import { createLogger, type Logger } from '@holdfast/core/platform/logging'
import type { DocumentStore } from '@holdfast/core/platform/ports'
import { systemClock } from '@holdfast/core/platform/system-clock'
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from 'vitest'
import { ScheduleRuns } from '../../../functions/src/embedded/schedule-runs.ts'
import { eventually } from '../../support/engine-world.ts'
import { FaultyDocuments } from '../../support/engine/faulty-documents.ts'
import { type FirestoreUnderTest, startFirestore } from '../../support/firestore-under-test.ts'

/** Schedules that API servers run by themselves, on the emulator. */

const MINUTE_MS = 60_000
const DAY_MS = 24 * 60 * MINUTE_MS

let firestore: FirestoreUnderTest
let documents: DocumentStore
let aheadMs = 0
let name: string
let number = 0
const servers: ScheduleRuns[] = []
const lines: string[] = []

const clock = { ...systemClock, now: () => systemClock.now() + aheadMs }
const collect = (...line: unknown[]) => void lines.push(JSON.stringify(line))
const logger = { ...createLogger('test', 'silent'), info: collect, warn: collect, error: collect } as Logger

beforeAll(async () => {
  firestore = await startFirestore()
  documents = firestore.clients.documents
})

beforeEach(() => {
  name = `schedule-${++number}`
})

afterEach(async () => {
  await Promise.all(servers.splice(0).map((server) => server.stop()))
  lines.length = 0
})

afterAll(() => firestore?.[Symbol.asyncDispose]())

function startServer(run: () => unknown, { schedule = '0 0 * * *', on = documents } = {}): ScheduleRuns {
  const server = new ScheduleRuns({
    documents: on,
    clock,
    logger,
    serverId: `server-${servers.length}`,
    schedules: [{ name, times: { schedule, timeZone: 'Etc/UTC' }, run: async () => await run() }],
  })
  servers.push(server)
  server.start()
  return server
}

const read = async () => (await documents.read(scheduleRunPath(name)))?.fields
const known = () => eventually(async () => expect(await read()).toBeDefined())
const settled = (sinceMs: number, outcome = 'done') =>
  eventually(async () => {
    const document = await read()
    expect(document).toMatchObject({ runBy: null, tries: 0, lastOutcome: outcome })
    expect(Number(document?.['since'])).toBeGreaterThanOrEqual(sinceMs)
  }, 12_000)

test('a schedule runs at its time, once for all the times that were missed', async () => {
  let runs = 0
  startServer(() => runs++)
  await known()
  expect(runs).toBe(0)
  aheadMs += 5 * DAY_MS
  const movedMs = clock.now()
  await settled(movedMs)
  expect(runs).toBe(1)
  aheadMs += DAY_MS
  await settled(movedMs + DAY_MS)
  expect(runs).toBe(2)
})

test('a time that came while no server was there is caught up', async () => {
  const first = startServer(() => {})
  await known()
  await first.stop()
  aheadMs += 2 * DAY_MS
  let runs = 0
  startServer(() => runs++)
  await settled(clock.now() - MINUTE_MS)
  expect(runs).toBe(1)
})

test('of three servers one runs it, and no run overlaps another', async () => {
  let [running, most, runs] = [0, 0, 0]
  const run = async () => {
    runs++
    most = Math.max(most, ++running)
    await systemClock.sleep(300, 'deadline')
    running--
  }
  for (let server = 0; server < 3; server++) startServer(run, { schedule: 'every 1 minutes' })
  await known()
  for (let round = 1; round <= 3; round++) {
    aheadMs += 2 * MINUTE_MS
    await settled(clock.now() - 1000)
  }
  expect({ most, runs }).toEqual({ most: 1, runs: 3 })
})

test('a run whose server died is left to it for a minute of Firestore’s time, whatever the clocks say', async () => {
  const fields = { v: 1, since: new Date(clock.now() - 2 * DAY_MS), runBy: 'another', tries: 1 }
  await documents.commit([{ kind: 'create', path: scheduleRunPath(name), fields }])
  let runs = 0
  const now = startServer(() => runs++)
  aheadMs += DAY_MS
  await systemClock.sleep(1500, 'deadline')
  expect(runs).toBe(0)
  await now.stop()
  startServer(() => runs++, { on: laterBy(61_000) })
  await settled(clock.now() - MINUTE_MS)
  expect(runs).toBe(1)
})

/** Firestore, as it will be after some time without a change. */
const laterBy = (ms: number): DocumentStore => ({
  commit: (changes) => documents.commit(changes),
  async read(path) {
    const snapshot = await documents.read(path)
    return snapshot && { ...snapshot, silentForMs: snapshot.silentForMs + ms }
  },
  query: (query) => documents.query(query),
  listen: (query, onEvents, onError) => documents.listen(query, onEvents, onError),
})

test('a run over which three servers died is left out until its next time', async () => {
  const fields = { v: 1, since: new Date(clock.now() - 2 * DAY_MS), runBy: 'another', tries: 3 }
  await documents.commit([{ kind: 'create', path: scheduleRunPath(name), fields }])
  let runs = 0
  startServer(() => runs++, { on: laterBy(61_000) })
  await settled(clock.now() - MINUTE_MS, 'given-up')
  expect(runs).toBe(0)
  aheadMs += DAY_MS
  await settled(clock.now() - MINUTE_MS)
  expect(runs).toBe(1)
})

test('a run that fails is logged, and comes again at its next time', async () => {
  let runs = 0
  startServer(() => {
    if (++runs === 1) throw new Error('It fails.')
  })
  await known()
  aheadMs += DAY_MS
  await settled(clock.now() - MINUTE_MS, 'failed')
  expect(lines.join('')).toContain('A run of a schedule failed.')
  aheadMs += DAY_MS
  await settled(clock.now() - MINUTE_MS)
  expect(runs).toBe(2)
})

test('a claim whose answer was lost is this server’s all the same', async () => {
  const faulty = new FaultyDocuments(documents)
  let runs = 0
  startServer(() => runs++, { on: faulty })
  await known()
  let lost = 0
  faulty.faults(() => (lost++ === 0 ? 'lose-answer' : null))
  aheadMs += DAY_MS
  await settled(clock.now() - MINUTE_MS)
  expect({ runs, lost: lost > 1 }).toEqual({ runs: 1, lost: true })
})

test('while Firestore is away nothing runs, and it runs when Firestore is back', async () => {
  const faulty = new FaultyDocuments(documents)
  let runs = 0
  startServer(() => runs++, { on: faulty })
  await known()
  faulty.away(true)
  aheadMs += DAY_MS
  await eventually(() => expect(lines.join('')).toContain('trying again'))
  expect(runs).toBe(0)
  faulty.away(false)
  await settled(clock.now() - MINUTE_MS)
  expect(runs).toBe(1)
})

test('a stopped server has ended its run and begins no other', async () => {
  const { promise: gate, resolve: open } = Promise.withResolvers<void>()
  let [begun, ended] = [0, 0]
  const server = startServer(async () => {
    begun++
    await gate
    ended++
  })
  await known()
  aheadMs += DAY_MS
  await eventually(() => expect(begun).toBe(1))
  const stopped = server.stop()
  open()
  await stopped
  expect({ begun, ended, runBy: (await read())?.['runBy'] }).toEqual({ begun: 1, ended: 1, runBy: null })
})
