import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { text } from 'node:stream/consumers'
import { setTimeout as pause } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { afterAll, beforeAll, expect, test } from 'vitest'

/** Cloud Run kills a container 10 s after SIGTERM. A busy machine gets twice that. */
const LIMIT_MS = 20_000
const START = fileURLToPath(new URL('../../runner/src/start.ts', import.meta.url))
const PROCESS_ONE = new URL('../support/fixtures/process-one.ts', import.meta.url).href

let directory: string

beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), 'holdfast-early-signal-'))
})

afterAll(() => rm(directory, { recursive: true, force: true }))

test.each([0, 200])('a runner that is told to leave %i ms after its first line ends with 0 before it begins', async (afterMs) => {
  const ended = await signalled(async (runner) => {
    await once(runner, 'message')
    await pause(afterMs)
  })
  expect(ended).toEqual({ code: 0, output: '' })
})

test('a runner that has loaded hands over before it ends with 0', async () => {
  const { code, output } = await signalled(async (runner) => {
    await once(runner, 'message')
    await once(runner, 'message')
  })
  expect({ code, output }).toEqual({ code: 0, output: expect.stringMatching(/Leaving because of SIGTERM.*Left in order/s) })
})

/** Starts a runner, sends it SIGTERM at the given moment, and kills it when it stays. */
async function signalled(moment: (runner: ChildProcess) => Promise<void>): Promise<{ code: number | null; output: string }> {
  const env = {
    ...process.env,
    GOOGLE_CLOUD_PROJECT: 'demo-early-signal',
    FIRESTORE_EMULATOR_HOST: process.env['SHARED_FIRESTORE'],
    SESSION_ENCRYPTION_KEY: Buffer.alloc(32, 7).toString('base64'),
    SESSION_STORAGE_TYPE: 'local',
    SESSION_STORAGE_PATH: directory,
    METADATA_SERVER_DETECTION: 'none',
  }
  const runner = spawn(process.execPath, ['--import', PROCESS_ONE, START], { env, stdio: ['ignore', 'pipe', 'pipe', 'ipc'] })
  const exited = once(runner, 'exit') as Promise<[number | null]>
  const output = Promise.all([runner.stdout, runner.stderr].map(async (stream) => (stream === null ? '' : await text(stream))))
  try {
    await moment(runner)
    runner.kill('SIGTERM')
    const limit = setTimeout(() => runner.kill('SIGKILL'), LIMIT_MS)
    const [code] = await exited
    clearTimeout(limit)
    return { code, output: (await output).join('') }
  } finally {
    runner.kill('SIGKILL')
  }
}
