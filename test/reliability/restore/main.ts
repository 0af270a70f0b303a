import { runCommand } from '../../support/command-options.ts'
import { type Figures, isRight, runDrills } from './drills.ts'
import { runLiveDrills } from './live/drills.ts'
import { HELP, type Options, parseOptions } from './options.ts'
import type { Drilled } from './run.ts'

const PROGRESS_EVERY_MS = 5000

async function main(args: readonly string[]): Promise<number> {
  const options = parseOptions(args)
  if (options.help) {
    process.stdout.write(HELP)
    return 0
  }
  const { json, seeds, seed } = options
  process.stderr.write(`Seeds ${seed} to ${seed + seeds - 1}.\n`)
  const figures = await runAll(options)
  if (json) process.stdout.write(`${JSON.stringify(figures)}\n`)
  else for (const [name, value] of Object.entries(figures)) process.stdout.write(`${name.padEnd(14)} ${value}\n`)
  const { wrong, undecryptable, newIdentity, deleted } = figures
  return wrong + undecryptable + newIdentity + deleted === 0 ? 0 : 1
}

async function runAll(options: Options): Promise<Figures> {
  const { live, seeds, sessions } = options
  const cases = live ? seeds * sessions : seeds
  let [printedAt, ended] = [performance.now(), 0]
  const onEnd = (drilled: Drilled): void => {
    ended++
    if (!isRight(drilled)) process.stderr.write(`${JSON.stringify(drilled)}\n`)
    if (performance.now() - printedAt < PROGRESS_EVERY_MS) return
    printedAt = performance.now()
    process.stderr.write(`${ended} of ${cases} cases ended.\n`)
  }
  return live ? runLiveDrills(options, onEnd) : runDrills(options, onEnd)
}

await runCommand(main)
