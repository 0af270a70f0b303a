import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { LOGIN } from '../google/default-credentials.ts'
import { runProgram } from '../google/run-program.ts'
import { at, listAt, textAt } from '../resources/fields.ts'
import { ROOT } from '../units/repository.ts'
import type { Problem, Verdict } from './live-check.ts'

/** The suite of a contract, as the tests of every day have it: against the stand-ins there, and against Google here. */
export interface ContractSuite {
  /** Files, or parts of their paths. */
  readonly files: readonly string[]
  /** Only tests whose names match. */
  readonly named?: string
  /** Variables that tell the suite where the real service is. */
  readonly environment: Readonly<Record<string, string>>
}

/** What the tests of every day have in their environment, and must not have here. */
const OF_TESTS = /^(VITEST|SHARED_FIRESTORE|NODE_V8_COVERAGE|TEST$|NODE_ENV$)/

/**
 * Runs a suite with vitest. One suite serves both, so that the stand-ins and Google are held to the same words.
 *
 * @throws Error when vitest does not come to its report
 */
export async function runSuite({ files, named, environment }: ContractSuite, signal: AbortSignal): Promise<Verdict> {
  const folder = mkdtempSync(join(tmpdir(), 'holdfast-suite-'))
  try {
    const file = join(folder, 'report.json')
    const names = named === undefined ? [] : ['-t', named]
    const words = ['run', '--reporter=json', `--outputFile=${file}`, '--no-file-parallelism', ...names, ...files]
    const program = [process.execPath, join(ROOT, 'node_modules/vitest/vitest.mjs'), ...words]
    const { output, complaints } = await runProgram(program, { cwd: ROOT, more: environment, without: OF_TESTS, signal })
    return verdictOfReport(reportIn(file, [output, complaints].join('\n')))
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}

const LAST_LINES = 3

function reportIn(file: string, told: string): unknown {
  try {
    return JSON.parse(readFileSync(file, 'utf8')) as unknown
  } catch {
    throw new Error(`The suite came to no report. ${told.trim().split('\n').slice(-LAST_LINES).join(' ')}`)
  }
}

/** Pure: decides what a report of vitest says. A file that fails outside of its tests, or a suite without tests, is a problem. */
export function verdictOfReport(report: unknown): Verdict {
  const files = listAt(report, 'testResults')
  const tests = files.flatMap((file) => listAt(file, 'assertionResults'))
  const failed = tests.filter(({ status }) => status === 'failed')
  const passed = tests.filter(({ status }) => status === 'passed').length
  const broken = files.filter(
    (file) => at(file, 'status') === 'failed' && listAt(file, 'assertionResults').every(({ status }) => status !== 'failed'),
  )
  const problems: Problem[] = [
    ...failed.map((test) => problemOf(textAt(test, 'fullName') ?? 'a test', firstMessageOf(test))),
    ...broken.map((file) => problemOf(textAt(file, 'name') ?? 'a file', textAt(file, 'message') ?? '')),
  ]
  if (passed + problems.length === 0) problems.push(problemOf('the suite', 'no test was run'))
  return { figures: { tests: passed + failed.length, passed }, problems }
}

const problemOf = (name: string, message: string): Problem => ({
  what: `${name}: ${firstLine(message)}`,
  mend: adviceFor(message),
})

const firstMessageOf = (test: unknown): string => {
  const messages = at(test, 'failureMessages')
  return Array.isArray(messages) ? String(messages[0] ?? '') : ''
}

const firstLine = (message: string): string => message.split('\n')[0] ?? ''

function adviceFor(message: string): string {
  if (/default credentials|UNAUTHENTICATED|invalid_grant|reauth/i.test(message)) return LOGIN
  if (/PERMISSION_DENIED|\b403\b|does not have .*access/i.test(message))
    return 'Your account lacks a right; the message names it. The owner of the project has all of them.'
  if (/RESOURCE_EXHAUSTED|\b429\b|quota/i.test(message))
    return 'A quota of the project is used up. Wait a minute, then run this check again with --only.'
  return 'Run it again with --only. If it stays, Google behaves in another way than Holdfast relies on: do not go into operation, and report it with this line.'
}
