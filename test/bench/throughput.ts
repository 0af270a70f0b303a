import { cpuMs } from './process-usage.ts'
import { round, type Spread, spreadOf } from './statistics.ts'
import type { Chat, Subject } from './subject.ts'
import type { BenchWorld } from './world.ts'

/** What came of the rounds: CPU time first, because wall time also depends on what else the machine does. */
export interface Throughput {
  /** CPU time of the process with the sockets, in ms. */
  readonly cpuMsPerSent: Spread
  readonly cpuMsPerReceived: Spread
  readonly sentPerSecond: Spread
  readonly receivedPerSecond: Spread
}

interface Load {
  readonly chats: readonly Chat[]
  /** The messages in each chat and direction. */
  readonly messages: number
}

interface Drained {
  readonly perSecond: number
  readonly cpuMsEach: number
}

interface Round {
  readonly sent: Drained
  readonly received: Drained
}

/** One of those that are compared, with its own sessions. */
export interface Contestant {
  readonly subject: Subject
  readonly chats: readonly Chat[]
}

/**
 * Measures the speed of each contestant through two backlogs of its offline sessions: messages to send in the store, received ones at the
 * server. In each round all have their turn, and another one begins, so that what changes on the machine meanwhile is not one's alone.
 */
export async function measureInTurns<Name extends string>(
  world: BenchWorld,
  contestants: Readonly<Record<Name, Contestant>>,
  { messages, rounds }: { readonly messages: number; readonly rounds: number },
): Promise<Record<Name, Throughput>> {
  const names = Object.keys(contestants) as Name[]
  const done = Object.fromEntries(names.map((name) => [name, []])) as unknown as Record<Name, Round[]>
  for (let number = 0; number < rounds; number++) {
    for (let turn = 0; turn < names.length; turn++) {
      const name = names[(number + turn) % names.length]!
      const { subject, chats } = contestants[name]
      done[name].push(await oneRound(world, subject, { chats, messages }))
    }
  }
  return Object.fromEntries(names.map((name) => [name, summary(done[name])])) as Record<Name, Throughput>
}

export const oneRound = async (world: BenchWorld, subject: Subject, load: Load): Promise<Round> => ({
  sent: await drain(world, subject, load, 'acked'),
  received: await drain(world, subject, load, 'receipt'),
})

const summary = (done: readonly Round[]): Throughput => ({
  cpuMsPerSent: spreadOf(
    done.map(({ sent }) => sent.cpuMsEach),
    2,
  ),
  cpuMsPerReceived: spreadOf(
    done.map(({ received }) => received.cpuMsEach),
    2,
  ),
  sentPerSecond: spreadOf(
    done.map(({ sent }) => sent.perSecond),
    0,
  ),
  receivedPerSecond: spreadOf(
    done.map(({ received }) => received.perSecond),
    0,
  ),
})

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
  return { perSecond: round(total / (spanMs / 1000)), cpuMsEach: used / total }
}
