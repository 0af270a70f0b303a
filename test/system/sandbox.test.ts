import { Firestore } from '@google-cloud/firestore'
import { Storage } from '@google-cloud/storage'
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync } from 'node:fs'
import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test, vi } from 'vitest'
import { alive, commandOf, descendants } from '../support/fixtures/process-table.ts'
import { clientAt } from '../../sandbox/google/tasks/client.ts'
import type { SandboxInfo } from '../../sandbox/info.ts'
import type { SupervisedProcess } from '../../sandbox/processes.ts'
import type { SandboxOptions } from '../../sandbox/options.ts'
import { startSandbox, type Sandbox } from '../../sandbox/sandbox.ts'

const here = (path: string) => fileURLToPath(new URL(path, import.meta.url))

const PATIENT = { timeout: 30_000, interval: 50 }

const FIXTURES = {
  whatsappUrl: 'ws://127.0.0.1:9',
  runnerEntry: here('../support/fixtures/runner.ts'),
  functionsEntry: here('../support/fixtures/functions.ts'),
}

/** Starts a sandbox without the product: fixtures stand for runner and functions, so that only the sandbox is tested. */
const withFixtures = async (options: SandboxOptions = {}): Promise<Sandbox> => await startSandbox({ ...FIXTURES, ...options })

/** The same for what has nothing to do with Firestore: the start of an emulator is most of the start of such a sandbox. */
const onSharedFirestore = async (options: SandboxOptions): Promise<Sandbox> =>
  await withFixtures({ firestore: process.env['SHARED_FIRESTORE'], ...options })

/** Resolves with what the next process of a runner says when it has started. */
const nextStart = async (runner: SupervisedProcess): Promise<Record<string, unknown>> => {
  const { promise, resolve } = Promise.withResolvers<Record<string, unknown>>()
  const hear = (line: string) => line.startsWith('{"msg":"started"') && resolve(JSON.parse(line) as Record<string, unknown>)
  runner.on('printed', hear)
  return await promise.finally(() => runner.off('printed', hear))
}

const published = async (folder: string) => JSON.parse(await readFile(join(folder, 'sandbox.json'), 'utf8')) as SandboxInfo

const firestoreOf = ({ firestore, project }: SandboxInfo) => {
  const [host = '', port] = firestore.split(':')
  return new Firestore({
    projectId: project,
    host,
    port: Number(port),
    ssl: false,
    customHeaders: { authorization: 'Bearer owner' },
  })
}

const bucketOf = ({ storage, project, bucket }: SandboxInfo) =>
  new Storage({ apiEndpoint: storage, projectId: project }).bucket(bucket)

const NOT_FOUND = 5

const queueOf = (project: string) => `projects/${project}/locations/us-central1/queues/kept`

/** Makes a queue with a task that waits for an hour. */
async function createTask({ tasks, project }: SandboxInfo): Promise<{ name: string }> {
  const client = clientAt(tasks, project)
  const parent = queueOf(project)
  await client.createQueue({ parent: client.locationPath(project, 'us-central1'), queue: { name: parent } })
  const scheduleTime = { seconds: Math.floor(Date.now() / 1000) + 3600 }
  const [{ name }] = await client.createTask({ parent, task: { scheduleTime, httpRequest: { url: 'http://127.0.0.1:9/' } } })
  await client.close()
  return { name: String(name) }
}

async function taskNames({ tasks, project }: SandboxInfo): Promise<unknown[]> {
  const client = clientAt(tasks, project)
  try {
    return (await client.listTasks({ parent: queueOf(project) }))[0].map(({ name }) => name)
  } finally {
    await client.close()
  }
}

// The clients look for a cloud's metadata server, which does not exist here.
process.env['METADATA_SERVER_DETECTION'] = 'none'

let folder: string

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'holdfast-test-'))
})

afterEach(async () => {
  await rm(folder, { recursive: true, force: true })
})

test('a sandbox tells which parts are up, and leaves no process and no file when it stops', async () => {
  const up: string[] = []
  const sandbox = await withFixtures({ runners: 2, onProgress: (part) => up.push(part) })
  expect(up.toSorted()).toEqual(['firestore', 'functions', 'runner-1', 'runner-2', 'storage', 'tasks'])
  expect(await published(sandbox.folder)).toEqual(sandbox.info)

  const answer = await (await sandbox.api('/some/path?q=1', { json: { hello: 'world' } })).json()
  const { project, apiKey } = sandbox.info
  expect(answer).toMatchObject({
    method: 'POST',
    url: '/some/path?q=1',
    raw: '{"hello":"world"}',
    environment: project,
    key: apiKey,
  })
  expect(await (await fetch(`${sandbox.info.api}/other/path`)).text()).toBe('other /path')

  const pids = descendants(process.pid)
  expect(pids.some((pid) => commandOf(pid).startsWith('java') || commandOf(pid).includes('/java '))).toBe(true)
  await sandbox.stop()
  expect(alive(pids)).toEqual([])
  expect(existsSync(sandbox.folder)).toBe(false)
})

