import { readFile } from 'node:fs/promises'
import { afterEach, expect, test, vi } from 'vitest'
import { runProgram } from './support/run-program.ts'

const prove = (...args: string[]) => runProgram(new URL('run-proofs.ts', import.meta.url), args, 60_000)

afterEach(() => {
  vi.restoreAllMocks()
})

/** Runs a proof with one option in this process, because each process of its own would load the same modules for two seconds. */
async function proveHere(name: string, option: '--help' | '--no-such-option') {
  const written = { stdout: '', stderr: '' }
  for (const stream of ['stdout', 'stderr'] as const)
    vi.spyOn(process[stream], 'write').mockImplementation((text) => Boolean((written[stream] += String(text))))
  vi.spyOn(process, 'exit').mockImplementation(() => undefined as never)
  const { argv, exitCode } = process
  process.argv = [...argv.slice(0, 2), option]
  try {
    // The query makes the entry run again for each option.
    const entry = new URL(`reliability/${name}/main.ts?${option}`, import.meta.url)
    await import(entry.href)
    return { code: process.exitCode, ...written }
  } finally {
    process.argv = argv
    process.exitCode = exitCode
    vi.restoreAllMocks()
  }
}

const NAMES = [
  'chaos',
  'fail-over',
  'soak',
  'crashpoints',
  'model',
  'queue-model',
  'restore',
  'mutants',
  'fuzz',
  'skew',
  'image',
  'trial',
  'outages',
  'deploy',
  'long',
]
/** Proofs that have a command of their own. One called `deploy` would be taken for a deployment. */
const WITH_COMMAND = NAMES.filter(
  (name) => !['deploy', 'fail-over', 'image', 'long', 'outages', 'trial', 'queue-model', 'restore', 'skew'].includes(name),
)

test('prove lists the proofs', async () => {
  const { code, stdout } = await prove('--help')
  expect(code).toBe(0)
  for (const name of NAMES) expect(stdout).toContain(`  ${name} `)
})

test.each(WITH_COMMAND)('npm run %s is the same as npm run prove -- with that name, and both print their help', async (name) => {
  const { scripts } = JSON.parse(await readFile(new URL('../package.json', import.meta.url), 'utf8')) as {
    scripts: Record<string, string>
  }
  expect(scripts[name]).toBe(`${scripts['prove']} ${name}`)
  const { code, stdout } = await proveHere(name, '--help')
  expect(code).toBe(0)
  expect(stdout).toContain(`npm run ${name}`)
})

test.each(NAMES)('%s refuses an unknown option and names --help', async (name) => {
  const { code, stdout, stderr } = await proveHere(name, '--no-such-option')
  expect({ code, stdout }).toEqual({ code: 2, stdout: '' })
  expect(stderr).toContain('--help')
})

test('prove passes the options to the proof, and ends with its code', async () => {
  const { code, stdout, stderr } = await prove('model', '--no-such-option')
  expect({ code, stdout }).toEqual({ code: 2, stdout: '' })
  expect(stderr).toContain('--help')
})

test('an unknown proof is refused with a list of the known ones', async () => {
  const { code, stderr } = await prove('luck')
  expect(code).toBe(2)
  expect(stderr).toContain(NAMES.join(', '))
})
