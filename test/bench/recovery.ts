import { type Clients, claimedAtMs } from './product.ts'
import { medianOf } from './statistics.ts'
import type { Chat } from './subject.ts'
import type { BenchWorld } from './world.ts'

/** Of all these sessions, in ms: medians. */
export interface Recovery {
  readonly fromKillMs: number
  readonly fromClaimMs: number
}

/** From `kill -9`, and from the first claim after it, to the last session being logged in and through its backlog. */
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

/** What the same takes clients that have everything in memory, and only lost their sockets. */
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
