import type { ReceivedMessage } from '@holdfast/client/types'
import type { SimulatorState } from './simulator-client.ts'

/** A message that the API has accepted for sending with 201. */
export interface Accepted {
  jobId: string
  messageId: string
  session: string
  contact: string
  text: string
  /** When its request began and was answered, ms. Absent where nobody asks for the order. */
  askedAt?: number
  acceptedAt?: number
}

/** A message of a contact, with the id that the simulator gave it. */
export interface Issued {
  id: string
  session: string
  contact: string
  text: string
}

/** All messages that the API accepted and the simulator issued. Every text is unique. */
export interface Ledger {
  accepted: Accepted[]
  issued: Issued[]
}

/** The final state of the simulator and the final listings of the API. */
export interface Outcome {
  state: SimulatorState
  /** The stored messages by session. */
  stored: ReadonlyMap<string, readonly ReceivedMessage[]>
}

export interface Figures {
  /** Messages that the API accepted and the contact has. */
  sent: number
  /** Messages that the simulator issued and the API lists. */
  received: number
  /** Accepted messages that the contact lacks, issued messages that the API does not list, and messages with another text. */
  lost: number
  /** Additional ids of one job at a contact, and additional rows of one received message. */
  duplicated: number
  /** Messages that a recipient could not decrypt. Contacts that lost their own sessions request again and do not count. */
  undecryptable: number
  violations: number
  /** The highest number of registrations of an account. */
  registrations: number
  /** Additional copies on the wire under the same id. A contact shows them as one message. */
  resent: number
}

interface Row {
  id: string | null
  text: string | null
  place: string
}

/** Compares the ledger with the outcome. Pure. Each finding names the message behind a figure by its id. */
export function computeFigures(ledger: Ledger, { state, stored }: Outcome): { figures: Figures; findings: string[] } {
  const findings: string[] = []
  const atContacts = state.contacts.flatMap(({ phone, received }) => received.map(({ id, text }) => ({ id, text, place: phone })))
  const inListings = [...stored].flatMap(([session, rows]) => rows.map(({ id, body }) => ({ id, text: body, place: session })))
  const outgoing = ledger.accepted.map(({ messageId, contact, text }) => ({ id: messageId, text, place: contact }))
  const incoming = ledger.issued.map(({ id, session, text }) => ({ id, text, place: session }))

  const sent = countArrived(outgoing, atContacts, 'accepted by the API', findings)
  const received = countArrived(incoming, inListings, 'issued by the simulator', findings)
  const readable = inListings.filter(({ text }) => text !== null)
  const duplicated = countTwice(atContacts, 'a contact', findings) + countTwice(readable, 'the listing', findings)
  for (const [what, all] of Map.groupBy(state.violations, ({ kind, detail }) => `${kind}: ${detail}`)) {
    findings.push(`violation ${what}${all.length > 1 ? ` (${all.length} times)` : ''}`)
  }
  const undecryptable = Math.max(
    sum(state.contacts.map((contact) => contact.undecryptable - contact.lostByItself)),
    // Violations include the contacts' messages, which the sum above counts too, and those of the account's own phone.
    state.violations.filter(({ kind }) => kind === 'undecryptable').length,
  )
  const figures = {
    sent,
    received,
    lost: outgoing.length - sent + (incoming.length - received),
    duplicated,
    undecryptable,
    violations: state.violations.length,
    registrations: Math.max(0, ...state.accounts.map(({ registrations }) => registrations)),
    resent: sum(state.contacts.flatMap((contact) => contact.received.map(({ copies }) => copies - 1))),
  }
  return { figures, findings }
}

/** Counts the expected messages that are at their place with their id and text. */
function countArrived(asked: readonly Row[], seen: readonly Row[], origin: string, findings: string[]): number {
  const texts = new Map<string, (string | null)[]>()
  for (const row of seen) texts.set(keyOf(row), [...(texts.get(keyOf(row)) ?? []), row.text])
  let arrived = 0
  for (const row of asked) {
    const found = texts.get(keyOf(row))
    if (found?.includes(row.text)) arrived++
    else findings.push(`lost: ${row.id}, ${origin}, ${found ? 'has another text' : 'is missing'} (${row.place})`)
  }
  return arrived
}

const keyOf = ({ id, place }: Row): string => `${place}|${id}`

/** Counts additional rows of one id at one place, and additional ids or places of one text. */
function countTwice(seen: readonly Row[], where: string, findings: string[]): number {
  const rowsOfId = Map.groupBy(seen, keyOf)
  const firsts = [...rowsOfId.values()].flatMap((rows) => rows.slice(0, 1))
  let twice = 0
  for (const [key, rows] of rowsOfId) {
    if (rows.length === 1) continue
    twice += rows.length - 1
    findings.push(`duplicated: ${key.split('|')[1]} is ${rows.length} times in ${where}`)
  }
  for (const rows of Map.groupBy(firsts, ({ text }) => text).values()) {
    if (rows.length === 1) continue
    twice += rows.length - 1
    findings.push(`duplicated: ${where} has one text as ${rows.map(keyOf).join(' and ')}`)
  }
  return twice
}

const sum = (values: readonly number[]): number => values.reduce((total, value) => total + value, 0)

/** Returns whether the figures show no fault. The caller knows the expected number of messages. */
export const isFlawless = (figures: Figures): boolean =>
  figures.lost === 0 &&
  figures.duplicated === 0 &&
  figures.undecryptable === 0 &&
  figures.violations === 0 &&
  figures.registrations === 1
