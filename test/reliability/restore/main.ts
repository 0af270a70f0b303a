import { runCommand } from '../../support/command-options.ts'
import { isRight, runDrills } from './drills.ts'
import { HELP, parseOptions } from './options.ts'

const PROGRESS_EVERY_MS = 5000

async function main(args: readonly string[]): Promise<number> {
  const { help, json, seeds, seed } = parseOptions(args)
  if (help) {
    process.stdout.write(HELP)
    return 0
  }
  process.stderr.write(`Seeds ${seed} to ${seed + seeds - 1}.\n`)
  let [printedAt, ended] = [performance.now(), 0]
  const figures = await runDrills({ seeds, seed }, (drilled) => {
    ended++
    if (!isRight(drilled)) process.stderr.write(`${JSON.stringify(drilled)}\n`)
    if (performance.now() - printedAt < PROGRESS_EVERY_MS) return
    printedAt = performance.now()
    process.stderr.write(`${ended} of ${seeds} cases ended.\n`)
  })
  if (json) process.stdout.write(`${JSON.stringify(figures)}\n`)
  else for (const [name, value] of Object.entries(figures)) process.stdout.write(`${name.padEnd(14)} ${value}\n`)
  const { wrong, undecryptable, newIdentity, deleted } = figures
  return wrong + undecryptable + newIdentity + deleted === 0 ? 0 : 1
}

await runCommand(main)
