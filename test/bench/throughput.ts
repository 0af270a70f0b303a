import { cpuMs } from './process-usage.ts'
import { medianOf, round } from './statistics.ts'
import type { Chat, Subject } from './subject.ts'
import type { BenchWorld } from './world.ts'

export interface Throughput {
  /** Messages per second, the median of the rounds. */
  readonly sentPerSecond: number
  readonly receivedPerSecond: number
  /** CPU time of the process with the sockets, in ms. */
  readonly cpuMsPerSent: number
  readonly cpuMsPerReceived: number
}

interface Load {
  readonly chats: readonly Chat[]
  /** The messages in each chat and direction. */
  readonly messages: number
  readonly rounds: number
}

interface Drained {
  readonly perSecond: number
  readonly cpuMs: number
}

/** Measures the speed through two backlogs of offline sessions: messages to send in the store, received ones at the server. */
export async function measureThroughput(world: BenchWorld, subject: Subject, load: Load): Promise<Throughput> {
  const sent: Drained[] = []
  const received: Drained[] = []
  for (let round = 0; round < load.rounds; round++) {
    sent.push(await drain(world, subject, load, 'acked'))
    received.push(await drain(world, subject, load, 'receipt'))
  }
  const total = load.chats.length * load.messages
  return {
    sentPerSecond: Math.round(medianOf(sent.map(({ perSecond }) => perSecond))),
    receivedPerSecond: Math.round(medianOf(received.map(({ perSecond }) => perSecond))),
    cpuMsPerSent: round(medianOf(sent.map(({ cpuMs: each }) => each)) / total),
    cpuMsPerReceived: round(medianOf(received.map(({ cpuMs: each }) => each)) / total),
  }
}

/** Measures the time from the first to the last ack of the server or receipt of the client. The CPU time includes the logins. */
async function drain(
  world: BenchWorld,
  subject: Subject,
  { chats, messages }: Load,
  sign: 'acked' | 'receipt',
): Promise<Drained> {
  await subject.disconnect(chats)
  const phones = chats.map(({ phone }) => phone)
  const total = chats.length * messages
  if (sign === 'acked') {
    const texts = Array.from({ length: messages }, (_, index) => `A message to send, number ${index}`)
    await Promise.all(chats.map((chat) => subject.queue(chat, texts)))
  } else {
    const put = (chat: Chat) => world.simulator.sendManyAsContact(chat.contact, chat.phone, 'A message that waits {n}', messages)
    await Promise.all(chats.map(put))
  }
  const span = world.span(sign, phones, total)
  const active = world.allActive(phones)
  const before = await cpuMs(subject.pid())
  await subject.connect(chats)
  const spanMs = await span
  const used = (await cpuMs(subject.pid())) - before
  await active
  return { perSecond: total / (spanMs / 1000), cpuMs: used }
}
