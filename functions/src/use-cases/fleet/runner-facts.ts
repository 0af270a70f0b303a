import { type RunnerDocument, runnerDocumentSchema } from '@holdfast/core/operations/runner-document'
import type { DocumentSnapshot } from '@holdfast/core/platform/ports'

/** A runner, as its heartbeat and Firestore's times show it. */
export interface RunnerFact {
  readonly id: string
  /** Its heartbeat, for code that judges sessions by snapshots. */
  readonly snapshot: DocumentSnapshot
  readonly document: RunnerDocument
  /** Age of the heartbeat in milliseconds, by Firestore's times. */
  readonly silentForMs: number
  /** Silent for longer than its own limit, or replaced by a later process of its container. */
  readonly isDead: boolean
}

/** What a heartbeat says about one session. */
export type ReportedSession = RunnerDocument['sessions'][string]

/** Returns the runners whose heartbeat parses, sorted by id, and the ids of the others. */
export function runnerFacts(snapshots: readonly DocumentSnapshot[]): {
  runners: readonly RunnerFact[]
  damaged: readonly string[]
} {
  const damaged: string[] = []
  const parsed = snapshots.flatMap((snapshot) => {
    const document = runnerDocumentSchema.safeParse(snapshot.fields).data
    if (document) return [{ snapshot, document }]
    damaged.push(snapshot.id)
    return []
  })
  const isReplaced = ({ instanceId, startedAt }: RunnerDocument) =>
    instanceId !== null && parsed.some(({ document }) => document.instanceId === instanceId && document.startedAt > startedAt)
  const runners = parsed.map(({ snapshot, document }) => ({
    id: snapshot.id,
    snapshot,
    document,
    silentForMs: snapshot.silentForMs,
    isDead: snapshot.silentForMs > document.deadAfterMs || isReplaced(document),
  }))
  return { runners: runners.toSorted((one, other) => (one.id < other.id ? -1 : 1)), damaged }
}
