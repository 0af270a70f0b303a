import { FLEET_HISTORY_PATH, type FleetHistory, fleetHistorySchema } from '@holdfast/core/operations/fleet-history-document'
import {
  FLEET_HEALTH_LIMIT_MS,
  FLEET_SCOPE,
  type HealthDocument,
  healthDocumentSchema,
  healthPath,
} from '@holdfast/core/operations/health-document'
import { fleetOutage, memberOf } from '@holdfast/core/operations/outage'
import type { DocumentSnapshot } from '@holdfast/core/platform/ports'
import { z } from 'zod'
import type { Dependencies } from '../dependencies.ts'
import { type FleetFacts, readFleetFacts } from '../fleet-facts.ts'
import { readRunners, runnerSummaries, type RunnerSummary } from '../runner-answer.ts'
import { type SessionFigures, sessionFigures } from './session-figures.ts'

/** What is known of the installation at the moment. */
export interface MeasuredFleet {
  readonly sessions: SessionFigures
  readonly queue: FleetFacts['queue']
  readonly runners: readonly RunnerSummary[]
  readonly outage: NonNullable<HealthDocument['outage']>['verdict']
  /** The document of the fleet. Null when the sweep has never written it, or does not run any more. */
  readonly written: HealthDocument | null
  readonly history: FleetHistory | null
  /** Whether the sweep has written the document lately. Null: it has never been there. */
  readonly sweepRuns: boolean | null
  /** When the sweep last wrote the document of the fleet, also when that is long ago. */
  readonly sweptAt: Date | null
}

const figuresSchema = z.object({
  total: z.number(),
  active: z.number(),
  failed: z.number(),
  wanted: z.number(),
  wantedFailed: z.number(),
  recovering: z.number(),
  pairing: z.number(),
  needPhone: z.number(),
  unplaced: z.number(),
  waiting: z.number(),
  processing: z.number(),
  failedMessages: z.number(),
})

/**
 * Reads what the sweep has measured within the last minutes, and the runners as they are now: a few documents, however many sessions
 * there are. Measures anew, in a bounded number of reads, when the sweep does not run.
 */
export async function measuredFleet(dependencies: Pick<Dependencies, 'documents' | 'clock' | 'logger'>): Promise<MeasuredFleet> {
  const { documents } = dependencies
  const [snapshot, historySnapshot] = await Promise.all([
    documents.read(healthPath(FLEET_SCOPE)),
    documents.read(FLEET_HISTORY_PATH),
  ])
  const history = fleetHistorySchema.safeParse(historySnapshot?.fields).data ?? null
  const known = believed(snapshot)
  const sweptAt = snapshot && new Date(Math.floor(snapshot.updatedAtMicros / 1000))
  if (known) return { ...fromDocument(known, await readRunners(documents)), history, sweptAt, sweepRuns: true }
  const facts = await readFleetFacts(dependencies)
  return { ...fromFacts(facts), history, sweptAt, sweepRuns: snapshot === null ? null : false }
}

type Known = HealthDocument & { readonly numbers: z.infer<typeof figuresSchema> }

/** Null for a document that the sweep has not renewed: what it says may be long over. */
function believed(snapshot: DocumentSnapshot | null): Known | null {
  if (!snapshot || snapshot.silentForMs > FLEET_HEALTH_LIMIT_MS) return null
  const written = healthDocumentSchema.safeParse(snapshot.fields).data
  const numbers = figuresSchema.safeParse(written?.figures).data
  return written && numbers ? { ...written, numbers } : null
}

type Figures = Omit<MeasuredFleet, 'history' | 'sweptAt' | 'sweepRuns'>

/** Sessions that runners have lost or won since the sweep count at once: heartbeats are newer than the document. */
function fromDocument({ numbers, ...written }: Known, runners: readonly RunnerSummary[]): Figures {
  const { waiting, processing, failedMessages, ...sessions } = numbers
  const alive = runners.filter(({ answer: { state } }) => state !== 'dead')
  const active = alive.reduce((sum, { connected }) => sum + connected, 0)
  const held = alive.reduce((sum, { answer }) => sum + answer.sessions, 0)
  return {
    sessions: {
      ...sessions,
      active,
      total: Math.max(sessions.total, held),
      wanted: Math.max(sessions.wanted, active),
      recovering: Math.max(0, sessions.recovering + sessions.active - active),
    },
    queue: { waiting, active: processing, failed: failedMessages },
    runners,
    outage: written.outage?.verdict ?? 'none',
    written,
  }
}

function fromFacts(facts: FleetFacts): Figures {
  const members = facts.runners.map(({ id, document, isDead }) => memberOf(id, document, !isDead))
  return {
    sessions: sessionFigures(facts),
    queue: facts.queue,
    runners: runnerSummaries(facts.runners.map(({ snapshot }) => snapshot)),
    outage: fleetOutage(members).verdict,
    written: null,
  }
}
