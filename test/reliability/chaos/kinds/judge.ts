import type { SimulatorState } from '../../../support/simulator-client.ts'
import type { Delivered } from '../../../support/webhook-receiver.ts'
import type { KindsChat, KindsSession, Ours, Theirs, ToldChange } from './chat.ts'

/** A message as the API lists it. */
export interface Listed {
  readonly id: string
  readonly body: string
  readonly fromMe: boolean
  readonly ack?: number
  readonly revokedAt?: number
  readonly reactions?: readonly { from: string; text: string }[]
  readonly media?: { url: string | null } | null
}

/** What everybody has at the end. */
export interface Evidence {
  readonly session: KindsSession
  readonly changes: readonly ToldChange[]
  readonly contacts: SimulatorState['contacts']
  readonly listed: ReadonlyMap<KindsChat, readonly Listed[]>
  readonly deliveries: readonly Delivered[]
}

const bareOf = (id: string): string => id.split('_')[2] ?? ''

/** The id of what an event tells, as the API names it: of the message itself, or of the change. Empty in one about neither. */
function idIn(payload: Readonly<Record<string, unknown>>): string {
  const { id, after, vote } = payload as { id?: unknown; after?: { id?: unknown }; vote?: { id?: unknown } }
  const one = after?.id ?? vote?.id ?? id
  return typeof one === 'string' ? one : ''
}

/** The id at WhatsApp of what a payload tells. */
const bareIn = (payload: Readonly<Record<string, unknown>>): string => bareOf(idIn(payload))

/** Returns a sentence for everything that is lost, doubled, altered, out of order, or at the wrong place. Pure. */
export function judgeKinds(evidence: Evidence): string[] {
  return [...atContacts(evidence), ...inLists(evidence), ...atReceiver(evidence)]
}

type Received = SimulatorState['contacts'][number]['received'][number]

/** Each member of a chat has each message once, in order, and sees of it what was sent. */
function atContacts({ session, contacts }: Evidence): string[] {
  const findings: string[] = []
  for (const { chatId, group, members, ours } of session.chats) {
    for (const { phone, received } of contacts.filter((contact) => members.includes(contact.phone))) {
      const here = received.filter((one) => one.from === session.phone && one.group === group)
      const at = `(${session.name}, ${chatId}, ${phone})`
      findings.push(...presence(ours, here, at), ...order(ours, here, at))
      for (const one of here) findings.push(...faultsOf(ours, one, at))
    }
  }
  return findings
}

function presence(ours: readonly Ours[], here: readonly Received[], at: string): string[] {
  const there = new Set(here.map(({ id }) => id))
  const sent = new Set(ours.map(({ id }) => id))
  return [
    ...ours.filter(({ id }) => !there.has(id)).map(({ id, kind }) => `lost: ${kind} ${id} did not arrive ${at}`),
    ...here.filter(({ id }) => !sent.has(id)).map(({ id }) => `doubled: ${id} arrived, and nobody sent it ${at}`),
  ]
}

function order(ours: readonly Ours[], here: readonly Received[], at: string): string[] {
  const places = new Map(here.map(({ id }, place) => [id, place]))
  const arrived = ours.filter(({ id }) => places.has(id))
  return arrived.flatMap(({ id }, index) => {
    const next = arrived[index + 1]
    return next && (places.get(next.id) ?? 0) < (places.get(id) ?? 0) ? [`reordered: ${next.id} arrived before ${id} ${at}`] : []
  })
}

function faultsOf(ours: readonly Ours[], { id, content, file }: Received, at: string): string[] {
  const sent = ours.find((one) => one.id === id)
  if (!sent) return []
  const differs = Object.entries(sent.seen).filter(([name, value]) => !isSeen(content[name], value))
  return [
    ...differs.map(([name]) => `altered: ${sent.kind} ${id} arrived with another ${name} ${at}`),
    ...(sent.file && file?.sha256 !== sent.file.sha256 ? [`altered: the file of ${id} has other bytes ${at}`] : []),
  ]
}

/** Whether what is seen has at least these fields. */
function isSeen(seen: unknown, wanted: unknown): boolean {
  if (typeof wanted !== 'object' || wanted === null) return seen === wanted
  if (typeof seen !== 'object' || seen === null) return false
  return Object.entries(wanted).every(([name, value]) => isSeen((seen as Record<string, unknown>)[name], value))
}

/** The list of each chat has each message of both sides once, as it is after all changes. */
function inLists({ session, listed }: Evidence): string[] {
  return session.chats.flatMap((chat) => {
    const rows = Map.groupBy(listed.get(chat) ?? [], ({ id }) => bareOf(id))
    const at = `in the list of ${chat.chatId} (${session.name})`
    const messages = [...chat.ours, ...chat.theirs].filter(({ isMessage }) => isMessage)
    const known = new Set(messages.map(({ id }) => id))
    return [
      ...[...rows.keys()].filter((id) => !known.has(id)).map((id) => `doubled: ${id} is ${at}, and nobody sent it`),
      ...messages.flatMap((message) => faultsOfRows(message, rows.get(message.id) ?? []).map((fault) => `${fault} ${at}`)),
    ]
  })
}

