import { setTimeout as pause } from 'node:timers/promises'
import type { ReceivedMessage, SimulatorState } from '../../support/simulator-client.ts'
import type { Chats, SentMessage } from './chats.ts'

const LOOK_EVERY_MS = 60

/** The number of messages and violations that earlier checks found settled. Later checks look only for duplicates among them. */
export interface Settled {
  sent: number
  issued: number
  violations: number
}

const isSent = (status: string | null) => status === 'sent' || status === 'delivered' || status === 'read'

/**
 * Waits until the simulator and Firestore show every message and the session in their right state, and keeps a process running
 * meanwhile. Returns the remaining faults after the time limit, and faults that time cannot mend at once.
 */
export async function whatIsWrong(chats: Chats, settled: Settled, limitMs: number): Promise<string[]> {
  const deadline = performance.now() + limitMs
  for (;;) {
    await chats.stage.keepGoing()
    await chats.stage.letTimePass()
    const { forGood, forNow } = await look(chats, settled)
    const wrong = [...forGood, ...forNow]
    if (wrong.length === 0 || forGood.length > 0 || performance.now() > deadline) return wrong
    await pause(LOOK_EVERY_MS)
  }
}

/** Returns the faults at this moment: those that are final, and those that may still disappear. */
export async function look(chats: Chats, settled: Settled): Promise<{ forGood: string[]; forNow: string[] }> {
  try {
    const state = await chats.stage.simulator.state()
    const forGood = [...violations(chats, state, settled), ...twiceAtContacts(state), ...unwanted(chats, state)]
    return { forGood, forNow: await missing(chats, state, settled) }
  } catch (error) {
    // The simulator and Firestore are never struck here; an error means that they are busy.
    return { forGood: [], forNow: [`the simulator or Firestore did not answer: ${String(error)}`] }
  }
}

const violations = ({ mayBeUnreadable }: Chats, state: SimulatorState, settled: Settled): string[] =>
  state.violations
    .slice(settled.violations)
    .filter(({ kind }) => kind !== 'nack' || !mayBeUnreadable)
    .map(({ kind, detail }) => `violation ${kind}: ${detail}`)

/** The words that no other message has: of a file its caption, of a pin what it pins. */
export const wordsOf = ({ text, file, content: { kind, target } }: ReceivedMessage): string =>
  kind === 'pin' ? `pin ${String(target)}` : (file?.caption ?? text)

/** Finds messages that a contact received twice, by their unique texts, because a duplicate may have a new id. */
function twiceAtContacts({ contacts }: SimulatorState): string[] {
  return contacts.flatMap(({ received }) =>
    [...Map.groupBy(received, wordsOf)]
      .filter(([, copies]) => copies.length > 1)
      .map(([, copies]) => `a contact shows one message as ${copies.map(({ id }) => id).join(', ')}`),
  )
}

/** Finds messages that must never arrive at their contact. */
function unwanted({ sent }: Chats, { contacts }: SimulatorState): string[] {
  const ids = new Set(contacts.flatMap(({ received }) => received.map(({ id }) => id)))
  return sent
    .filter(({ end, messageId }) => (end === 'failed' || end === 'canceled') && ids.has(messageId))
    .map(({ end, messageId }) => `${messageId} has to end as ${end} and is with its contact`)
}

async function missing(chats: Chats, state: SimulatorState, settled: Settled): Promise<string[]> {
  const { stage, sessionId, phone } = chats
  const account = state.accounts.find((one) => one.phone === phone)
  if (!account?.connected) return ['the device is not connected']
  const wrong: string[] = []
  if (account.registrations > chats.scans) wrong.push(`the device was linked ${account.registrations} times`)
  if (account.offlineQueue > 0) wrong.push(`${account.offlineQueue} stanzas wait for the device`)
  const unseen = chats.sent.slice(settled.sent)
  wrong.push(...unseen.filter(({ end }) => end === 'sent').flatMap((message) => notAtContact(message, state)))
  if (wrong.length > 0) return wrong
  const words = [sessionState(chats), jobs(chats, unseen, state), listed(chats, settled), journalHoles(chats)]
  const found = (await Promise.all(words)).flat()
  const pointer = await stage.stored.checkpoint(sessionId)
  if (pointer !== null && !(await objectIsThere(chats, pointer))) found.push(`the pointer names ${pointer}, which is not there`)
  return found
}

