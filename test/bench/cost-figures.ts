import { setTimeout as pause } from 'node:timers/promises'
import { clientsOf } from '../support/clients-of-sandbox.ts'
import { linkAll } from './compare.ts'
import { rounded } from './costs.ts'
import { type Bytes, measureFootprint, measureKept } from './footprint.ts'
import { HoldfastSubject } from './holdfast-subject.ts'
import { measureEmpty, measureOperations } from './operations.ts'
import { measureQueueCosts } from './queue-costs.ts'
import type { Chat } from './subject.ts'
import { measureSweep } from './sweep-costs.ts'
import { oneRound } from './throughput.ts'
import { BenchWorld } from './world.ts'

const IDLE_MS = 120_000
const EMPTY_MS = 30_000
const MESSAGES = 10
/** The wait until the work after a login is over. */
const QUIET_MS = 5000

/** Measures what costs money: operations, traffic, logs, and the size of what is kept. */
export async function measureCosts(chats: readonly Chat[], say: (text: string) => void) {
  await using world = await BenchWorld.start()
  const clients = clientsOf(world.sandbox.info)
  say('A runner without sessions ...')
  const empty = await measureEmpty(clients, EMPTY_MS)
  const subject = new HoldfastSubject(world, clients.documents)
  say(`Linking ${chats.length} sessions ...`)
  await linkAll(world, subject, chats)
  // The first message of a chat also creates its Signal session, which is not part of the measurement.
  await oneRound(world, subject, { chats, messages: 1 })
  await pause(QUIET_MS)
  const counted = { chats, online: chats.length, messages: MESSAGES, idleMs: IDLE_MS, empty }
  say('Traffic and logs ...')
  const footprint = await measureFootprint(world, counted)
  const kept = await measureKept(clients, chats)
  say('Operations ...')
  const operations = await measureOperations(world, clients, counted)
  say('The queue (this takes more than a minute) ...')
  const queue = await measureQueueCosts(world, clients, { chats, idle: operations.idle })
  return {
    operations: {
      perSent: rounded(operations.perSent),
      perReceived: rounded(operations.perReceived),
      perIdleSessionHour: rounded(operations.perIdleSessionHour),
      perIdleRunnerHour: rounded(operations.perIdleRunnerHour),
      perRetried: rounded(queue.perRetried),
      perScheduled: rounded(queue.perScheduled),
      perCanceled: rounded(queue.perCanceled),
    },
    bytes: {
      perSent: whole(footprint.perSent),
      perReceived: whole(footprint.perReceived),
      perIdleSessionHour: whole(footprint.perIdleSessionHour),
    },
    sweep: await measureSweep(),
    kept,
  }
}

const whole = ({ egress, log }: Bytes): Bytes => ({ egress: Math.round(egress), log: Math.round(log) })
