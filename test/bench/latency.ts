import { setTimeout as pause } from 'node:timers/promises'
import { percentiles, type Percentiles } from './statistics.ts'
import type { Chat } from './subject.ts'
import type { BenchWorld } from './world.ts'

/** The time between two messages, long enough that none waits for the one before. */
const PACE_MS = 100

/** Measures the time from the request to the API until the ack of WhatsApp's server, in ms. */
export async function measureLatency(world: BenchWorld, { name, phone, contact }: Chat, count: number): Promise<Percentiles> {
  const ackedAt = new Map<string, number>()
  const { promise: allAcked, resolve } = Promise.withResolvers<void>()
  const stop = world.events.on(({ type, phone: of, id, at }) => {
    // An ack may come before the API has answered with the message's id.
    if (type !== 'acked' || of !== phone || id === undefined || ackedAt.has(id)) return
    ackedAt.set(id, at)
    if (ackedAt.size >= count) resolve()
  })
  const accepted: Promise<{ messageId: string; from: number }>[] = []
  for (let index = 0; index < count; index++) {
    const from = Date.now()
    const text = { session: name, chatId: `${contact}@c.us`, text: `Message ${index}` }
    const answer = world.api.sendText({ ...text, idempotencyKey: `latency-${name}-${index}` })
    accepted.push(answer.then(({ messageId }) => ({ messageId, from })))
    await pause(PACE_MS)
  }
  const sent = await Promise.all(accepted)
  await allAcked
  stop()
  return percentiles(sent.map(({ messageId, from }) => (ackedAt.get(messageId) ?? Number.NaN) - from))
}
