import { spawn } from 'node:child_process'
import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { findFirestoreEmulator } from '../sandbox/google/firestore-emulator.ts'
import { findChromium, NO_CHROMIUM } from './browser/find-chromium.ts'

/**
 * Runs all tests and prints the line that CI reads last: `N passed, N failed`. Arguments select the tests whose paths contain
 * them, `--project=unit` selects the tests that need no Java, and `--without-browser` leaves out those that need Chromium.
 */
const root = fileURLToPath(new URL('..', import.meta.url))

interface Report {
  readonly numPassedTests: number
  readonly numFailedTests: number
  readonly testResults: readonly {
    readonly name: string
    readonly status: string
    readonly assertionResults: readonly { readonly status: string }[]
  }[]
}

async function main(): Promise<number> {
  try {
    if (!process.argv.includes('--project=unit')) await findFirestoreEmulator(process.env)
    if (process.argv.length === 2 && findChromium() === null) throw new Error(NO_CHROMIUM)
  } catch (error) {
    process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`)
    process.stdout.write('0 passed, 1 failed\n')
    return 1
  }
  const folder = await mkdtemp(join(tmpdir(), 'holdfast-tests-'))
  try {
    const report = join(folder, 'report.json')
    const code = await vitest([
      'run',
      '--reporter=default',
      '--reporter=json',
      `--outputFile.json=${report}`,
      ...selection(process.argv.slice(2)),
    ])
    const { numPassedTests, numFailedTests, testResults } = JSON.parse(await readFile(report, 'utf8')) as Report
    // A file that fails before its first test, or after its last one, counts as one failure.
    const hasFailure = (results: readonly { readonly status: string }[]) => results.some(({ status }) => status === 'failed')
    const brokenFiles = testResults.filter(
      ({ status, assertionResults }) => status === 'failed' && !hasFailure(assertionResults),
    ).length
    const failed = numFailedTests + brokenFiles
    if (numPassedTests + failed === 0) process.stderr.write('No test matches these arguments.\n')
    process.stdout.write(`${numPassedTests} passed, ${failed} failed\n`)
    return code === 0 && failed === 0 && numPassedTests > 0 ? 0 : 1
  } finally {
    await rm(folder, { recursive: true, force: true })
  }
}

const WITHOUT_BROWSER = '--without-browser'

const selection = (args: readonly string[]): string[] => args.map((arg) => (arg === WITHOUT_BROWSER ? '--project=!browser' : arg))

function vitest(args: readonly string[]): Promise<number> {
  const child = spawn(process.execPath, [join(root, 'node_modules/vitest/vitest.mjs'), ...args], { cwd: root, stdio: 'inherit' })
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.on(signal, () => child.kill(signal))
  return new Promise((resolve, reject) => {
    child.on('error', reject)
    child.on('exit', (code) => resolve(code ?? 1))
  })
}

process.exitCode = await main()
