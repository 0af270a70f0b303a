import type { SeededRandom } from '../../../../sandbox/network/seeded-random.ts'
import type { Options } from '../options.ts'
import type { World } from '../world.ts'
import { clientsOf } from '../../../support/clients-of-sandbox.ts'
import { keepQueueShort } from '../../soak/retention.ts'
import { Fleet } from './fleet.ts'
import { runFleetLoop } from './loop.ts'
import { doubleOwners, type Login } from './ownership.ts'
import { timesOf } from './times.ts'

const MESSAGES_PER_STRIKE = 5

/** The strikes at a fleet of runners, and the verdict on who owned which session. */
export function fleetStrikes(world: World, options: Options, random: SeededRandom) {
  const { minutes, kills, strikes: kinds } = options
  const eyes = world.fleet
  if (eyes === null) throw new Error('The strikes at a fleet need a world that watches it.')
  const fleet = new Fleet(world, eyes.watch, random)
  const counts: Record<string, number> = {}
  const retired = new Set<string>()
  const stopping = new AbortController()
  let running: Promise<void> = Promise.resolve()
  const limits = minutes > 0 ? { forMs: minutes * 60_000, strikes: null } : { forMs: null, strikes: kills }
  return {
    counts,
    leastMessages: minutes > 0 ? 0 : MESSAGES_PER_STRIKE * kills,
    retired,
    async run() {
      const google = clientsOf(world.sandbox.info)
      const retiring = retireUntil(stopping.signal, () => keepQueueShort(google.documents, retired, stopping.signal))
      running = runFleetLoop(fleet, { kinds, counts, ...limits, ...timesOf(options), signal: stopping.signal })
      try {
        await running
      } finally {
        stopping.abort()
        await retiring
        await google.close()
      }
    },
    async stop() {
      stopping.abort()
      await running
    },
    complaints: () => [],
    async verdict() {
      const findings = doubleOwners({
        journals: await eyes.journals.close(),
        logins: loginsOf(world),
        runnerOf: eyes.watch.runnerOf,
      })
      const { losses } = fleet
      return {
        findings,
        figures: {
          doubleOwned: findings.length,
          recoveryMs: losses.times('kill', 'zombie', 'without-firestore', 'without-both'),
          handoverMs: losses.times('scale-down', 'rolling'),
          times: losses.byKind,
        },
      }
    },
  }
}

/** Begins again after each failure, because the emulator refuses commits that wait too long. */
async function retireUntil(signal: AbortSignal, retire: () => Promise<void>): Promise<void> {
  while (!signal.aborted) await retire().catch(() => undefined)
}

/** The logins since the pairing, by session. A session is paired under its own name before anything happens to it. */
function loginsOf({ fleet, sessions }: World): Login[] {
  const names = new Map(sessions.map(({ name, phone }) => [phone, `default.${name}`]))
  return (fleet?.watch.logins ?? []).map(({ phone, client, at }) => ({ sessionId: names.get(phone) ?? phone, client, at }))
}
