import { once } from 'node:events'
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { clockEnvironment, plainEnvironment } from '../environment.ts'
import { SupervisedProcess, type ProcessOptions, type ReadyLine } from '../processes.ts'
import { MovableClock } from './movable-clock.ts'

const DAY_MS = 24 * 60 * 60 * 1000

let folder: string
let clock: MovableClock
let program: SupervisedProcess

// A program that prints the time as it sees it, at its start and at each SIGUSR2.
const PROGRAM = `
const tell = () => console.log(JSON.stringify({
  ready: true,
  now: Date.now(), made: new Date().getTime(), called: Date.parse(Date()), kept: new Date(5).getTime(),
  isDate: new Date() instanceof Date, year: Date.UTC(2020, 0), measured: performance.timeOrigin + performance.now(),
}))
process.on('SIGUSR2', tell)
tell()
if (process.env.ENDS === undefined) setInterval(() => {}, 60_000)
`

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'holdfast-test-'))
  clock = new MovableClock(join(folder, 'clock'))
  const entry = join(folder, 'program.ts')
  await writeFile(entry, PROGRAM)
  program = processOf(entry, { whenItDies: 'restart' })
})

function processOf(entry: string, { whenItDies, env = {} }: Pick<ProcessOptions, 'whenItDies'> & Partial<ProcessOptions>) {
  return new SupervisedProcess({
    name: 'program',
    entry,
    preloads: [MovableClock.preload],
    env: { ...plainEnvironment(), ...clockEnvironment(clock.file), ...env },
    log: join(folder, 'log'),
    whenItDies,
    ready: 'line',
  })
}

afterEach(async () => {
  await program.close()
  await rm(folder, { recursive: true })
})

/** Returns by how many days each way of reading the time is ahead of the real one. */
function daysAhead({ now, made, called, measured }: ReadyLine): number[] {
  // The sum turns minus zero into zero.
  const days = (time: unknown) => Math.round((Number(time) - Date.now()) / DAY_MS) + 0
  return [now, made, called, measured].map(days)
}

test('a process starts at the real time, and at the later time after days have passed', async () => {
  expect(daysAhead(await program.start())).toEqual([0, 0, 0, 0])
  await program.stop()
  await clock.advance({ days: 30 }, [])
  const line = await program.start()
  // Measured durations do not come from the wall clock.
  expect(daysAhead(line)).toEqual([30, 30, 30, 0])
  expect(line).toMatchObject({ kept: 5, isDate: true, year: 1_577_836_800_000 })
})

test('days pass at once for a running process, and for its successor', async () => {
  await program.start()
  await clock.advance({ days: 30 }, [program])
  await clock.advance({ days: -1 }, [program])
  // The program prints the time once more into its log.
  program.kill('SIGUSR2')
  const line = await vi.waitFor(async () => (await readFile(join(folder, 'log'), 'utf8')).trim().split('\n')[1] ?? expect.fail())
  expect(daysAhead(JSON.parse(line) as ReadyLine)).toEqual([29, 29, 29, 0])
  const back = once(program, 'ready') as Promise<[ReadyLine]>
  program.kill()
  expect(daysAhead((await back)[0])).toEqual([29, 29, 29, 0])
})

test('a clock is restored as far ahead as it was left', async () => {
  await clock.advance({ days: 2 }, [])
  expect(new MovableClock(clock.file).aheadMs).toBe(2 * DAY_MS)
})

test('a process that dies before its answer leaves no caller waiting', async () => {
  await program.start()
  program.kill('SIGSTOP')
  const answer = program.ask('clock')
  program.kill()
  expect(await answer).toBeUndefined()
})

test('a process that only waits for questions ends', async () => {
  const ending = processOf(join(folder, 'program.ts'), { whenItDies: 'leave', env: { ENDS: 'yes' } })
  const exited = once(ending, 'exited')
  await ending.start()
  expect((await exited)[0]).toMatchObject({ code: 0, expected: false })
  await ending.close()
})