test("a runner's download from WhatsApp is served by the simulator", async () => {
  const DOWNLOAD = 'https://mmg.whatsapp.net/v/there-is-none.enc'
  const { runnerEntry } = FIXTURES
  const firestore = process.env['SHARED_FIRESTORE']
  await using sandbox = await startSandbox({ firestore, functions: false, runnerEntry, runnerEnv: { DOWNLOAD } })
  const log = join(sandbox.folder, 'logs', 'runner-1.log')
  const said = async () => expect(await readFile(log, 'utf8')).toContain('"downloaded":404')
  await vi.waitFor(said, PATIENT)
})

test('each runner has a network and a clock of its own', async () => {
  await using sandbox = await onSharedFirestore({ functions: false, runners: 2, runnerNetworks: true, runnerClocks: true })
  const lines = async (slot: string) => {
    const log = await readFile(join(sandbox.folder, 'logs', `${slot}.log`), 'utf8')
    return log.split('\n').flatMap((line) => (line.startsWith('{') ? [JSON.parse(line) as Record<string, unknown>] : []))
  }
  const said = async (slot: string, fits: (line: Record<string, unknown>) => boolean) =>
    await vi.waitFor(async () => (await lines(slot)).find(fits) ?? expect.fail(`${slot} has not said it yet.`), PATIENT)
  const told = async (slot: string) => {
    // Before that line the process does not know the signal.
    await said(slot, ({ msg }) => msg === 'started')
    sandbox.runner(slot).kill('SIGUSR2')
    return await said(slot, ({ storage }) => storage !== undefined)
  }
  const minutesAhead = ({ now }: Record<string, unknown>) => Math.round((Number(now) - Date.now()) / 60_000) + 0
  await sandbox.skewClock('runner-1', { minutes: -5 })
  await sandbox.networkOf('runner-2').storage.change({ how: 'refuse' })
  const [one, other] = await Promise.all(['runner-1', 'runner-2'].map(told))
  expect([one?.['storage'], other?.['storage']]).toEqual([true, false])
  expect([one ?? {}, other ?? {}].map(minutesAhead)).toEqual([-5, 0])
  const back = nextStart(sandbox.runner('runner-1'))
  sandbox.runner('runner-1').kill()
  // The next process of the slot has the same wrong clock.
  expect(minutesAhead(await back)).toBe(-5)
})

describe('a part of a sandbox:', () => {
  let sandbox: Sandbox

  beforeAll(async () => {
    sandbox = await onSharedFirestore({ runners: 2, runnerEnv: { EXTRA: 'setting' } })
  })

  afterAll(async () => {
    await sandbox.stop()
  })

  test('a runner that is killed is back at once, with another pid, which sandbox.json names', async () => {
    const runner = sandbox.runner('runner-1')
    const restarted = nextStart(runner)
    const killed = runner.kill()
    const { pid, INSTANCE_ID, EXTRA } = await restarted
    expect(pid).not.toBe(killed)
    expect(INSTANCE_ID).toBe(`${sandbox.info.project}-runner-1`)
    expect(EXTRA).toBe('setting')
    expect((await published(sandbox.folder)).runners).toEqual([
      { id: 'runner-1', pid, probes: sandbox.probesOf('runner-1') },
      { id: 'runner-2', pid: sandbox.runner('runner-2').pid, probes: sandbox.probesOf('runner-2') },
    ])
  })

  test('a runner that is stopped stays away until its start, and another runner may join', async () => {
    const exited = once(sandbox.runner('runner-1'), 'exited')
    await sandbox.stopRunner('runner-1')
    // The runner ended by itself after the request.
    expect((await exited)[0]).toMatchObject({ code: 0, signal: null, expected: true })
    const names = async () => (await published(sandbox.folder)).runners.map(({ id }) => id)
    expect(await names()).toEqual(['runner-2'])
    await sandbox.addRunner()
    expect(await names()).toEqual(['runner-2', 'runner-3'])
    await sandbox.startRunner('runner-1')
    expect(await names()).toEqual(['runner-1', 'runner-2', 'runner-3'])
  })

  test('a runner that is paused can still be stopped', async () => {
    const pid = sandbox.runner('runner-1').kill('SIGSTOP')
    await sandbox.stopRunner('runner-1')
    expect(alive([pid])).toEqual([])
  })

  test('functions and storage restart at their old addresses', async () => {
    const { pid } = (await (await sandbox.api('/')).json()) as { pid: number }
    await sandbox.restartFunctions()
    expect(await (await sandbox.api('/')).json()).not.toMatchObject({ pid })
    await bucketOf(sandbox.info).file('kept').save('bytes', { resumable: false })
    const back = once(sandbox.storage, 'ready')
    sandbox.storage.kill()
    await back
    expect((await bucketOf(sandbox.info).file('kept').download())[0].toString()).toBe('bytes')
  })
})

