import { type RunnerDocument, runnerDocumentSchema } from '@holdfast/core/operations/runner-document'
import type { DocumentSnapshot } from '@holdfast/core/platform/ports'

/** A runner as GET /health shows it. */
export interface RunnerAnswer {
  readonly id: string
  /** `dead`: silent for longer than its limit, or replaced by a later process of its container. Others take over its sessions. */
  readonly state: RunnerDocument['state'] | 'dead'
  readonly sessions: number
  /** Null on runners of an earlier version. */
  readonly version: string | null
  /** The revision of Cloud Run. Null elsewhere, and on runners of an earlier version. */
  readonly revision: string | null
  /** Percent of its container's limit, null when unknown. */
  readonly cpu: number | null
  readonly memory: { readonly percentage: number | null }
  readonly silentForMs: number
}

/** Returns the runners whose heartbeat parses, sorted by id. */
export function runnerAnswers(snapshots: readonly DocumentSnapshot[]): RunnerAnswer[] {
  const parsed = snapshots.flatMap((snapshot) => {
    const runner = runnerDocumentSchema.safeParse(snapshot.fields).data
    return runner ? [{ snapshot, runner }] : []
  })
  const isReplaced = ({ instanceId, startedAt }: RunnerDocument) =>
    instanceId !== null && parsed.some(({ runner }) => runner.instanceId === instanceId && runner.startedAt > startedAt)
  return parsed
    .map(({ snapshot: { id, silentForMs }, runner }) => ({
      id,
      state: silentForMs > runner.deadAfterMs || isReplaced(runner) ? ('dead' as const) : runner.state,
      sessions: Object.keys(runner.sessions).length,
      version: runner.version ?? null,
      revision: runner.revision || null,
      cpu: runner.resources?.cpu.percentage ?? null,
      memory: { percentage: runner.resources?.memory.percentage ?? null },
      silentForMs,
    }))
    .sort((one, other) => (one.id < other.id ? -1 : 1))
}
