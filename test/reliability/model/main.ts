import { runCommand } from '../../support/command-options.ts'
import { HELP, parseOptions, type Options } from './options.ts'
import { COUNTS, runSchedule } from './run.ts'

const PROGRESS_EVERY_MS = 5000

async function main(args: readonly string[]): Promise<number> {
  const options = parseOptions(args)
  if (options.help) {
    process.stdout.write(HELP)
    return 0
  }
  const { broken, ...sums } = await runSchedules(options)
  for (const { seed, what } of broken.slice(0, 10))
    process.stderr.write(`Broken by seed ${seed}: ${what.slice(0, 3).join('; ')}\n`)
  const result = { ...sums, broken: broken.length, seed: options.seed }
  if (options.json) process.stdout.write(`${JSON.stringify(result)}\n`)
  else for (const [name, value] of Object.entries(result)) process.stdout.write(`${name.padEnd(12)} ${value}\n`)
  return broken.length === 0 ? 0 : 1
}

async function runSchedules({ schedules, seed, steps }: Options) {
  const sums = { schedules: 0, claims: 0, records: 0, frames: 0, fenced: 0 }
  const broken: { seed: number; what: string[] }[] = []
  let printedAt = performance.now()
  for (let current = seed; current < seed + schedules; current++) {
    const verdict = await runSchedule({ seed: current, owners: 2 + (current % 2), steps })
    sums.schedules++
    for (const name of COUNTS) sums[name] += verdict[name]
    if (verdict.broken.length > 0) broken.push({ seed: current, what: verdict.broken })
    if (performance.now() - printedAt < PROGRESS_EVERY_MS) continue
    printedAt = performance.now()
    process.stderr.write(`${sums.schedules} of ${schedules} schedules, ${broken.length} broken\n`)
  }
  return { ...sums, broken }
}

await runCommand(main)
