import { BadOption, oneOf, readOptions, seedOption } from '../../support/command-options.ts'
import { COMBINATIONS, nameOf, type OutageCase, WAYS, wayOf } from './cases.ts'

export interface Options {
  cases: readonly OutageCase[]
  sessions: number
  /** The real time of the ten minutes of each outage, once it was noticed. */
  seconds: number
  seed: number
  json: boolean
  help: boolean
}

export const HELP = `Takes the network, WhatsApp, Firestore, Cloud Storage and Cloud Tasks away for ten minutes, each and in pairs, while messages flow.

  npm run prove -- outages                                   all ${COMBINATIONS.length} combinations
  npm run prove -- outages --only network,whatsapp+tasks     some of them

  --only A,B+C   combinations: ${COMBINATIONS.map(nameOf).join(', ')}
  --how H        refuse, hang (half-open), errors (WhatsApp lets nobody in), or each in turn (turn)
  --seconds N    real time of the ten minutes (10). The wall clock of all parts moves, timers and Firestore's times do not.
  --sessions N   sessions on two runners (6)
  --seed N       repeats the traffic of an earlier run (random; printed at the start)
  --json         prints the figures as JSON, as the last output on stdout

Each outage passes if no session took a destructive step or spent an attempt, the fleet came to the right verdict and back, all sessions
came back by themselves without a scan, and no message was lost or doubled.
Exit codes: 0 if all of it held, 1 if not, 2 for a wrong option.
`

/** @throws BadOption, with a message for the user of the command line. */
export function parseOptions(args: readonly string[]): Options {
  const { only, how, ...values } = readOptions(args, {
    numbers: {
      seconds: { least: 2, most: 600, fallback: 10 },
      sessions: { least: 1, most: 50, fallback: 6 },
      seed: seedOption('random'),
    },
    words: ['only', 'how'],
  })
  const names = COMBINATIONS.map(nameOf)
  const chosen = only === undefined ? names : only.split(',').map((name) => oneOf('only', name.trim(), names))
  const way = how === undefined || how === 'turn' ? null : oneOf('how', how, WAYS, ['turn'])
  const cases = chosen.map((name): OutageCase => {
    const index = names.indexOf(name)
    const services = COMBINATIONS[index] ?? []
    return { services, how: way ?? wayOf(services, index) }
  })
  const odd = cases.find(({ services, how: its }) => its === 'errors' && !services.includes('whatsapp'))
  if (odd) throw new BadOption(`--how errors is a way of WhatsApp, which ${nameOf(odd.services)} does not take away.`)
  return { ...values, cases }
}
