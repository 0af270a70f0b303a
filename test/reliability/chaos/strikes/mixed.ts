import { setTimeout as pause } from 'node:timers/promises'
import type { Backends } from '../../../../sandbox/environment.ts'
import type { SeededRandom } from '../../../../sandbox/network/seeded-random.ts'
import type { ChaosSession, World } from '../world.ts'
import { killOnce, runnerOf, untilOpen, type KillCounts, type Victims } from './kill.ts'
import { drawStrike, type MixedStrike, type Part } from './mixed-plan.ts'

export interface MixedCounts extends KillCounts {
  /** Deaths of each part. */
  killed: Record<Part, number>
  /** Times without each service. */
  away: Record<keyof Backends, number>
}

export const noStrikes = (): MixedCounts => ({
  kills: 0,
  inFlightKills: 0,
  killed: { runner: 0, functions: 0, tasks: 0, storage: 0 },
  away: { firestore: 0, storage: 0, tasks: 0 },
})

interface MixedLoop {
  strikes: number
  random: SeededRandom
  counts: MixedCounts
}

/** Kills random processes and takes random services away, one strike after the other. Resolves when all sessions are open again. */
export async function runMixedLoop(world: World, { strikes, random, counts }: MixedLoop): Promise<void> {
  for (let number = 1; number <= strikes; number++) {
    const strike = drawStrike(random)
    const told =
      strike.what === 'away'
        ? await takeAway(world, strike, counts)
        : await killOnce(world, { random, counts, choose: (session) => victimsOf(world, session, strike.parts, counts) })
    world.tell(`strike ${number}/${strikes}: ${told}`)
  }
  await untilOpen(world)
}

/** Selects the processes of a strike. Only the death of its runner costs a session its connection. */
async function victimsOf(world: World, session: ChaosSession, parts: readonly Part[], { killed }: MixedCounts): Promise<Victims> {
  const { sandbox } = world
  const runner = parts.includes('runner') ? await runnerOf(world, session) : null
  const others = parts.filter((part) => part !== 'runner')
  return {
    name: parts.join(', '),
    sessions: runner?.sessions ?? [],
    kill() {
      runner?.kill()
      if (runner) killed.runner++
      for (const part of others) {
        // A process that died a moment ago may not have restarted yet.
        if (sandbox[part] === null || sandbox[part].pid === null) continue
        sandbox[part].kill('SIGKILL')
        killed[part]++
      }
    },
  }
}

async function takeAway(
  { sandbox }: World,
  { service, mode, ms }: Extract<MixedStrike, { what: 'away' }>,
  { away }: MixedCounts,
): Promise<string> {
  if (!sandbox.proxies) throw new Error('Outages need a sandbox with proxies.')
  const proxy = sandbox.proxies[service]
  away[service]++
  await proxy.change(mode)
  try {
    await pause(ms)
  } finally {
    await proxy.change({ how: 'pass' })
  }
  return `${service} away (${mode.how}) for ${ms} ms.`
}
