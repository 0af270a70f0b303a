import { RUNNERS, type RunnerDocument, runnerDocumentSchema } from '@holdfast/core/operations/runner-document'
import type { DocumentSnapshot, DocumentStore } from '@holdfast/core/platform/ports'
import type { z } from 'zod'

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

/** A runner without the list of its sessions, which is the largest part of a heartbeat by far. */
export interface RunnerSummary {
  readonly answer: RunnerAnswer
  /** Its sessions that are connected. */
  readonly connected: number
  readonly capacity: number
  readonly startedAt: Date
  /** Its own verdict on its network. Null: it does not report. */
  readonly network: string | null
  /** Whether it can make voice messages of other sounds. Null: it does not say. */
  readonly convertsVoice: boolean | null
  /** Whether it knows how to send files to channels. */
  readonly postsFiles: boolean
}

const summarySchema = runnerDocumentSchema
  .omit({ sessions: true })
  .extend({ sessions: runnerDocumentSchema.shape.sessions.optional() })

type Summarized = z.infer<typeof summarySchema>

const WITHOUT_SESSIONS = Object.keys(runnerDocumentSchema.shape).filter((field) => field !== 'sessions')

/** Reads all runners, without the lists of their sessions where these are of this version. Sorted by id. */
export async function readRunners(documents: Pick<DocumentStore, 'query'>): Promise<RunnerSummary[]> {
  const short = await documents.query({ collection: RUNNERS, select: WITHOUT_SESSIONS })
  const isShort = short.every(({ fields }) => fields['states'] !== undefined)
  return runnerSummaries(isShort ? short : await documents.query({ collection: RUNNERS }))
}

/** Returns the runners whose heartbeat parses, sorted by id. */
export function runnerSummaries(snapshots: readonly DocumentSnapshot[]): RunnerSummary[] {
  const parsed = snapshots.flatMap((snapshot) => {
    const runner = summarySchema.safeParse(snapshot.fields).data
    return runner ? [{ snapshot, runner }] : []
  })
  const isReplaced = ({ instanceId, startedAt }: Summarized) =>
    instanceId !== null && parsed.some(({ runner }) => runner.instanceId === instanceId && runner.startedAt > startedAt)
  return parsed
    .map(({ snapshot: { id, silentForMs }, runner }) => ({
      answer: {
        id,
        state: silentForMs > runner.deadAfterMs || isReplaced(runner) ? ('dead' as const) : runner.state,
        ...numbersOf(runner).answered,
        version: runner.version ?? null,
        revision: runner.revision || null,
        cpu: runner.resources?.cpu.percentage ?? null,
        memory: { percentage: runner.resources?.memory.percentage ?? null },
        silentForMs,
      },
      connected: numbersOf(runner).connected,
      capacity: runner.capacity,
      startedAt: runner.startedAt,
      network: runner.network?.verdict ?? null,
      convertsVoice: runner.convertsVoice ?? null,
      postsFiles: runner.postsFiles ?? false,
    }))
    .sort((one, other) => (one.answer.id < other.answer.id ? -1 : 1))
}

function numbersOf({ sessions, states = {} }: Summarized): { answered: { sessions: number }; connected: number } {
  if (!sessions) {
    const sum = Object.values(states).reduce((total, number) => total + number, 0)
    return { answered: { sessions: sum }, connected: states.CONNECTED ?? 0 }
  }
  const reported = Object.values(sessions)
  return { answered: { sessions: reported.length }, connected: reported.filter(({ state }) => state === 'CONNECTED').length }
}
