import { setTimeout as pause } from 'node:timers/promises'
import { inParallel } from '@holdfast/core/platform/in-parallel'
import { deliveryPath, WEBHOOK_DELIVERIES } from '@holdfast/core/session/webhook-delivery-document'
import { clientsOf } from '../support/clients-of-sandbox.ts'
import { linkSession } from '../support/linked-session.ts'
import { WebhookReceiver } from '../support/webhook-receiver.ts'
import { cpuByProgram, type Program } from './machine.ts'
import type { Clients } from './product.ts'
import { measureWebhookOperations, type WebhookOperations } from './webhook-operations.ts'
import { percentiles, round, spansBetween, type Percentiles } from './statistics.ts'
import { BenchWorld } from './world.ts'

const SESSIONS = 20
/** Each is a lane, whose events go out one after the other. */
const CONTACTS_OF_SESSION = 5
const SECONDS = 10
const AT_ONCE = 8
const SETTLE_LIMIT_MS = 60_000
const HEAR_LIMIT_MS = 20_000
const HEAR_ROUNDS = 30
const LOOK_EVERY_MS = 50
/** The most changes in one commit of Firestore. */
const CHANGES = 500
const EVENTS = ['message']

interface Session {
  readonly name: string
  readonly phone: string
  readonly contacts: readonly string[]
}

interface Stage {
  readonly world: BenchWorld
  readonly clients: Clients
  readonly receiver: WebhookReceiver
  readonly sessions: readonly Session[]
}

interface Told {
  /** CPU time of each program of the sandbox for one event, from the first message to the last event, in ms. */
  readonly cpuMsPerEvent: Readonly<Record<Program, number>>
  /** Messages in a second that the contacts sent, and events in a second from the first message to the last event. */
  readonly offeredPerSecond: number
  readonly deliveredPerSecond: number
  /** From the moment when WhatsApp's server hands the message over until the end point has the event, in ms. */
  readonly fromReceiptMs: Percentiles
  /** The same from the commit of the message and its event. */
  readonly fromCommitMs: Percentiles
  /** Events that did not come in time; and those that came again. */
  readonly missing: number
  readonly repeated: number
}

interface Webhooks {
  readonly perSecond: number
  readonly endPoints: Readonly<Record<number, Told>>
  readonly perDelivery: WebhookOperations
}

/** Measures the way of messages to one end point of a tenant, and to one of each of 20 sessions. */
export async function measureWebhooks(perSecond: number): Promise<Webhooks> {
  await using world = await BenchWorld.start()
  await using receiver = await WebhookReceiver.start()
  const sessions = Array.from({ length: SESSIONS }, (_, index) => sessionOf(index))
  const stage: Stage = { world, receiver, sessions, clients: clientsOf(world.sandbox.info) }
  await inParallel(AT_ONCE, sessions, (session) => link(world, session))

  await ask(world, 'PATCH', '/api/tenants/default', [webhook(receiver.url('all'))])
  await untilHeard(stage, () => 'all')
  const one = await tell(stage, perSecond)

  await ask(world, 'PATCH', '/api/tenants/default', [])
  for (const { name } of sessions) await ask(world, 'PUT', `/api/sessions/${name}`, [webhook(receiver.url(name))])
  await untilHeard(stage, ({ name }) => name)
  const several = await tell(stage, perSecond)
  const perDelivery = await measureWebhookOperations(stage.clients, receiver)
  return { perSecond, endPoints: { 1: one, [SESSIONS]: several }, perDelivery }
}

const webhook = (url: string) => ({ url, events: EVENTS })

function sessionOf(index: number): Session {
  const number = String(index).padStart(2, '0')
  const contacts = Array.from({ length: CONTACTS_OF_SESSION }, (_, contact) => `55118080${number}${contact}11`)
  return { name: `told-${index}`, phone: `551190800${number}11`, contacts }
}

async function link({ api, simulator }: BenchWorld, { name, phone, contacts }: Session): Promise<void> {
  await linkSession(api, simulator, { name, phone })
  for (const contact of contacts) await simulator.createContact(contact, `Contact ${contact}`)
}

async function ask({ sandbox }: BenchWorld, method: string, path: string, webhooks: readonly object[]): Promise<void> {
  const answer = await sandbox.api(path, { method, json: { config: { webhooks } } })
  if (!answer.ok) throw new Error(`${method} ${path}: ${answer.status} ${await answer.text()}`)
}

/** Says something in every chat until each event comes to its path, and to no other: owners hear of a change a moment later. */
async function untilHeard({ world, receiver, sessions }: Stage, pathOf: (session: Session) => string): Promise<void> {
  let last = ''
  for (let round = 0; round < HEAR_ROUNDS; round++) {
    const wanted = new Map<string, string>()
    for (const session of sessions) {
      for (const contact of session.contacts) {
        wanted.set(await world.simulator.sendAsContact(contact, session.phone, 'Hello'), pathOf(session))
      }
    }
    const deadline = performance.now() + HEAR_LIMIT_MS
    for (;;) {
      const heard = receiver.requests.filter(({ event }) => wanted.has(messageIn(event)))
      const came = new Set(heard.map(({ event }) => event.id)).size
      const astray = heard.filter(({ at, event }) => wanted.get(messageIn(event)) !== at).length
      if (came >= wanted.size && astray === 0) return
      last = `of ${wanted.size} events ${came} came, ${astray} of them to another end point`
      if (performance.now() > deadline) break
      await pause(LOOK_EVERY_MS)
    }
  }
  throw new Error(`The owners did not hear of their webhooks: ${last}.`)
}

