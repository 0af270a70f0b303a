import { readFile } from 'node:fs/promises'
import { expect, test } from 'vitest'
import { runProgram } from './support/run-program.ts'

const prove = (...args: string[]) => runProgram(new URL('run-proofs.ts', import.meta.url), args, 60_000)

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
  const { code, stdout } = await prove(name, '--help')
  expect(code).toBe(0)
  expect(stdout).toContain(`npm run ${name}`)
})

test.each(NAMES)('%s refuses an unknown option and names --help', async (name) => {
  const { code, stdout, stderr } = await prove(name, '--no-such-option')
  expect({ code, stdout }).toEqual({ code: 2, stdout: '' })
  expect(stderr).toContain('--help')
})

test('an unknown proof is refused with a list of the known ones', async () => {
  const { code, stderr } = await prove('luck')
  expect(code).toBe(2)
  expect(stderr).toContain(NAMES.join(', '))
})