test('two sandboxes run side by side and share nothing; the loss of Firestore is reported', async () => {
  const [one, two] = await Promise.all([withFixtures({ functions: false }), withFixtures({ functions: false })])
  await using _ = one
  await using __ = two
  await bucketOf(one.info).file('mine').save('one', { resumable: false })
  expect((await bucketOf(two.info).file('mine').exists())[0]).toBe(false)
  const { api: _api, apiServer: _server, simulator: _simulator, ...shared } = one.info
  for (const key of Object.keys(shared) as (keyof typeof shared)[]) expect(two.info[key]).not.toEqual(one.info[key])
  const lost = once(one, 'lost')
  one.firestore.kill('SIGTERM')
  expect((await lost)[0]).toBe('firestore')
})

describe("a sandbox's folder", () => {
  test('keeps documents, objects, tasks and keys after a planned stop', async () => {
    const before = await withFixtures({ folder, runners: 0, functions: false })
    const firestore = firestoreOf(before.info)
    await firestore.doc('sessions/one').set({ state: 'CONNECTED', bytes: Buffer.from([1, 2, 3]) })
    await firestore.terminate()
    await bucketOf(before.info).file('checkpoint').save('bytes', { resumable: false })
    const { name } = await createTask(before.info)
    const { project, bucket, apiKey } = before.info
    await before.stop()
    expect(existsSync(join(folder, 'sandbox.json'))).toBe(false)

    await using after = await withFixtures({ folder, runners: 0, functions: false })
    expect(after.info).toMatchObject({ project, bucket, apiKey })
    const again = firestoreOf(after.info)
    const document = await again.doc('sessions/one').get()
    expect(document.data()).toEqual({ state: 'CONNECTED', bytes: Buffer.from([1, 2, 3]) })
    await again.terminate()
    expect((await bucketOf(after.info).file('checkpoint').download())[0].toString()).toBe('bytes')
    expect(await taskNames(after.info)).toEqual([name])
  })

  test('belongs to one sandbox at a time', async () => {
    await using _ = await onSharedFirestore({ folder, runners: 0, functions: false })
    await expect(withFixtures({ folder, runners: 0 })).rejects.toThrow(/A sandbox is running in/)
  })

  test('of a killed sandbox has no processes left, and the next start begins with empty stores', async () => {
    const owner = spawn(process.execPath, [here('../support/fixtures/owner.ts'), folder], {
      stdio: ['ignore', 'pipe', 'inherit'],
    })
    const [line] = (await once(createInterface(owner.stdout), 'line')) as [string]
    const pids = descendants(owner.pid!)
    expect(pids.some((pid) => /(^|\/)java /.test(commandOf(pid)))).toBe(true)
    // The processes are storage, functions, a runner, java, and the process that watches java.
    expect(pids.length).toBeGreaterThanOrEqual(5)
    await bucketOf(JSON.parse(line) as SandboxInfo)
      .file('newer')
      .save('than Firestore', { resumable: false })
    await createTask(JSON.parse(line) as SandboxInfo)
    owner.kill('SIGKILL')
    await vi.waitFor(() => expect(alive(pids)).toEqual([]), { timeout: 15_000, interval: 50 })

    await using sandbox = await withFixtures({ folder, runners: 0, functions: false })
    expect((await bucketOf(sandbox.info).file('newer').exists())[0]).toBe(false)
    await expect(taskNames(sandbox.info)).rejects.toMatchObject({ code: NOT_FOUND })
    expect(existsSync(join(folder, 'discarded', 'storage'))).toBe(true)
    expect(existsSync(join(folder, 'discarded', 'tasks'))).toBe(true)
  })
})

test('a part that cannot start names the reason, and the whole sandbox stops', async () => {
  const before = descendants(process.pid)
  const broken = onSharedFirestore({ folder, functionsEntry: here('../support/fixtures/no-such-file.ts') })
  await expect(broken).rejects.toThrow(/functions ended with code 1 before it was ready.*no-such-file/s)
  // The system takes a moment to forget a process that was killed.
  await expect.poll(() => descendants(process.pid).filter((pid) => !before.includes(pid))).toEqual([])
})