/** The id at WhatsApp of the message that an event tells. */
const messageIn = ({ payload }: { readonly payload: Readonly<Record<string, unknown>> }): string =>
  String(payload['id']).split('_')[2] ?? ''

async function tell(stage: Stage, perSecond: number): Promise<Told> {
  const { world, receiver, clients } = stage
  await forgetDeliveries(clients)
  const handedOver = new Map<string, number>()
  const stop = world.events.on(({ type, id, at }) => void (type === 'delivered' && id !== undefined && handedOver.set(id, at)))
  const arrivals = watchArrivals(stage)
  const before = await cpuByProgram()
  const startedAt = Date.now()
  const ids = await sayEvenly(stage, perSecond)
  const saidMs = Date.now() - startedAt
  const deadline = performance.now() + SETTLE_LIMIT_MS
  const missing = (): number => ids.filter((id) => !arrivals.at.has(id)).length
  while (missing() > 0 && performance.now() < deadline) await pause(LOOK_EVERY_MS)
  stop()
  const after = await cpuByProgram()
  const committed = await commitTimes(clients, arrivals.events)
  const arrived = new Map(ids.flatMap((id) => (arrivals.at.has(id) ? [[id, arrivals.at.get(id) ?? 0] as const] : [])))
  receiver.requests.length = 0
  const programs = Object.keys(after) as Program[]
  return {
    cpuMsPerEvent: Object.fromEntries(
      programs.map((program) => [program, round((after[program] - before[program]) / ids.length, 2)]),
    ) as Record<Program, number>,
    offeredPerSecond: round((ids.length * 1000) / saidMs),
    deliveredPerSecond: round((arrived.size * 1000) / (Math.max(...arrived.values()) - startedAt)),
    fromReceiptMs: percentiles(spansBetween(handedOver, arrived)),
    fromCommitMs: percentiles(spansBetween(committed, arrived)),
    missing: missing(),
    repeated: arrivals.repeated(),
  }
}

interface Arrivals {
  /** The time of the first arrival, by the message's id at WhatsApp. */
  readonly at: ReadonlyMap<string, number>
  /** The message of each event. */
  readonly events: ReadonlyMap<string, string>
  readonly repeated: () => number
}

function watchArrivals({ receiver, sessions }: Stage): Arrivals {
  const at = new Map<string, number>()
  const events = new Map<string, string>()
  let repeated = 0
  for (const path of ['all', ...sessions.map(({ name }) => name)]) {
    receiver.answer(path, ({ event }) => {
      const id = messageIn(event)
      if (at.has(id)) repeated++
      else at.set(id, Date.now())
      events.set(event.id, id)
      return 200
    })
  }
  return { at, events, repeated: () => repeated }
}

/** Each chat has its turn. Returns the ids of the messages. */
async function sayEvenly({ world, sessions }: Stage, perSecond: number): Promise<string[]> {
  const chats = sessions.flatMap(({ phone, contacts }) => contacts.map((contact) => ({ phone, contact })))
  const said: Promise<string>[] = []
  const startedAt = performance.now()
  for (let index = 0; index < perSecond * SECONDS; index++) {
    const earlyMs = startedAt + (index * 1000) / perSecond - performance.now()
    if (earlyMs > 0) await pause(earlyMs)
    // Neighbours are of different sessions.
    const chat = chats[(index * CONTACTS_OF_SESSION + Math.floor(index / SESSIONS)) % chats.length]
    if (chat) said.push(world.simulator.sendAsContact(chat.contact, chat.phone, `Event ${index}`))
  }
  return Promise.all(said)
}

/** The times at which the deliveries of these events were committed, by Firestore's clock, which is this machine's. */
async function commitTimes({ documents }: Clients, events: ReadonlyMap<string, string>): Promise<Map<string, number>> {
  const found = await documents.query({ collection: WEBHOOK_DELIVERIES })
  return new Map(
    found.flatMap(({ fields, createdAtMicros }) => {
      const message = events.get(String(fields['eventId']))
      return message === undefined ? [] : [[message, createdAtMicros / 1000] as const]
    }),
  )
}

/** Firestore removes them after days. Its emulator scans all of them for each look at a lane. */
async function forgetDeliveries({ documents }: Clients): Promise<void> {
  const ids = (await documents.query({ collection: WEBHOOK_DELIVERIES })).map(({ id }) => id)
  for (let start = 0; start < ids.length; start += CHANGES) {
    await documents.commit(ids.slice(start, start + CHANGES).map((id) => ({ kind: 'delete', path: deliveryPath(id) })))
  }
}
