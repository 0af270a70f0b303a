import { execFile, type ExecFileException } from 'node:child_process'
import { globSync } from 'node:fs'
import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterAll, beforeAll, expect, test } from 'vitest'

const BUILD = fileURLToPath(new URL('../../infra/build.ts', import.meta.url))
/** The arguments of the runner's Dockerfile. */
const INSTALL_RUNNER = ['ci', '--omit=dev', '--omit=peer', '--ignore-scripts', '--no-audit', '--no-fund', '--loglevel=error']
const INSTALL_FUNCTIONS = ['ci', '--ignore-scripts', '--no-audit', '--no-fund', '--loglevel=error']
/** The arguments of the server's Dockerfile. */
const INSTALL_SERVER = ['ci', '--omit=dev', '--ignore-scripts', '--no-audit', '--no-fund', '--loglevel=error']
const INSTALL_LIMIT_MS = 120_000

/** Holds all units, built and installed outside of the repository, where no module of the repository can be found by chance. */
let folder: string

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'holdfast-built-'))
  expect(await run(process.execPath, [BUILD, 'all', '--out', folder], folder)).toMatchObject({ code: 0 })
  const functions = run('npm', INSTALL_FUNCTIONS, join(folder, 'functions'))
  const runner = run('npm', INSTALL_RUNNER, join(folder, 'runner'))
  const server = run('npm', INSTALL_SERVER, join(folder, 'server'))
  expect(await functions).toMatchObject({ code: 0 })
  expect(await runner).toMatchObject({ code: 0 })
  expect(await server).toMatchObject({ code: 0 })
}, INSTALL_LIMIT_MS)

afterAll(() => rm(folder, { recursive: true, force: true }))

test('firebase-functions discovers the built functions, with their secrets, accounts and limits', async () => {
  const functions = join(folder, 'functions')
  const manifest = join(folder, 'manifest.json')
  const discovery = join(functions, 'node_modules/firebase-functions/lib/bin/firebase-functions.js')
  const env = { GCLOUD_PROJECT: 'demo-built', FUNCTIONS_MANIFEST_OUTPUT_PATH: manifest }
  expect(await run(process.execPath, [discovery], functions, env)).toMatchObject({ code: 0 })
  const { endpoints } = JSON.parse(await readFile(manifest, 'utf8')) as { endpoints: Record<string, unknown> }
  expect(endpoints).toMatchObject({
    api: {
      platform: 'gcfv2',
      httpsTrigger: { invoker: ['public'] },
      secretEnvironmentVariables: [{ key: 'API_KEY' }, { key: 'SESSION_ENCRYPTION_KEY' }],
      region: ['us-central1'],
      availableMemoryMb: 512,
      maxInstances: 20,
      serviceAccountEmail: 'holdfast-api@{{ params.PROJECT_ID }}.iam.gserviceaccount.com',
    },
    cleanup: {
      scheduleTrigger: { schedule: '17 3 * * *', timeZone: 'Etc/UTC' },
      serviceAccountEmail: 'holdfast-cleaner@{{ params.PROJECT_ID }}.iam.gserviceaccount.com',
    },
    maintain: {
      scheduleTrigger: { schedule: '17 3 * * *', timeZone: 'Etc/UTC' },
      timeoutSeconds: 1800,
      secretEnvironmentVariables: [{ key: 'SESSION_ENCRYPTION_KEY' }],
      region: ['us-central1'],
      serviceAccountEmail: 'holdfast-maintainer@{{ params.PROJECT_ID }}.iam.gserviceaccount.com',
    },
    retries: {
      taskQueueTrigger: { retryConfig: { maxAttempts: 20 }, rateLimits: { maxConcurrentDispatches: 40 } },
      secretEnvironmentVariables: [{ key: 'SESSION_ENCRYPTION_KEY' }],
      region: ['us-central1'],
      serviceAccountEmail: 'holdfast-tasks@{{ params.PROJECT_ID }}.iam.gserviceaccount.com',
    },
    sweep: {
      scheduleTrigger: { schedule: 'every 1 minutes' },
      secretEnvironmentVariables: [{ key: 'SESSION_ENCRYPTION_KEY' }],
      region: ['us-central1'],
      serviceAccountEmail: 'holdfast-sweeper@{{ params.PROJECT_ID }}.iam.gserviceaccount.com',
    },
  })
})

test('the built functions have one file of code with its source map, and every dependency is exact', async () => {
  const functions = join(folder, 'functions')
  const served = ['api-docs', 'dashboard']
  expect(globSync('*', { cwd: functions }).toSorted()).toEqual([
    ...served,
    'index.js',
    'index.js.map',
    'node_modules',
    'package-lock.json',
    'package.json',
  ])
  expect(globSync('{api-docs/swagger-ui.css,dashboard/index.html}', { cwd: functions })).toHaveLength(2)
  const manifest = JSON.parse(await readFile(join(functions, 'package.json'), 'utf8')) as {
    engines: unknown
    dependencies: Record<string, string>
  }
  expect(manifest.engines).toEqual({ node: '24' })
  expect(Object.values(manifest.dependencies).filter((version) => !/^\d+\.\d+\.\d+$/.test(version))).toEqual([])
  expect(Object.keys(manifest.dependencies)).not.toContain('@holdfast/core')
})

test('a unit whose sources have not changed is left alone, and an unknown unit is refused', async () => {
  expect(await run(process.execPath, [BUILD, '--if-changed', '--out', folder], folder)).toEqual({
    code: 0,
    stdout: '',
    stderr: '',
  })
  expect(await run(process.execPath, [BUILD, 'simulator', '--out', folder], folder)).toMatchObject({ code: 2, stdout: '' })
})