function faultsOfRows(message: Ours | Theirs, rows: readonly Listed[]): string[] {
  const { id, kind, body, isRevoked, serialized } = message
  const [row, ...others] = rows
  if (!row) return [`lost: ${kind} ${id} is not`]
  const isTheirs = 'contact' in message
  return [
    ...(others.length > 0 ? [`doubled: ${kind} ${id} is ${rows.length} times`] : []),
    ...(isTheirs && row.id !== serialized ? [`altered: ${kind} ${id} has the id ${row.id}`] : []),
    ...(row.fromMe === isTheirs ? [`altered: ${kind} ${id} has the wrong side`] : []),
    ...(isRevoked && row.revokedAt === undefined ? [`lost: the deletion of ${kind} ${id} is not`] : []),
    ...(!isRevoked && body !== null && row.body !== body ? [`altered: ${kind} ${id} has another text`] : []),
    ...(!isRevoked && reactionsOf(message) !== shownReactions(row) ? [`altered: ${kind} ${id} has other reactions`] : []),
    ...(!isTheirs && (row.ack ?? 0) < 1 ? [`altered: ${kind} ${id} has the ack ${row.ack}`] : []),
  ]
}

const reactionsOf = ({ reactions }: Ours | Theirs): string =>
  [...reactions]
    .filter(([, text]) => text !== '')
    .map(([from, text]) => `${from} ${text}`)
    .toSorted()
    .join()

const shownReactions = ({ reactions = [] }: Listed): string =>
  reactions
    .map(({ from, text }) => `${from} ${text}`)
    .toSorted()
    .join()

/** The receiver was told of everything, each thing under one id with the same bytes, in order, and of nothing else. */
function atReceiver({ session, changes, deliveries }: Evidence): string[] {
  const at = `at the receiver of ${session.name}`
  const events = taken(deliveries)
  return [
    ...bytesOf(deliveries, at),
    ...idsOf(events, at),
    ...foreign(session, deliveries, at),
    ...untold(session, changes, events).map((what) => `lost: ${what} is not ${at}`),
    ...session.chats.flatMap((chat) => orderOf(chat, events, at)),
  ]
}

/** What was taken, each event at its first time. */
function taken(deliveries: readonly Delivered[]): Delivered[] {
  const seen = new Set<string>()
  return deliveries.filter(({ answered, event }) => {
    if (typeof answered !== 'number' || answered >= 300 || seen.has(event.id)) return false
    seen.add(event.id)
    return true
  })
}

function bytesOf(deliveries: readonly Delivered[], at: string): string[] {
  const bodies = new Map<string, Set<string>>()
  for (const { event, body } of deliveries) bodies.set(event.id, (bodies.get(event.id) ?? new Set()).add(body))
  return [...bodies].filter(([, versions]) => versions.size > 1).map(([id]) => `altered: event ${id} has other bytes again ${at}`)
}

/** The events that tell of one thing each. */
const ONCE = new Set(['message', 'message.any', 'message.reaction', 'message.edited', 'message.revoked', 'poll.vote'])

function idsOf(events: readonly Delivered[], at: string): string[] {
  const things = Map.groupBy(
    events.filter(({ event }) => ONCE.has(event.event)),
    ({ event: { event, payload } }) => `${event} ${idIn(payload)}`,
  )
  return [...things].filter(([, all]) => all.length > 1).map(([thing, all]) => `doubled: ${thing} has ${all.length} events ${at}`)
}

function foreign({ name, phone }: KindsSession, deliveries: readonly Delivered[], at: string): string[] {
  return deliveries
    .filter(({ event }) => event.session !== name || (event['me'] as { id?: string } | null)?.id !== `${phone}@c.us`)
    .map(({ event }) => `foreign: event ${event.id} of ${event.session} is ${at}`)
}

const EVENT_OF_ALL = 'message.any'

function untold({ chats }: KindsSession, changes: readonly ToldChange[], events: readonly Delivered[]): string[] {
  const told = new Set(events.map(({ event: { event, payload } }) => `${event} ${bareIn(payload)}`))
  const changed = new Set(events.map(({ event: { event, payload } }) => `${event} ${bareIn(payload)} of ${aboutOf(payload)}`))
  const messages = chats.flatMap(({ ours, theirs }) => [...ours, ...theirs]).filter(({ isMessage }) => isMessage)
  const theirs = chats.flatMap((chat) => chat.theirs)
  return [
    ...messages.map(({ id }) => `${EVENT_OF_ALL} ${id}`).filter((one) => !told.has(one)),
    ...theirs.map(({ id }) => `message ${id}`).filter((one) => !told.has(one)),
    ...changes.map(({ event, id, about }) => `${event} ${id} of ${about}`).filter((one) => !changed.has(one)),
  ]
}

/** The message that an event of a change is about. */
function aboutOf(payload: Readonly<Record<string, unknown>>): string {
  const { reaction, poll, editedMessageId, revokedMessageId } = payload as {
    reaction?: { messageId: string }
    poll?: { id: string }
    editedMessageId?: string
    revokedMessageId?: string
  }
  const id = reaction?.messageId ?? poll?.id
  return id === undefined ? (editedMessageId ?? revokedMessageId ?? '') : bareOf(id)
}

/** Events come in the order in which the messages of a chat were said, but for those that are marked. */
function orderOf({ theirs }: KindsChat, events: readonly Delivered[], at: string): string[] {
  const inOrder = events.filter(({ event, headers }) => event.event === 'message' && !headers['x-holdfast-out-of-order'])
  const places = new Map(inOrder.map(({ event }, place) => [bareIn(event.payload), place]))
  const told = theirs.filter(({ id }) => places.has(id))
  return told.flatMap(({ id }, index) => {
    const next = told[index + 1]
    return next && (places.get(next.id) ?? 0) < (places.get(id) ?? 0) ? [`reordered: ${next.id} was told before ${id} ${at}`] : []
  })
}
