import { type Clients, claimedAtMs } from './product.ts'
import { medianOf } from './statistics.ts'
import type { Chat } from './subject.ts'
import type { BenchWorld } from './world.ts'

/** The median recovery times of all sessions, in ms. */
export interface Recovery {
  readonly fromKillMs: number
  readonly fromClaimMs: number
}

/** Measures the time from `kill -9`, and from the first claim after it, until the last session has worked through its backlog. */
export async function measureRecovery(
  world: BenchWorld,
  clients: Clients,
  chats: readonly Chat[],
  rounds: number,
): Promise<Recovery> {
  const fromKill: number[] = []
  const fromClaim: number[] = []
  for (let round = 0; round < rounds; round++) {
    const active = world.allActive(chats.map(({ phone }) => phone))
    const killedAt = Date.now()
    world.sandbox.runner('runner-1').kill('SIGKILL')
    const lastAt = await active
    fromKill.push(lastAt - killedAt)
    fromClaim.push(lastAt - (await claimedAtMs(clients, chats)))
  }
  return { fromKillMs: Math.round(medianOf(fromKill)), fromClaimMs: Math.round(medianOf(fromClaim)) }
}

/** Measures the same for clients that only lost their sockets and still have their state in memory. */
export async function measureReconnection(world: BenchWorld, chats: readonly Chat[], rounds: number): Promise<number> {
  const times: number[] = []
  for (let round = 0; round < rounds; round++) {
    const active = world.allActive(chats.map(({ phone }) => phone))
    const droppedAt = Date.now()
    await Promise.all(chats.map(({ phone }) => world.simulator.orderFault({ kind: 'drop', account: phone })))
    times.push((await active) - droppedAt)
  }
  return Math.round(medianOf(times))
}