test('the lock files name no registry', async () => {
  for (const unit of ['functions', 'runner', 'server']) {
    expect(await readFile(join(folder, unit, 'package-lock.json'), 'utf8')).not.toMatch(/"resolved": "https?:/)
  }
})

test(
  'the command line is packed, installed alone, and runs',
  async () => {
    expect(await run(process.execPath, [BUILD, 'cli', '--out', folder], folder)).toMatchObject({ code: 0 })
    const packed = await run('npm', ['pack', './cli', '--silent'], folder)
    const alone = join(folder, 'alone')
    const install = [
      'install',
      '--prefix',
      alone,
      '--ignore-scripts',
      '--no-audit',
      '--no-fund',
      join(folder, packed.stdout.trim()),
    ]
    expect(await run('npm', install, folder)).toMatchObject({ code: 0 })
    const holdfast = join(alone, 'node_modules/.bin/holdfast')
    expect(await run(holdfast, ['--version'], alone)).toMatchObject({ code: 0, stdout: '0.1.0\n' })
    const env = { HOLDFAST_URL: 'http://127.0.0.1:2', HOLDFAST_API_KEY: 'k', XDG_CONFIG_HOME: alone }
    const stderr = expect.stringContaining('the connection was refused')
    expect(await run(holdfast, ['sessions', 'create', 'main'], alone, env)).toMatchObject({ code: 4, stderr })
  },
  INSTALL_LIMIT_MS,
)

test('the image installs what this test installs', async () => {
  expect(await readFile(join(folder, 'runner/Dockerfile'), 'utf8')).toContain(`\nRUN npm ${INSTALL_RUNNER.join(' ')} `)
})

test('the built server has the packages that it needs and no other, and ends with 78 without a configuration', async () => {
  const server = join(folder, 'server')
  const { dependencies } = JSON.parse(await readFile(join(server, 'package.json'), 'utf8')) as { dependencies: object }
  expect(Object.keys(dependencies).filter((name) => name.startsWith('firebase'))).toEqual([])
  const dockerfile = await readFile(join(server, 'Dockerfile'), 'utf8')
  expect(dockerfile).toContain(`\nRUN npm ${INSTALL_SERVER.join(' ')}\n`)
  const words = JSON.parse(/^CMD (\[.*\])$/m.exec(dockerfile)?.[1] ?? '[]') as string[]
  const { code, stdout } = await run(process.execPath, words, server)
  expect({ code, stdout }).toEqual({ code: 78, stdout: expect.stringContaining('SESSION_ENCRYPTION_KEY') })
})

test('the built runner has the sources without tests, and no package with a licence that it avoids', () => {
  const files = globSync('{core,runner}/**', { cwd: join(folder, 'runner'), exclude: ['**/node_modules'] })
  expect(files).toEqual(expect.arrayContaining(['core/package.json', 'runner/package.json', 'runner/src/start.ts']))
  expect(files.filter((path) => path.endsWith('.test.ts') || path.includes('/testing'))).toEqual([])
  expect(globSync('node_modules/{sharp,@img}', { cwd: join(folder, 'runner') })).toEqual([])
})

test('the entry of the image loads all modules of the built runner, and ends with 78 without a configuration', async () => {
  const { code, stdout } = await asInImage('start')
  expect({ code, stdout }).toEqual({ code: 78, stdout: expect.stringContaining('SESSION_ENCRYPTION_KEY') })
})

test('the build of the image fills the compile cache that the entry then uses', async () => {
  const NODE_COMPILE_CACHE = join(folder, 'compiled')
  expect(await asInImage('RUN', { NODE_COMPILE_CACHE })).toMatchObject({ code: 0 })
  const cached = () => globSync('*/*', { cwd: NODE_COMPILE_CACHE }).toSorted()
  const filled = cached()
  expect(filled.length).toBeGreaterThan(500)
  await asInImage('start', { NODE_COMPILE_CACHE })
  expect(cached()).toEqual(filled)
})

/** Runs a command of the Dockerfile, or what the image starts, with this Node, in the built runner. */
async function asInImage(what: 'RUN' | 'start', env: Record<string, string> = {}): Promise<Ended> {
  const dockerfile = await readFile(join(folder, 'runner/Dockerfile'), 'utf8')
  const words = (instruction: string) =>
    JSON.parse(new RegExp(`^${instruction} (\\[.*\\])$`, 'm').exec(dockerfile)?.[1] ?? '[]') as string[]
  const [node, ...args] = what === 'start' ? [...words('ENTRYPOINT'), ...words('CMD')] : words(what)
  expect(node).toBe('/nodejs/bin/node')
  return await run(process.execPath, args, join(folder, 'runner'), env)
}

interface Ended {
  readonly code: number
  readonly stdout: string
  readonly stderr: string
}

/** Runs a program with this machine's settings of npm, and none of the product or of the `npm test` around it. */
function run(file: string, args: readonly string[], cwd: string, env: Record<string, string> = {}): Promise<Ended> {
  const inherited = Object.entries(process.env).filter(
    ([name]) => !/^(npm_(package|lifecycle|config_local)|[A-Z_]*EMULATOR)/.test(name),
  )
  return new Promise((resolve, reject) => {
    const answer = (error: ExecFileException | null, stdout: string, stderr: string): void => {
      if (typeof error?.code === 'string') reject(error)
      else resolve({ code: error === null ? 0 : (error.code ?? -1), stdout, stderr })
    }
    execFile(file, [...args], { cwd, env: { ...Object.fromEntries(inherited), ...env } }, answer)
  })
}
