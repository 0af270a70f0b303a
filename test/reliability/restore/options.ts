import { readOptions, seedOption } from '../../support/command-options.ts'

export interface Options {
  readonly seeds: number
  /** The first one. */
  readonly seed: number
  /** Whether the sessions live in processes, under traffic. */
  readonly live: boolean
  /** Of a live drill. */
  readonly sessions: number
  readonly folder: string | undefined
  readonly json: boolean
  readonly help: boolean
}

export const HELP = `Lets sessions live, damages their journals and checkpoints at random by a seed, and sees what becomes of them.

  npm run prove -- restore [--seeds 200] [--seed 1] [--json]                        sessions in this process, one for each seed
  npm run prove -- restore --live [--seeds 10] [--sessions 20] [--seed 1] [--json]  all sessions of a fleet, once for each seed

Each session ends restored without a loss, or waits with the right reason and a true estimate of what would be lost. An operator then
approves the restore, or brings everything back. A case that ends otherwise is printed with its seed; --seeds 1 --seed N repeats it.
With --live the sessions are linked to the simulator and held by two runners, messages flow both ways all the time, and sessions are damaged
while their owner lives, or after it was killed, before another one takes them. The seed decides what is damaged, not when.

  --folder DIR   with --live: the folder for data and logs (a temporary folder)

Exit codes: 0 if all were right, 1 if one was not, 2 for a wrong option.
`

const MOST_SESSIONS = 99

/** @throws BadOption, with a message for the user of the command line. */
export function parseOptions(args: readonly string[]): Options {
  const seeds = args.includes('--live') ? 10 : 200
  return readOptions(args, {
    numbers: {
      seeds: { least: 1, most: 1_000_000, fallback: seeds },
      seed: seedOption(1),
      sessions: { least: 2, most: MOST_SESSIONS, fallback: 20 },
    },
    words: ['folder'],
    flags: ['live'],
  })
}
