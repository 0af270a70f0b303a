import { percentiles, type Percentiles } from './statistics.ts'
import type { Chat } from './subject.ts'
import type { BenchWorld } from './world.ts'

/** The numbers of clients that ask at the same time. */
const CLIENTS = [1, 10, 50] as const

/**
 * Measures the time from a request to send a message to its 201, in ms, by the number of clients. Each client asks again as soon as it
 * has its answer. The sessions are stopped, so that no runner sends the messages meanwhile. Returns the number of accepted messages.
 */
export async function measureAcceptance(world: BenchWorld, chats: readonly Chat[], requests: number) {
  const byClients: Record<string, Pick<Percentiles, 'p50' | 'p99'>> = {}
  let accepted = 0
  for (const clients of CLIENTS) {
    const { p50, p99 } = percentiles(await acceptAll(world, chats, { clients, requests, from: accepted }))
    byClients[clients] = { p50, p99 }
    accepted += requests
  }
  return { byClients, accepted }
}

interface Load {
  readonly clients: number
  readonly requests: number
  /** The number of the first request, which makes the keys unique. */
  readonly from: number
}

async function acceptAll(world: BenchWorld, chats: readonly Chat[], { clients, requests, from }: Load): Promise<number[]> {
  const times: number[] = []
  let next = 0
  const client = async (): Promise<void> => {
    while (next < requests) {
      const number = from + next++
      const { name, contact } = chats[number % chats.length]!
      const message = { session: name, chatId: `${contact}@c.us`, text: `Message ${number}` }
      const askedAt = performance.now()
      await world.api.sendText({ ...message, idempotencyKey: `acceptance-${number}` })
      times.push(performance.now() - askedAt)
    }
  }
  await Promise.all(Array.from({ length: clients }, client))
  return times
}
