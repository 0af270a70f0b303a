import { createWriteStream } from 'node:fs'
import { join } from 'node:path'
import { startSandbox } from '../../../sandbox/sandbox.ts'
import { endOfSignals } from '../../../sandbox/demo/signals.ts'
import { runChaos, type Chaos } from './chaos.ts'
import { runCommand } from '../../support/command-options.ts'
import { HELP, parseOptions, type Options } from './options.ts'
import { sandboxOf } from './sandbox-of.ts'
import { createWorld, type World } from './world.ts'
import { tell } from '../../support/tell.ts'

/** Runs `npm run chaos`. Resolves with the exit code when the sandbox has stopped. */
async function main(args: readonly string[]): Promise<number> {
  const options = parseOptions(args)
  if (options.help) {
    process.stdout.write(HELP)
    return 0
  }
  tell(`Seed ${options.seed}.`)
  const interrupted = endOfSignals()
  await using sandbox = await startSandbox({
    ...sandboxOf(options),
    // Tests share their emulator with the runs that they start.
    firestore: process.env['SHARED_FIRESTORE'],
    ...(options.folder === undefined ? {} : { folder: options.folder }),
  })
  const chaos = async (): Promise<number> => {
    const world = await createWorld(sandbox, options, tell)
    if (options.folder !== undefined) keepEvents(world, options.folder)
    const { held, result } = await runChaos(world, options)
    report(result, held, options)
    return held ? 0 : 1
  }
  return await Promise.race([interrupted, chaos()])
}

/** Writes the simulator's events to a file beside the logs, so that a failed run can be read from both. */
function keepEvents({ events }: World, folder: string): void {
  const file = createWriteStream(join(folder, 'logs', 'events.ndjson'))
  events.on((event) => file.write(`${JSON.stringify(event)}\n`))
}

function report(result: Chaos['result'], held: boolean, { json }: Options): void {
  if (json) return void process.stdout.write(`${JSON.stringify(result)}\n`)
  for (const [name, value] of Object.entries(result)) process.stdout.write(`${name.padEnd(16)} ${format(value)}\n`)
  process.stdout.write(held ? 'It held.\n' : 'It did NOT hold.\n')
}

/** Formats nested figures on one line. */
const format = (value: unknown): string =>
  typeof value === 'object' && value
    ? Object.entries(value)
        .map(([name, inner]) => `${name} ${format(inner)}`)
        .join(' ')
    : String(value)

await runCommand(main)
// The loser of the race may still be running.
process.exit()
