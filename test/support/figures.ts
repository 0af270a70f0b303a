import type { ReceivedMessage } from '@holdfast/client/types'
import type { SimulatorState } from './simulator-client.ts'

/** A message to send that the API has answered with 202. */
export interface Accepted {
  jobId: string
  messageId: string
  session: string
  contact: string
  text: string
}

/** A message of a contact that the simulator has given an id. */
export interface Issued {
  id: string
  session: string
  contact: string
  text: string
}

/** All that was asked of the two outsides. No two texts are alike. */
export interface Ledger {
  accepted: Accepted[]
  issued: Issued[]
}

/** What the outsides show in the end. */
export interface Outcome {
  state: SimulatorState
  /** By session. */
  stored: ReadonlyMap<string, readonly ReceivedMessage[]>
}

export interface Figures {
  /** Accepted by the API, and with the contact. */
  sent: number
  /** Issued by the simulator, and in the API's listing. */
  received: number
  /** Accepted but not with the contact, issued but not in the listing, or there with another text. */
  lost: number
  /** Further ids under which a job was seen, and further rows in which a received message is stored. */
  duplicated: number
  /** Which somebody could not read. Contacts that lost their sessions by themselves ask again, and are not counted. */
  undecryptable: number
  violations: number
  /** The most of any account. */
  registrations: number
  /** Further copies on the wire under the same id; a contact sees one message. */
  resent: number
}

interface Row {
  id: string | null
  text: string | null
  place: string
}

/** Pure: from what was asked and what is there. Each finding says which message a figure speaks of, by its id. */
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
    // Of these, those at a contact are counted there as well; those at the account's own phone are only here.
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

/** How many of those asked for are at their place under their id, with their text. */
function countArrived(asked: readonly Row[], seen: readonly Row[], origin: string, findings: string[]): number {
  const texts = new Map<string, (string | null)[]>()
  for (const row of seen) texts.set(keyOf(row), [...(texts.get(keyOf(row)) ?? []), row.text])
  let arrived = 0
  for (const row of asked) {
    const found = texts.get(keyOf(row))
    if (found?.includes(row.text)) arrived++
    else findings.push(`lost: ${row.id}, ${origin}, ${found ? 'has another text' : 'is not there'} (${row.place})`)
  }
  return arrived
}

const keyOf = ({ id, place }: Row): string => `${place}|${id}`

/** Rows beyond the first of one id at one place, and ids or places beyond the first of one text. */
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
    findings.push(`duplicated: one text came to ${where} as ${rows.map(keyOf).join(' and ')}`)
  }
  return twice
}

const sum = (values: readonly number[]): number => values.reduce((total, value) => total + value, 0)

/** Nothing is amiss; how many messages there had to be is known to whoever asked for them. */
export const isFlawless = (figures: Figures): boolean =>
  figures.lost === 0 &&
  figures.duplicated === 0 &&
  figures.undecryptable === 0 &&
  figures.violations === 0 &&
  figures.registrations === 1
