import { spawn } from 'node:child_process'
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join, relative } from 'node:path'
import { fileURLToPath } from 'node:url'
import type { Run } from './judgement.ts'
import type { Witness } from './mutant.ts'

const root = fileURLToPath(new URL('../../..', import.meta.url))

/** The time limits of a run with one mutant, which may make a process wait for ever, and of the run of all witness tests. */
const LIMIT_MS = 300_000
const LIMIT_OF_ALL_MS = 900_000

interface Report {
  readonly success: boolean
  readonly testResults: readonly {
    readonly name: string
    readonly status: string
    readonly message: string
    readonly assertionResults: readonly {
      readonly status: string
      readonly fullName: string
      readonly failureMessages: readonly string[]
    }[]
  }[]
}

/** Runs the witness tests in a process of their own, with a mutant or without. */
export async function runVitest(options: {
  /** The changed sources by their absolute paths. Null: without any mutant. */
  changed: ReadonlyMap<string, string> | null
  witnesses: readonly Witness[]
  workers: number
  env: Readonly<Record<string, string>>
}): Promise<Run> {
  const { changed, witnesses, workers, env } = options
  const folder = await mkdtemp(join(tmpdir(), 'holdfast-mutant-'))
  const report = join(folder, 'report.json')
  const names = witnesses.map(({ tests }) => escaped(tests)).join('|')
  try {
    const args = ['run', '--config=test/reliability/mutants/vitest.config.ts', '--reporter=json', `--outputFile=${report}`]
    const limits = [`--maxWorkers=${workers}`, `--testNamePattern=${names}`]
    const files = [...new Set(witnesses.map(({ file }) => file))]
    const mutated = join(folder, 'mutated.json')
    if (changed) await writeFile(mutated, JSON.stringify([...changed]))
    const limitMs = changed ? LIMIT_MS : LIMIT_OF_ALL_MS
    const ended = await vitest([...args, ...limits, ...files], changed ? { ...env, MUTATED: mutated } : env, limitMs)
    if (ended.isLate) return { results: [], trouble: `The tests did not end within ${limitMs / 1000} s.` }
    const written = await readFile(report, 'utf8').catch(() => null)
    if (written === null) return { results: [], trouble: ended.output.slice(-2000) || 'The tests wrote no report.' }
    return runOf(JSON.parse(written) as Report, ended)
  } finally {
    await rm(folder, { recursive: true, force: true })
  }
}

function runOf({ testResults }: Report, { code }: Ended): Run {
  const results = testResults.flatMap(({ name: path, assertionResults }) =>
    assertionResults.flatMap(({ status, fullName, failureMessages }) => {
      if (status !== 'passed' && status !== 'failed') return []
      const failure = failureMessages[0]?.split('\n').find((line) => line.trim() !== '') ?? ''
      return [{ file: relative(root, path), name: fullName, status, failure } as const]
    }),
  )
  const broken = testResults.find(
    ({ status, assertionResults }) => status === 'failed' && !assertionResults.some((result) => result.status === 'failed'),
  )
  const hasFailed = results.some(({ status }) => status === 'failed')
  const outside = code !== 0 && !hasFailed ? 'The tests failed outside of any test.' : null
  return { results, trouble: broken ? `${relative(root, broken.name)}: ${firstLine(broken.message)}` : outside }
}

interface Ended {
  readonly code: number
  readonly output: string
  readonly isLate: boolean
}

function vitest(args: readonly string[], env: Readonly<Record<string, string>>, limitMs: number): Promise<Ended> {
  // The child leads its own process group, so that its own children end with it.
  const child = spawn(process.execPath, [join(root, 'node_modules/vitest/vitest.mjs'), ...args], {
    cwd: root,
    env: { ...process.env, ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
    detached: true,
  })
  let output = ''
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (chunk: Buffer) => (output += chunk.toString()))
  let isLate = false
  const end = (): void => endGroup(child.pid)
  process.once('exit', end)
  const timer = setTimeout(() => {
    isLate = true
    end()
  }, limitMs)
  return new Promise((resolve, reject) => {
    child.on('error', reject)
    child.on('close', (code) => {
      clearTimeout(timer)
      process.off('exit', end)
      resolve({ code: code ?? 1, output, isLate })
    })
  })
}

function endGroup(pid: number | undefined): void {
  try {
    if (pid !== undefined) process.kill(-pid, 'SIGKILL')
  } catch {
    // The group has already ended.
  }
}

const firstLine = (text: string): string => text.split('\n')[0] ?? ''

/** Escapes a name for vitest's pattern. Reports join group and test by a space, and vitest matches names joined by ` > `. */
const escaped = (text: string): string => text.replace(/[.*+?^${}()|[\]\\]/g, String.raw`\$&`).replaceAll(' ', '(?: > | )')
