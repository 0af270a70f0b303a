import { setTimeout as pause } from 'node:timers/promises'
import { inParallel } from '@holdfast/core/platform/in-parallel'
import type { Options } from './options.ts'
import { residentMb } from './process-usage.ts'
import { round } from './statistics.ts'
import type { Chat, Lag, Subject } from './subject.ts'
import { measureThroughput, type Throughput } from './throughput.ts'
import type { BenchWorld } from './world.ts'

export interface Comparison {
  readonly one: Throughput
  readonly many: Throughput
  /** Resident memory of the process per session, less the memory of the process without sessions. */
  readonly rssPerSessionMb: { readonly idle: number; readonly afterTraffic: number }
  /** The lateness of the process's timers during the message flow, from its first login to its last message. */
  readonly eventLoopMs: Lag | null
}

/** The most messages of the single session. Up to this limit it gets as many as all sessions together. */
const MOST_OF_ONE = 200
const LINKED_AT_ONCE = 4
/** The wait until the work after a login is over. */
const QUIET_MS = 3000

/** Links the chats and takes the measurements that all subjects have in common. */
export async function compare(
  world: BenchWorld,
  subject: Subject,
  chats: readonly Chat[],
  { messages, rounds }: Options,
  say: (text: string) => void,
): Promise<Comparison> {
  const emptyMb = await residentMb(subject.pid())
  say(`${subject.name}: linking ${chats.length} sessions ...`)
  await linkAll(world, subject, chats)
  await pause(QUIET_MS)
  const idleMb = await residentMb(subject.pid())
  say(`${subject.name}: one session ...`)
  const [first] = chats
  if (!first) throw new Error('There is no session to measure.')
  // The first message of a chat also creates its Signal session, which is not part of the measurement.
  await measureThroughput(world, subject, { chats, messages: 1, rounds: 1 })
  const ofOne = Math.min(MOST_OF_ONE, messages * chats.length)
  // This call resets the lag, so that the time before does not count.
  await subject.takeLag?.()
  const one = await measureThroughput(world, subject, { chats: [first], messages: ofOne, rounds })
  say(`${subject.name}: ${chats.length} sessions ...`)
  const many = await measureThroughput(world, subject, { chats, messages, rounds })
  const eventLoopMs = (await subject.takeLag?.()) ?? null
  await pause(QUIET_MS)
  const usedMb = await residentMb(subject.pid())
  const each = (mb: number) => round((mb - emptyMb) / chats.length, 2)
  return { one, many, rssPerSessionMb: { idle: each(idleMb), afterTraffic: each(usedMb) }, eventLoopMs }
}

export async function linkAll(world: BenchWorld, subject: Subject, chats: readonly Chat[]): Promise<void> {
  await inParallel(LINKED_AT_ONCE, chats, async (chat) => {
    await world.simulator.createContact(chat.contact, `Contact of ${chat.name}`)
    await subject.link(chat)
  })
}
