import type { HoldfastSubject } from './holdfast-subject.ts'
import { cpuMs } from './process-usage.ts'
import { round } from './statistics.ts'
import type { Chat } from './subject.ts'
import type { BenchWorld } from './world.ts'

/** The API takes so many messages in one request. */
const BULK = 1000

export interface Drain {
  readonly messages: number
  readonly sessions: number
  readonly perSecond: number
  readonly cpuMsPerMessage: number
}

/**
 * Measures how fast stopped sessions drain their queues once they are connected, without pacing: the span from the first ack to the
 * last. The messages go to many contacts, a few to each. `queued` of them wait already.
 */
export async function measureDrain(
  world: BenchWorld,
  subject: HoldfastSubject,
  { chats, messages, queued }: { readonly chats: readonly Chat[]; readonly messages: number; readonly queued: number },
): Promise<Drain> {
  for (let from = queued; from < messages; from += BULK) {
    const bulk = Array.from({ length: Math.min(BULK, messages - from) }, (_, index) => {
      const { name, contact } = chats[(from + index) % chats.length]!
      return { session: name, chatId: `${contact}@c.us`, text: `Message ${from + index}` }
    })
    await world.api.sendBulk(bulk, `drain-${from}`)
  }
  const acked = world.span(
    'acked',
    chats.map(({ phone }) => phone),
    messages,
  )
  const before = await cpuMs(subject.pid())
  await subject.connect(chats)
  const spanMs = await acked
  const used = (await cpuMs(subject.pid())) - before
  const perSecond = Math.round(messages / (spanMs / 1000))
  return { messages, sessions: chats.length, perSecond, cpuMsPerMessage: round(used / messages) }
}
