import { setTimeout as pause } from 'node:timers/promises'
import { percentiles } from './statistics.ts'
import type { Chat } from './subject.ts'
import type { World } from './world.ts'

/** Between two messages: slow enough for none to wait for the one before. */
const PACE_MS = 100

/** From the request to the API to the ack of WhatsApp's server, in ms. */
export async function measureLatency(world: World, { name, phone, contact }: Chat, count: number) {
  const acked = new Map<string, (at: number) => void>()
  const stop = world.events.on(({ type, phone: of, id, at }) => {
    if (type === 'acked' && of === phone && id !== undefined) acked.get(id)?.(at)
  })
  const times: Promise<number>[] = []
  for (let index = 0; index < count; index++) {
    const from = Date.now()
    const accepted = world.api.sendText({
      session: name,
      chatId: `${contact}@c.us`,
      text: `Message ${index}`,
      idempotencyKey: `latency-${name}-${index}`,
    })
    times.push(ackOf(acked, accepted).then((at) => at - from))
    await pause(PACE_MS)
  }
  const measured = await Promise.all(times)
  stop()
  return percentiles(measured)
}

/** An ack may come before the API has answered. */
async function ackOf(acked: Map<string, (at: number) => void>, accepted: Promise<{ messageId: string }>): Promise<number> {
  const { messageId } = await accepted
  return new Promise((resolve) => acked.set(messageId, resolve))
}
