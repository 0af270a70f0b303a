import { inParallel } from '@holdfast/core/platform/in-parallel'
import { spawn } from 'node:child_process'
import { readdirSync } from 'node:fs'
import { availableParallelism } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'

/** Runs all checks and prints the output of those that fail. */
const root = fileURLToPath(new URL('..', import.meta.url))
const bin = (name: string): string => join(root, 'node_modules/.bin', name)

interface Check {
  readonly name: string
  readonly command: readonly string[]
  /** Inspects the output of a check with exit code 0. Returns the fault, or null. */
  readonly inspect?: (output: string) => string | null
}

const PACKAGES = ['cli', 'client', 'core', 'dashboard', 'functions', 'runner', 'infra', 'sandbox', 'test']

const CHECKS: readonly Check[] = [
  // One checker, because several infer the same types again, and the other checks use the other cores.
  { name: 'types', command: [bin('tsc'), '-p', '.', '--checkers', '1'] },
  // The page and its service worker know other globals than Node has.
  { name: 'types of the page', command: [bin('tsc'), '-p', 'dashboard/src', '--checkers', '1'] },
  { name: 'types of its worker', command: [bin('tsc'), '-p', 'dashboard/worker', '--checkers', '1'] },
  { name: 'lint', command: [bin('oxlint'), '--type-aware', ...PACKAGES] },
  { name: 'format', command: [bin('oxfmt'), '--check', ...PACKAGES] },
  {
    name: 'boundaries',
    command: [bin('depcruise'), '--config', '.dependency-cruiser.mjs', ...PACKAGES],
    // A dependency-cruiser that cannot read TypeScript finds no modules and no violations.
    inspect: (output) =>
      cruised(output) >= sourceFiles()
        ? null
        : `dependency-cruiser has read only ${cruised(output)} modules; there are ${sourceFiles()} source files.\n${output}`,
  },
  { name: 'client types', command: [join(root, 'test/run-client-types.ts'), '--check'] },
  { name: 'configuration docs', command: [join(root, 'test/run-configuration-docs.ts'), '--check'] },
  { name: 'dead code', command: [bin('knip')] },
]

/** The type check and the lint are Go programs: with rarer garbage collections they take a third less time, within this much memory each. */
const environment = { GOGC: '1600', GOMEMLIMIT: '3GiB', ...process.env }

const sourceFiles = (): number =>
  PACKAGES.flatMap((name) => readdirSync(join(root, name), { recursive: true, encoding: 'utf8' })).filter(
    (path) => /\.tsx?$/.test(path) && !path.includes('node_modules') && !/^(build|dist)\//.test(path),
  ).length

const cruised = (output: string): number => Number(/\((\d+) modules/.exec(output)?.[1] ?? 0)

async function run(check: Check): Promise<boolean> {
  const startedAt = performance.now()
  const { code, output } = await capture(check.command)
  const problem = code === 0 ? (check.inspect?.(output) ?? null) : output
  const seconds = ((performance.now() - startedAt) / 1000).toFixed(1)
  process.stdout.write(`${problem === null ? 'ok    ' : 'FAILED'} ${check.name} (${seconds} s)\n`)
  if (problem !== null) process.stdout.write(`${problem}\n`)
  return problem === null
}

function capture([command = '', ...args]: readonly string[]): Promise<{ code: number; output: string }> {
  return new Promise((resolve, reject) => {
    const child = spawn(process.execPath, [command, ...args], { cwd: root, env: environment, stdio: ['ignore', 'pipe', 'pipe'] })
    let output = ''
    for (const stream of [child.stdout, child.stderr]) stream.on('data', (chunk: Buffer) => (output += chunk.toString()))
    child.on('error', reject)
    child.on('close', (code) => resolve({ code: code ?? 1, output }))
  })
}

// The lint keeps all cores busy. Beside the others, which keep one each, it would take twice as long, and so would they.
const first = CHECKS.filter(({ name }) => name === 'lint')
const others = CHECKS.filter((check) => !first.includes(check))
const results: boolean[] = []
for (const check of first) results.push(await run(check))
await inParallel(availableParallelism(), others, async (check) => void results.push(await run(check)))
process.exitCode = results.every(Boolean) ? 0 : 1
