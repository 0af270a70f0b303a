import { parseArgs } from 'node:util'
import { fuzz } from './fuzz.ts'
import { TARGETS } from './targets.ts'

const HELP = `Changes real records, checkpoints, documents, frames, messages and requests, and hands them to the product's own code:
typed errors only, bounded time and memory, no process ends.

  npm run fuzz -- --seed 1 --seconds 60 [--only TARGET[,TARGET]] [--case INDEX] [--json]

What is broken is told with its seed and its case: --seed N --only TARGET --case INDEX makes the same input again.
Ends with 0 if nothing is broken, else 1.

Targets:
${TARGETS.map(({ name, promise }) => `  ${name.padEnd(14)} ${promise}`).join('\n')}
`

const { values } = parseArgs({
  options: {
    seed: { type: 'string', default: '1' },
    seconds: { type: 'string', default: '60' },
    only: { type: 'string' },
    case: { type: 'string' },
    json: { type: 'boolean', default: false },
    help: { type: 'boolean', default: false },
  },
})

async function main(): Promise<number> {
  if (values.help) {
    process.stdout.write(HELP)
    return 0
  }
  const only = values.only?.split(',') ?? []
  const unknown = only.find((name) => !TARGETS.some((target) => target.name === name))
  if (unknown !== undefined) throw new Error(`There is no target ${unknown}.`)
  const seed = Number(values.seed)
  const { cases, broken } = await fuzz({
    seed,
    seconds: Number(values.seconds),
    only,
    index: values.case === undefined ? null : Number(values.case),
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

process.exitCode = await main()
