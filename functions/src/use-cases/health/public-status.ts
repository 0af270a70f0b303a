import type { FleetHistory } from '@holdfast/core/operations/fleet-history-document'
import type { HealthStatus } from '@holdfast/core/operations/health-document'
import type { Clock } from '@holdfast/core/platform/ports'
import type { HealthCheck } from '../health.ts'
import { availabilityOf, today } from './history.ts'

/** The status for a page that anybody may see: no names, no numbers of sessions. */
export interface PublicStatus {
  readonly status: HealthStatus
  readonly sentence: string
  /** Since when the status has been the same. Null: not known. */
  readonly since: Date | null
  /** Percent of the time for which sessions were connected while they should have been. Null while nothing is known. */
  readonly availability: { readonly today: number | null; readonly last31Days: number | null }
  /** Of the last 24 hours, the newest first. */
  readonly incidents: readonly { readonly since: Date; readonly until: Date | null; readonly sentence: string }[]
}

const DAY_MS = 86_400_000

const SENTENCES: Readonly<Record<string, string>> = {
  'no-runner': 'No connection to WhatsApp is open at the moment.',
  'all-sessions-failed': 'No connection to WhatsApp is open at the moment.',
  outage: 'An outage keeps some connections to WhatsApp from working. They come back by themselves.',
  'runner-lost': 'Some connections to WhatsApp are being moved to another machine.',
  'sweep-dead': 'Some messages for later and some retries may be late.',
  'database-unavailable': 'The database does not answer. Messages are accepted again when it does.',
  'storage-unavailable': 'A store does not answer. Open connections go on.',
  'sessions-failed': 'Some connections wait for their owners.',
  'sessions-recovering': 'Some connections to WhatsApp are being opened again.',
  'cpu-high': 'Everything works; machines are busy.',
  'memory-high': 'Everything works; machines are busy.',
}

const sentenceFor = (code: string | undefined): string =>
  code === undefined ? 'Everything works.' : (SENTENCES[code] ?? 'Something is not as it should be.')

/** The problem that people notice most comes first. */
const ORDER = Object.keys(SENTENCES)

export async function publicStatus({ health, clock }: { health: HealthCheck; clock: Clock }): Promise<PublicStatus> {
  const { figures, fleet } = await health.look()
  const { status, problems } = figures
  const [worst] = problems.map(({ code }) => code).toSorted((one, other) => ORDER.indexOf(one) - ORDER.indexOf(other))
  const days = fleet?.history?.days ?? {}
  const now = clock.now()
  return {
    status,
    sentence: sentenceFor(worst),
    since: fleet?.written?.status === status ? fleet.written.since : null,
    availability: { today: availabilityOf(days, (day) => day === today(now)), last31Days: availabilityOf(days) },
    incidents: incidentsSince(fleet?.history?.incidents ?? [], now - DAY_MS),
  }
}

const incidentsSince = (incidents: FleetHistory['incidents'], fromMs: number): PublicStatus['incidents'] =>
  incidents
    .filter(({ until }) => until === null || until.getTime() > fromMs)
    .map(({ since, until, code }) => ({ since, until, sentence: sentenceFor(code) }))
