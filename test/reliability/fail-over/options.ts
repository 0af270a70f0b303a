import { readOptions } from '../../support/command-options.ts'

export interface Options {
  sessions: number
  json: boolean
  help: boolean
  folder: string | undefined
}

export const HELP = `Measures how long sessions are away when their runner goes, without other trouble.

  npm run prove -- fail-over

  alone     the only runner dies; messages are sent both ways; the time from the start of the next runner until all sessions are open (30 s),
            and until all these messages have arrived (60 s)
  leave     a runner with 40 sessions gets SIGTERM: the time of each session without a connection (3 s at p95), and until it has left (8 s)
  fast      one of four runners dies, with heartbeats of a second: the time until its sessions are WORKING elsewhere (5 s at p95)
  default   the same with default heartbeats (20 s at p95)

  --sessions N   sessions, of which 40 take part in \`leave\` (50)
  --folder DIR   folder for data and logs (a temporary folder)
  --json         prints the figures as JSON, as the last output on stdout

The dead runners do not come back by themselves. The limits are those of a machine without other work.
Exit codes: 0 if all times are within their limits, 1 if not, 2 for a wrong option.
`

/** @throws BadOption, with a message for the user of the command line. */
export const parseOptions = (args: readonly string[]): Options =>
  readOptions(args, { numbers: { sessions: { least: 4, most: 50, fallback: 50 } }, words: ['folder'] })
