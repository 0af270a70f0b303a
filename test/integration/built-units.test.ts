import { execFile, type ExecFileException } from 'node:child_process'
import { globSync } from 'node:fs'
import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterAll, beforeAll, expect, test } from 'vitest'

const BUILD = fileURLToPath(new URL('../../infra/build.ts', import.meta.url))
const INSTALL = ['ci', '--omit=dev', '--ignore-scripts', '--no-audit', '--no-fund', '--loglevel=error']
const INSTALL_LIMIT_MS = 120_000

/** Both units, built and installed outside of the repository: nothing there can be found by chance. */
let folder: string

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'holdfast-built-'))
  expect(await run(process.execPath, [BUILD, 'both', '--out', folder], folder)).toMatchObject({ code: 0 })
  const functions = run('npm', INSTALL, join(folder, 'functions'))
  const runner = run('npm', [...INSTALL, '--omit=peer'], join(folder, 'runner'))
  expect(await functions).toMatchObject({ code: 0 })
  expect(await runner).toMatchObject({ code: 0 })
}, INSTALL_LIMIT_MS)

afterAll(() => rm(folder, { recursive: true, force: true }))

test('firebase-functions discovers the API in the built functions, with its secrets, its account and its limits', async () => {
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
  })
})

test('the built functions have one file of code with its source map, and every dependency is exact', async () => {
  const functions = join(folder, 'functions')
  expect(globSync('*', { cwd: functions }).toSorted()).toEqual([
    'index.js',
    'index.js.map',
    'node_modules',
    'package-lock.json',
    'package.json',
  ])
  const manifest = JSON.parse(await readFile(join(functions, 'package.json'), 'utf8')) as {
    engines: unknown
    dependencies: Record<string, string>
  }
  expect(manifest.engines).toEqual({ node: '24' })
  expect(Object.values(manifest.dependencies).filter((version) => !/^\d+\.\d+\.\d+$/.test(version))).toEqual([])
  expect(Object.keys(manifest.dependencies)).not.toContain('@holdfast/core')
})

test('the lock files name no registry', async () => {
  for (const unit of ['functions', 'runner']) {
    expect(await readFile(join(folder, unit, 'package-lock.json'), 'utf8')).not.toMatch(/"resolved": "https?:/)
  }
})

test('the built runner has the sources without tests, and no package with a licence that it avoids', () => {
  const files = globSync('{core,runner}/**', { cwd: join(folder, 'runner'), exclude: ['**/node_modules'] })
  expect(files).toEqual(expect.arrayContaining(['core/package.json', 'runner/package.json', 'runner/src/start.ts']))
  expect(files.filter((path) => path.endsWith('.test.ts') || path.includes('/testing'))).toEqual([])
  expect(globSync('node_modules/{sharp,@img}', { cwd: join(folder, 'runner') })).toEqual([])
})

test('the built runner loads all of its modules and ends with 78 when it has no configuration', async () => {
  const { code, stdout } = await run(process.execPath, ['runner/src/start.ts'], join(folder, 'runner'))
  expect({ code, stdout }).toEqual({ code: 78, stdout: expect.stringContaining('SESSION_ENCRYPTION_KEY') })
})

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
