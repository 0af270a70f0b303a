import { BadOption, readOptions, runCommand, seedOption, wholeNumber } from '../../support/command-options.ts'
import { fuzz } from './fuzz.ts'
import { TARGETS } from './targets.ts'

const HELP = `Mutates real records, checkpoints, documents, frames, messages and requests, and passes them to the product's own code. The
product may throw typed errors only, within limits of time and memory, and no process may end.

  npm run fuzz -- --seed 1 --seconds 60 [--only TARGET[,TARGET]] [--case INDEX] [--json]

A broken case is printed with its seed and index: --seed N --only TARGET --case INDEX makes the same input again.
Exit codes: 0 if no case is broken, 1 if one is, 2 for a wrong option.

Targets:
${TARGETS.map(({ name, promise }) => `  ${name.padEnd(14)} ${promise}`).join('\n')}
`

async function main(args: readonly string[]): Promise<number> {
  const { seed, seconds, ...values } = readOptions(args, {
    numbers: { seed: seedOption(1), seconds: { least: 1, most: 86_400, fallback: 60 } },
    words: ['only', 'case'],
  })
  if (values.help) {
    process.stdout.write(HELP)
    return 0
  }
  const only = values.only?.split(',') ?? []
  const unknown = only.find((name) => !TARGETS.some((target) => target.name === name))
  if (unknown !== undefined) throw new BadOption(`There is no target ${unknown}. --help lists them.`)
  const { cases, broken } = await fuzz({
    seed,
    seconds,
    only,
    index: values.case === undefined ? null : wholeNumber('case', values.case, { least: 0, most: Number.MAX_SAFE_INTEGER }),
    onBroken: ({ target, index, what }) =>
      process.stderr.write(`Broken by --seed ${seed} --only ${target} --case ${index}: ${what}\n`),
  })
  const total = Object.values(cases).reduce((sum, count) => sum + count, 0)
  if (values.json) process.stdout.write(`${JSON.stringify({ seed, total, cases, broken })}\n`)
  else {
    for (const [name, count] of Object.entries(cases)) process.stdout.write(`${name.padEnd(14)} ${count}\n`)
    process.stdout.write(`${total} cases, ${broken.length} broken (seed ${seed})\n`)
  }
  return broken.length === 0 && total > 0 ? 0 : 1
}

await runCommand(main)
