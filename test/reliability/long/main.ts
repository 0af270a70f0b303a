import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { readOptions, runCommand } from '../../support/command-options.ts'

const HELP = `Runs the tests that take minutes each (*.proof.ts), which \`npm test\` leaves out: what people do with a deployment after it is
made, with the real gcloud and recorded APIs (a roll-out of a new version and back, the rotation of keys, the live verification with its
trial), and kills of a runner at each moment of a conversation with a person or a group.

  npm run prove -- long [--only PATH]

  --only PATH  runs the files whose paths contain it
  --json       prints the figures as JSON, as the last output on stdout

Tests that need gcloud are skipped without it.
Exit codes: 0 if all tests passed, 1 if not, 2 for a wrong option.
`

const root = fileURLToPath(new URL('../../..', import.meta.url))

async function main(args: readonly string[]): Promise<number> {
  const { help, json, only } = readOptions(args, { words: ['only'] })
  if (help) {
    process.stdout.write(HELP)
    return 0
  }
  const startedAt = performance.now()
  const { code, passed, failed, skipped } = await runTests(only)
  const figures = { passed, failed, skipped, seconds: Math.round((performance.now() - startedAt) / 1000) }
  process.stdout.write(
    json ? `${JSON.stringify(figures)}\n` : `${passed} passed, ${failed} failed, ${skipped} skipped, ${figures.seconds} s\n`,
  )
  return code === 0 && passed > 0 ? 0 : 1
}

type Figures = Partial<Record<'numPassedTests' | 'numFailedTests' | 'numPendingTests', number>>

/** What the tests print goes to stderr, so that stdout has the figures alone. */
async function runTests(only: string | undefined): Promise<{ code: number; passed: number; failed: number; skipped: number }> {
  const folder = await mkdtemp(join(tmpdir(), 'holdfast-long-'))
  try {
    const report = join(folder, 'report.json')
    const vitest = join(root, 'node_modules/vitest/vitest.mjs')
    const reporters = ['--reporter=default', '--reporter=json', `--outputFile.json=${report}`]
    const command = [
      vitest,
      'run',
      '--config=test/reliability/long/vitest.config.ts',
      ...reporters,
      ...(only === undefined ? [] : [only]),
    ]
    const child = spawn(process.execPath, command, { cwd: root, stdio: ['ignore', process.stderr, process.stderr] })
    const [code] = (await once(child, 'exit')) as [number | null]
    const { numPassedTests = 0, numFailedTests = 0, numPendingTests = 0 } = JSON.parse(await readFile(report, 'utf8')) as Figures
    return { code: code ?? 1, passed: numPassedTests, failed: numFailedTests, skipped: numPendingTests }
  } finally {
    await rm(folder, { recursive: true, force: true })
  }
}

await runCommand(main)
