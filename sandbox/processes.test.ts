import { once } from 'node:events'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { plainEnvironment } from './environment.ts'
import { restartPauseMs, SupervisedProcess, type ProcessOptions } from './processes.ts'

let folder: string
let running: SupervisedProcess[]

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'holdfast-test-'))
  running = []
})

afterEach(async () => {
  await Promise.all(running.map((one) => one.close()))
  await rm(folder, { recursive: true })
})

async function processOf(source: string, options: Partial<ProcessOptions> = {}): Promise<SupervisedProcess> {
  const entry = join(folder, `program-${running.length}.ts`)
  await writeFile(entry, source)
  const log = join(folder, 'log')
  const one = new SupervisedProcess({
    name: 'program',
    entry,
    env: plainEnvironment(),
    log,
    whenItDies: 'restart',
    ready: 'line',
    ...options,
  })
  running.push(one)
  return one
}

const announce = 'console.log(JSON.stringify({ ready: true }))'

test('a process that dies before it is ready is reported with its last output, and not restarted', async () => {
  const one = await processOf(`throw new Error('no configuration')`)
  await expect(one.start()).rejects.toThrow(/program ended with code 1 before it was ready.*no configuration/s)
  expect(one.pid).toBeNull()
})

test('a process that is not ready in time is asked to end, so that it ends its own children', async () => {
  const one = await processOf(`process.on('SIGTERM', () => process.exit(7)); setInterval(() => {}, 1000)`, { startLimitMs: 5000 })
  const exited = once(one, 'exited')
  await expect(one.start()).rejects.toThrow('program was not ready after 5000 ms')
  expect((await exited)[0]).toMatchObject({ code: 7, expected: true })
})

test('a silent process counts as alive after three seconds', async () => {
  const one = await processOf('setInterval(() => {}, 1000)', { ready: 'alive' })
  expect(await one.start()).toEqual({})
})

test('a process that dies at every start has a growing pause before its restart', async () => {
  const one = await processOf(`${announce}; setImmediate(() => process.exit(3))`)
  const starts: number[] = []
  one.on('started', () => starts.push(performance.now()))
  await one.start()
  while (starts.length < 5) await once(one, 'started')
  const pauses = starts.slice(1).map((at, index) => at - starts[index]!)
  // The starts take long on a busy machine, so that only a lower bound of one measured pause is checked.
  expect([1, 2, 3, 4].map(restartPauseMs)).toEqual([0, 400, 800, 1600])
  expect(pauses[3]!).toBeGreaterThan(800)
  await one.stop()
  expect(one.pid).toBeNull()
})

test('a process that ignores SIGTERM is killed after its limit', async () => {
  const one = await processOf(`process.on('SIGTERM', () => {}); setInterval(() => {}, 1000); ${announce}`, { stopLimitMs: 300 })
  await one.start()
  const exited = once(one, 'exited')
  await one.stop()
  expect((await exited)[0]).toMatchObject({ signal: 'SIGKILL', expected: true })
})

test('the channel to the parent keeps no process alive', async () => {
  const one = await processOf(announce, { whenItDies: 'leave' })
  const exited = once(one, 'exited')
  await one.start()
  expect((await exited)[0]).toMatchObject({ code: 0, expected: false })
})
