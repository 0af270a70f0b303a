import { parseOptions as parseChaos, type Options as ChaosOptions } from '../../chaos/options.ts'
import { BadOption, readOptions, seedOption } from '../../../support/command-options.ts'
import type { RealStores } from '../../../../sandbox/real-stores.ts'

export const HELP = `Runs in a container beside a deployment, on a database and a bucket that were made for this run. Writes its result into
the bucket, as trial/chaos.json or trial/latency.json, and as the last line of its output.

  chaos      the product with the simulator of WhatsApp; kills runners while messages flow both ways, and compares both sides
  latency    how long a commit takes, and how late a listener hears of it

  --project P --database D --bucket B    where the stores are
  --kills N      kills (20)
  --sessions N   sessions, each with a phone and two contacts (4)
  --runners N    runners (2)
  --seed N       repeats the strikes of an earlier run (random)

Exit codes: 0 if there is a result, whatever it says, 1 if not, 2 for a wrong option.
`

export interface Options {
  readonly what: 'chaos' | 'latency'
  readonly stores: RealStores
  readonly chaos: ChaosOptions
}

/** @throws BadOption, with a message for the user of the command line. */
export function parseOptions([what, ...args]: readonly string[]): Options | 'help' {
  const { project, database, bucket, help, kills, sessions, runners, seed } = readOptions(args, {
    words: ['project', 'database', 'bucket'],
    numbers: {
      kills: { least: 1, most: 1000, fallback: 20 },
      sessions: { least: 1, most: 20, fallback: 4 },
      runners: { least: 1, most: 10, fallback: 2 },
      seed: seedOption('random'),
    },
  })
  if (help || what === '--help') return 'help'
  if (what !== 'chaos' && what !== 'latency') throw new BadOption('The first word is `chaos` or `latency`.')
  if (project === undefined || database === undefined || bucket === undefined)
    throw new BadOption('--project, --database and --bucket are needed.')
  const numbers = Object.entries({ kills, sessions, runners, seed }).flatMap(([name, value]) => [`--${name}`, String(value)])
  return { what, stores: { project, database, bucket }, chaos: parseChaos(['--what', 'kill', ...numbers]) }
}