export function notAtContact(message: SentMessage, { contacts }: Pick<SimulatorState, 'contacts'>): string[] {
  const { contact, messageId, text } = message
  const received = contacts.find(({ phone }) => phone === contact)?.received.find(({ id }) => id === messageId)
  const fault = received ? alteredIn(message, received) : 'is not with its contact'
  return fault === null ? [] : [`${messageId} (${text}) ${fault}`]
}

function alteredIn({ text, sha256, quotes }: SentMessage, received: ReceivedMessage): string | null {
  if (wordsOf(received) !== text) return 'has another text at its contact'
  if (received.file?.sha256 !== sha256) return 'has other bytes at its contact'
  const quoted = (received.content['quoted'] as { id?: string } | undefined)?.id
  return quoted === quotes ? null : 'quotes another message at its contact'
}

async function sessionState({ stage, sessionId }: Chats): Promise<string[]> {
  const state = await stage.stored.sessionState(sessionId)
  return state === 'CONNECTED' ? [] : [`the session is ${state}`]
}

async function jobs({ stage }: Chats, messages: readonly SentMessage[], state: SimulatorState): Promise<string[]> {
  const words = messages.map(async (message) => {
    const { jobId, messageId, end } = message
    const status = await stage.stored.jobStatus(jobId)
    const arrives = end === 'sent' || (end === 'sent or failed' && status !== 'failed')
    if (!arrives && !end.includes(String(status))) return [`job ${jobId} is ${status}, not ${end}`]
    if (!arrives) return notAtContact(message, state).length > 0 ? [] : [`${messageId} is ${status} and is with its contact`]
    if (!isSent(status)) return [`job ${jobId} is ${status}`]
    // A receipt shows as well as an ack that WhatsApp has the message.
    if (status === 'sent' && !stage.acked.has(messageId))
      return [`job ${jobId} is ${status}, and the server has not acknowledged it`]
    return notAtContact(message, state)
  })
  return (await Promise.all(words)).flat()
}

async function listed({ stage, sessionId, issued, sent }: Chats, settled: Settled): Promise<string[]> {
  const times = await stage.stored.timesStored(sessionId, [...issued, ...sent.map(({ messageId }) => messageId)])
  const lost = issued.slice(settled.issued).filter((id) => times.get(id) === 0)
  const twice = [...times].filter(([, rows]) => rows > 1).map(([id]) => id)
  return [...lost.map((id) => `${id} is not in Firestore`), ...twice.map((id) => `${id} is in Firestore twice`)]
}

/** Finds missing records. A claim and the record before it are never trimmed; others may be, up to the trimmed position. */
async function journalHoles({ stage, sessionId }: Chats): Promise<string[]> {
  const records = await stage.stored.journal(sessionId)
  // This request comes last, so that it covers records that were trimmed during the others.
  const { mayBeTrimmedTo } = await stage.stored.logEnds(sessionId)
  return records
    .filter(({ seq }, index) => seq > 1 && records[index - 1]?.seq !== seq - 1)
    .filter(({ kind, seq }) => kind === 'claim' || seq - 1 > mayBeTrimmedTo)
    .map(({ kind, seq }) => `the record before ${kind} ${seq} is gone`)
}

async function objectIsThere({ stage }: Chats, name: string): Promise<boolean> {
  const { storage, bucket } = stage.sandbox.info
  const response = await fetch(`${storage}/storage/v1/b/${bucket}/o/${encodeURIComponent(name)}`)
  return response.ok
}
