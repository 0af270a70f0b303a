import { isTombstone } from '@holdfast/core/message/archived-job'
import { type JobDocument, jobDocumentSchema } from '@holdfast/core/message/job-document'
import { parseStored } from '@holdfast/core/platform/parse'
import type { DocumentSnapshot } from '@holdfast/core/platform/ports'
import type { Happening, ModelJob } from './model.ts'
import type { DocumentChange } from './store.ts'

/** What a commit did to a job, as far as its document shows it. */

type Timeline = JobDocument['timeline']

export interface Observed {
  readonly name: Happening['name']
  readonly to: string
}

/** Returns what happened to a job between two versions of its document, in its order. */
export function observe({ before, after }: DocumentChange, isTaken: boolean, textOf: () => string): Observed[] {
  if (!before || !after) return []
  if (isTombstone(after.fields) && !isTombstone(before.fields)) return [{ name: 'archived', to: '' }]
  const news = timelineOf(after).slice(timelineOf(before).length)
  let taken = isTaken
  const observed = news.map((entry): Observed => {
    const name = nameOf(entry, taken)
    taken = entry.status === 'processing'
    return { name, to: name === 'moved' ? String(entry.session) : name === 'replaced' ? textOf() : '' }
  })
  const isQueuedAnew = Number(after.fields['queuedAt'] ?? 0) > Number(before.fields['queuedAt'] ?? 0)
  return observed.length === 0 && isQueuedAnew ? [{ name: 'due', to: '' }] : observed
}

const timelineOf = ({ fields }: DocumentSnapshot): Timeline => (fields['timeline'] ?? []) as Timeline

function nameOf({ status, by, why }: Timeline[number], isTaken: boolean): Observed['name'] {
  if (status === 'processing') return isTaken ? 'repeated' : 'taken'
  if (status === 'failed') return by === undefined ? 'failed' : 'expired'
  if (status !== 'pending') return status
  if (by === 'failover') return 'moved'
  return why === 'retried' || why === 'replaced' ? why : 'refused'
}

/** The part of a job that its document and the model both show. */
export interface Shown {
  readonly status: string
  readonly sessionId: string
  readonly attempts: number
  readonly generation: number
  readonly isQueued: boolean
  readonly dueAt: number | null
}

export function shownByDocument(snapshot: DocumentSnapshot): Shown | 'archived' {
  if (isTombstone(snapshot.fields)) return 'archived'
  const { status, sessionId, attempts, generation, queuedAt, nextAttemptAt } = parseStored(
    jobDocumentSchema,
    snapshot.fields,
    snapshot.path,
  )
  // The next attempt of a message on the wire is its owner's affair.
  const dueAt = status === 'pending' ? (nextAttemptAt?.getTime() ?? null) : null
  return { status, sessionId, attempts, generation, isQueued: queuedAt !== null, dueAt }
}

export const shownByModel = (job: ModelJob): Shown | 'archived' => {
  const { status, sessionId, attempts, generation, isQueued, dueAt, isArchived } = job
  return isArchived ? 'archived' : { status, sessionId, attempts, generation, isQueued, dueAt }
}
