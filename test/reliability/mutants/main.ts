import { BadOption, readOptions, runCommand } from '../../support/command-options.ts'
import { startEmulator } from '../../support/firestore-emulator.ts'
import { inParallel } from '@holdfast/core/platform/in-parallel'
import { CATALOGUE } from './catalogue.ts'
import { problemsOfCatalogue } from './check-catalogue.ts'
import { failuresWithout, judge, type Judgement } from './judgement.ts'
import { INVARIANTS, type Mutant } from './mutant.ts'
import { runVitest } from './run-vitest.ts'
import { mutated, productSources } from './sources.ts'

const HELP = `Breaks each invariant on purpose and runs the tests that have to fail. The mutants exist in these test runs only.

  npm run mutants [-- --only NAME[,NAME] --one-each --at-once 2 --check --json]

--one-each runs the first mutant of each invariant, as CI does.
--check only checks that each mutant fits the source and that its witness test exists.

Exit codes: 0 if every mutant was caught by an expectation that holds without it, 1 if not, 2 for a wrong option.
`

const OPTIONS = {
  numbers: { 'at-once': { least: 1, most: 64, fallback: 2 } },
  words: ['only'],
  flags: ['one-each', 'check'],
} as const

type Chosen = Pick<ReturnType<typeof read>, 'only' | 'one-each'>

const read = (args: readonly string[]) => readOptions(args, OPTIONS)

type Judged = { readonly mutant: Mutant; readonly judgement: Judgement }

async function main(args: readonly string[]): Promise<number> {
  const values = read(args)
  if (values.help) {
    process.stdout.write(HELP)
    return 0
  }
  const mutants = chosen(values)
  // The check covers all mutants, including those that this run leaves out.
  const problems = await problemsOfCatalogue()
  if (problems.length > 0) {
    process.stderr.write(`${problems.join('\n')}\n`)
    return 1
  }
  if (values.check) return 0
  const startedAt = performance.now()
  // All runs share one emulator, because its start would take most of the time of such short tests.
  await using emulator = await startEmulator()
  const env = { SHARED_FIRESTORE: emulator.address }
  const atOnce = values['at-once']
  const plain = await runVitest({ changed: null, witnesses: mutants.map(({ noticedBy }) => noticedBy), workers: atOnce, env })
  const broken = failuresWithout(plain)
  if (broken.length > 0) {
    process.stderr.write(`Without any mutant:\n${broken.join('\n')}\n`)
    return 1
  }
  const judged: Judged[] = []
  const sources = await productSources()
  await inParallel(atOnce, mutants, async (mutant) => {
    const changed = mutated(sources, mutant)
    const run = await runVitest({ changed, witnesses: [mutant.noticedBy], workers: 1, env })
    const judgement = judge(plain.results, run)
    judged.push({ mutant, judgement })
    process.stderr.write(`${lineOf({ mutant, judgement })}\n`)
  })
  return report(judged, (performance.now() - startedAt) / 1000, values.json)
}

function chosen({ only, 'one-each': isOneEach }: Chosen): readonly Mutant[] {
  const names = only?.split(',')
  const unknown = names?.find((name) => !CATALOGUE.some((mutant) => mutant.name === name))
  if (unknown !== undefined) throw new BadOption(`There is no mutant ${unknown}.`)
  if (names) return CATALOGUE.filter(({ name }) => names.includes(name))
  if (!isOneEach) return CATALOGUE
  return INVARIANTS.flatMap((invariant) => CATALOGUE.find((mutant) => mutant.invariant === invariant) ?? [])
}

function report(judged: readonly Judged[], seconds: number, isJson: boolean): number {
  const inOrder = CATALOGUE.flatMap((mutant) => judged.filter((one) => one.mutant === mutant))
  const failed = inOrder.filter(({ judgement }) => 'problem' in judgement).length
  if (isJson) {
    const mutants = inOrder.map(({ mutant: { name, invariant, what }, judgement }) => ({ invariant, name, what, ...judgement }))
    process.stdout.write(`${JSON.stringify({ mutants, caught: judged.length - failed, failed, seconds: Math.round(seconds) })}\n`)
  } else {
    for (const one of inOrder) process.stdout.write(`${lineOf(one)}\n`)
    process.stdout.write(`${judged.length - failed} mutants caught, ${failed} not, in ${seconds.toFixed(0)} s\n`)
  }
  return failed === 0 && judged.length > 0 ? 0 : 1
}

function lineOf({ mutant, judgement }: Judged): string {
  const head = `${mutant.invariant.padEnd(6)} ${mutant.name}: ${mutant.what}`
  if ('problem' in judgement) return `${head}\n       NOT CAUGHT: ${judgement.problem}`
  const { file, test, failure } = judgement.caughtBy
  return `${head}\n       ${file} > ${test}\n       ${failure}`
}

await runCommand(main)
