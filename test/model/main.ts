import { parseArgs } from 'node:util'
import { runSchedule } from './run.ts'

const HELP = `Two and three owners of one session under schedules that a seed chooses, on the product's own journal, claim, gate,
checkpoints and trimming, checked against the model in test/model/run.ts.

  npm run model -- --schedules 5000 --seed 1 [--steps 400] [--json]

Ends with 0 if nothing was broken, else 1; each broken schedule is told with its seed.
`

const { values } = parseArgs({
  options: {
    schedules: { type: 'string', default: '5000' },
    seed: { type: 'string', default: '1' },
    steps: { type: 'string', default: '400' },
    json: { type: 'boolean', default: false },
    help: { type: 'boolean', default: false },
  },
})

const PROGRESS_EVERY_MS = 5000

async function main(): Promise<number> {
  if (values.help) {
    process.stdout.write(HELP)
    return 0
  }
  const [schedules, seed, steps] = [Number(values.schedules), Number(values.seed), Number(values.steps)]
  const sum = { schedules: 0, claims: 0, records: 0, frames: 0, fenced: 0 }
  const broken: { seed: number; what: string[] }[] = []
  let toldAt = performance.now()
  for (let current = seed; current < seed + schedules; current++) {
    const verdict = await runSchedule({ seed: current, owners: 2 + (current % 2), steps })
    sum.schedules++
    for (const name of ['claims', 'records', 'frames', 'fenced'] as const) sum[name] += verdict[name]
    if (verdict.broken.length > 0) broken.push({ seed: current, what: verdict.broken })
    if (performance.now() - toldAt < PROGRESS_EVERY_MS) continue
    toldAt = performance.now()
    process.stderr.write(`${sum.schedules} of ${schedules} schedules, ${broken.length} broken\n`)
  }
  for (const { seed: at, what } of broken.slice(0, 10))
    process.stderr.write(`Broken by seed ${at}: ${what.slice(0, 3).join('; ')}\n`)
  const result = { ...sum, broken: broken.length, seed }
  if (values.json) process.stdout.write(`${JSON.stringify(result)}\n`)
  else for (const [name, value] of Object.entries(result)) process.stdout.write(`${name.padEnd(12)} ${value}\n`)
  return broken.length === 0 ? 0 : 1
}

process.exitCode = await main()
