import { setTimeout as pause } from 'node:timers/promises'
import type { ReceivedMessage } from '@holdfast/client/types'
import type { ApiClient } from './api-client.ts'
import type { Ledger, Outcome } from './figures.ts'
import { inParallel } from './in-parallel.ts'
import type { SimulatorClient, SimulatorState } from './simulator-client.ts'

const LOOK_EVERY_MS = 100
/** The product is asked less often than the simulator: its answers cost it work. */
const ASK_EVERY_MS = 300
/** The longer an answer takes, the longer the pause before the next question: what is waited for needs the machine itself. */
const REST = 4
/** What should not come any more is given this long to come. */
const AFTERMATH_MS = 1_000

interface Settling {
  api: ApiClient
  simulator: SimulatorClient
  ledger: Ledger
  limitMs: number
  /** Jobs that were seen to be sent, and have been deleted since. */
  knownAsSent?: ReadonlySet<string>
  signal?: AbortSignal
}

/**
 * Waits until every accepted message is with its contact and sent by the word of the API, and every issued one is receipted
 * and in the listing. When the time is up, `missing` says what is not as it should be; nothing throws, the figures tell.
 */
export async function untilSettled({
  api,
  simulator,
  ledger,
  limitMs,
  signal,
  knownAsSent = new Set(),
}: Settling): Promise<Outcome & { missing: string[] }> {
  const deadline = performance.now() + limitMs
  const unsent = new Set(ledger.accepted.map(({ jobId }) => jobId).filter((jobId) => !knownAsSent.has(jobId)))
  const isOver = () => performance.now() > deadline || signal?.aborted === true
  for (;;) {
    let lookedAt = performance.now()
    let state = await simulator.state()
    let missing = missingAtSimulator(ledger, state)
    while (missing.length > 0 && !isOver()) {
      await pause(Math.max(LOOK_EVERY_MS, REST * (performance.now() - lookedAt)))
      lookedAt = performance.now()
      state = await simulator.state()
      missing = missingAtSimulator(ledger, state)
    }
    const askedAt = performance.now()
    const stored = await listAll(api, ledger)
    missing.push(...(await missingAtApi(api, ledger, stored, unsent)))
    if (missing.length > 0 && isOver()) return { state, stored, missing }
    if (missing.length === 0) break
    await pause(Math.max(ASK_EVERY_MS, performance.now() - askedAt))
  }
  await pause(AFTERMATH_MS)
  return { state: await simulator.state(), stored: await listAll(api, ledger), missing: [] }
}

function missingAtSimulator(ledger: Ledger, { accounts, contacts }: SimulatorState): string[] {
  const received = new Map(contacts.map((contact) => [contact.phone, new Set(contact.received.map(({ id }) => id))]))
  const late = ledger.accepted.filter(({ contact, messageId }) => !received.get(contact)?.has(messageId))
  const waiting = accounts.filter(({ offlineQueue }) => offlineQueue > 0)
  return [
    ...late.map(({ messageId, session }) => `message ${messageId} of ${session} is not with its contact`),
    ...waiting.map(({ phone, offlineQueue }) => `${offlineQueue} stanzas wait for ${phone}`),
    ...accounts.filter(({ connected }) => !connected).map(({ phone }) => `the device of ${phone} is not connected`),
  ]
}

async function listAll(api: ApiClient, ledger: Ledger): Promise<Map<string, ReceivedMessage[]>> {
  const sessions = new Set([...ledger.accepted, ...ledger.issued].map(({ session }) => session))
  const stored = new Map<string, ReceivedMessage[]>()
  for (const session of sessions) stored.set(session, await api.storedMessages(session))
  return stored
}

async function missingAtApi(
  api: ApiClient,
  ledger: Ledger,
  stored: ReadonlyMap<string, ReceivedMessage[]>,
  unsent: Set<string>,
): Promise<string[]> {
  const missing: string[] = []
  const ids = new Map([...stored].map(([session, rows]) => [session, new Set(rows.map(({ id }) => id))]))
  for (const { id, session } of ledger.issued) {
    if (!ids.get(session)?.has(id)) missing.push(`message ${id} is not in the listing of ${session}`)
  }
  await inParallel(8, unsent, async (jobId) => {
    const { status, error } = await api.message(jobId)
    if (status === 'sent' || status === 'delivered' || status === 'read') unsent.delete(jobId)
    else missing.push(`job ${jobId} is ${status}${error ? ` (${error.code})` : ''}`)
  })
  return missing
}
