import type { SeededRandom } from '../../../../sandbox/network/seeded-random.ts'
import type { Options } from '../options.ts'
import type { World } from '../world.ts'
import { fleetStrikes } from '../fleet/fleet-strikes.ts'
import { everythingOf } from './everything.ts'
import { runKillLoop, runnerOf } from './kill.ts'
import { noStrikes, runMixedLoop } from './mixed.ts'
import { planOutages } from './outage-plan.ts'
import { runOutageLoop } from './outage.ts'
import { runPauseLoop } from './pause.ts'

/** One kind of strike that a run repeats. */
export interface Strikes {
  /** The strikes so far; part of the result. */
  readonly counts: Readonly<Record<string, unknown>>
  /** The messages in each direction that a run needs before it counts. */
  readonly leastMessages: number
  /** Rejects when the strikes cannot continue. */
  run(): Promise<void>
  /** Returns the faults of the strikes themselves and the findings made during them. */
  complaints(): string[]
  /** Ends strikes that go on after the run was broken off. */
  stop?(): Promise<void>
  /** The ids of jobs that were sent and have been deleted since. */
  readonly retired?: ReadonlySet<string>
  /** Returns further figures at the end of the run, with a sentence for each fault behind them. */
  verdict?(): Promise<{ figures: Readonly<Record<string, unknown>>; findings: string[] }>
}

const MESSAGES_PER_STRIKE = 10

export function makeStrikes(world: World, options: Options, random: SeededRandom): Strikes {
  switch (options.what) {
    case 'kill':
    case 'everything':
      return killStrikes(world, options, random)
    case 'mixed':
      return mixedStrikes(world, options, random)
    case 'pause':
      return pauseStrikes(world, options, random)
    case 'outage':
      return outageStrikes(world, options, random)
    case 'fleet':
      return fleetStrikes(world, options, random)
  }
}

function killStrikes(world: World, { what, kills }: Options, random: SeededRandom): Strikes {
  const counts = { kills: 0, inFlightKills: 0 }
  const choose: Parameters<typeof runKillLoop>[1]['choose'] =
    what === 'everything' ? async () => everythingOf(world) : async (session) => runnerOf(world, session)
  return {
    counts,
    leastMessages: MESSAGES_PER_STRIKE * kills,
    run: () => runKillLoop(world, { kills, random, counts, choose }),
    complaints: () =>
      counts.inFlightKills * 2 < kills
        ? [`only ${counts.inFlightKills} of ${kills} kills struck while a message was in flight`]
        : [],
  }
}

function mixedStrikes(world: World, { kills: strikes }: Options, random: SeededRandom): Strikes {
  const counts = noStrikes()
  return {
    counts: counts as unknown as Strikes['counts'],
    leastMessages: MESSAGES_PER_STRIKE * strikes,
    run: () => runMixedLoop(world, { strikes, random, counts }),
    complaints: () => [],
  }
}

function pauseStrikes(world: World, { pauses }: Options, random: SeededRandom): Strikes {
  const counts = { pauses: 0, loginsAfterWake: 0 }
  return {
    counts,
    leastMessages: MESSAGES_PER_STRIKE * pauses,
    run: () => runPauseLoop(world, pauses, random, counts),
    complaints: () => (counts.loginsAfterWake > 0 ? [`${counts.loginsAfterWake} logins after the old owner woke`] : []),
  }
}

function outageStrikes(world: World, { store, how, seconds }: Options, random: SeededRandom): Strikes {
  const outages = planOutages({ store, how, seconds }, random)
  const counts = { outages: 0, kills: 0, health: { asked: 0, said: {}, unanswered: 0 } }
  const findings: string[] = []
  return {
    counts,
    leastMessages: 0,
    run: () => runOutageLoop(world, { outages, seconds, random, counts, findings }),
    complaints: () => findings,
  }
}
