import { setTimeout as pause } from 'node:timers/promises'
import type { ReceivedMessage } from '@holdfast/client/types'
import type { ApiClient } from './api-client.ts'
import type { Ledger, Outcome } from './figures.ts'
import { inParallel } from '@holdfast/core/platform/in-parallel'
import type { SimulatorClient, SimulatorState } from './simulator-client.ts'
import { areOnTheirWay, stanzasFor } from './waiting-stanzas.ts'

const LOOK_EVERY_MS = 100
/** The pause between requests to the API. It is longer than for the simulator, because the answers are work for the product. */
const ASK_EVERY_MS = 300
/** The pause after an answer, as a multiple of its time. Slow answers show a busy machine, which the product needs itself. */
const REST = 4
/** The wait for unwanted messages after all expected ones have settled. */
const AFTERMATH_MS = 1_000

interface Settling {
  api: ApiClient
  simulator: SimulatorClient
  ledger: Ledger
  limitMs: number
  /** The ids of jobs that were sent and have been deleted since. */
  knownAsSent?: ReadonlySet<string>
  signal?: AbortSignal
}

/**
 * Waits until every accepted message is with its contact and `sent` in the API, and every issued one has a receipt and is listed.
 * After the limit, `missing` names the rest. It does not throw, because the figures show the result.
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
  // Traffic that is not in the ledger may go on until the limit and a while longer. What came of it a moment ago is not lost.
  const isOver = (missing: readonly string[], state: SimulatorState) =>
    signal?.aborted === true ||
    performance.now() > deadline + limitMs ||
    (performance.now() > deadline && !areOnTheirWay(missing, state.accounts))
  for (;;) {
    let lookedAt = performance.now()
    let state = await simulator.state()
    let missing = missingAtSimulator(ledger, state)
    while (missing.length > 0 && !isOver(missing, state)) {
      await pause(Math.max(LOOK_EVERY_MS, REST * (performance.now() - lookedAt)))
      lookedAt = performance.now()
      state = await simulator.state()
      missing = missingAtSimulator(ledger, state)
    }
    const askedAt = performance.now()
    const stored = await listAll(api, ledger)
    missing.push(...(await missingAtApi(api, ledger, stored, unsent)))
    if (missing.length > 0 && isOver(missing, state)) return { state, stored, missing }
    if (missing.length === 0) break
    await pause(Math.max(ASK_EVERY_MS, performance.now() - askedAt))
  }
  await pause(AFTERMATH_MS)
  return { state: await simulator.state(), stored: await listAll(api, ledger), missing: [] }
}

function missingAtSimulator(ledger: Ledger, { accounts, contacts }: SimulatorState): string[] {
  const received = new Map(contacts.map((contact) => [contact.phone, new Set(contact.received.map(({ id }) => id))]))
  const late = ledger.accepted.filter(({ contact, messageId }) => !received.get(contact)?.has(messageId))
  return [
    ...late.map(({ messageId, session }) => `message ${messageId} of ${session} is not with its contact`),
    ...accounts.flatMap(stanzasFor),
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
