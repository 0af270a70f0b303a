import { type JobDocument, jobDocumentSchema } from '@holdfast/core/message/job-document'
import { isHoldfastError } from '@holdfast/core/platform/errors'
import { parseUnlessDamaged } from '@holdfast/core/platform/parse'
import type { DocumentSnapshot } from '@holdfast/core/platform/ports'
import type { Principal } from '../app/principal.ts'
import type { Dependencies } from './dependencies.ts'
import { findSession, isOfTenant } from './find-session.ts'
import { scopesOf } from './job-scopes.ts'
import { cursorOf, newestJobs } from './list-messages.ts'
import { Refusal } from './refusal.ts'
import { fieldsOfRetry, isTooOld, retryMessage } from './retry-message.ts'

type Needed = Pick<Dependencies, 'documents' | 'archives' | 'wrappingKey' | 'clock' | 'logger'>

/** Jobs of one commit. */
const PAGE = 100

/** The function is ended after a minute. */
const WORKS_FOR_MS = 30_000

export interface RetryAll {
  /** Messages that this request returned to the queue. */
  readonly retried: number
  /** Messages that stay failed, because their time is over. */
  readonly expired: number
  /** Messages whose document cannot be read. */
  readonly damaged: number
  /** False when there was not enough time for all. The same request continues. */
  readonly isComplete: boolean
}

/**
 * Returns all failed messages to the queue. It may be repeated at any time.
 *
 * @param session the name of a session; undefined for all that the caller may know of
 * @throws Refusal `unknown-session`
 */
export async function retryFailed(dependencies: Needed, principal: Principal, session: string | undefined): Promise<RetryAll> {
  const { documents, clock, logger } = dependencies
  const sessionId = session === undefined ? null : (await findSession(documents, principal, session)).id
  const scopes = scopesOf(principal, sessionId)
  const deadlineMs = clock.monotonic() + WORKS_FOR_MS
  const total = { retried: 0, expired: 0, damaged: 0 }
  let isComplete = false
  for (let after: string | undefined; clock.monotonic() < deadlineMs;) {
    const page = await newestJobs(documents, scopes, { status: 'failed', after, limit: PAGE })
    const last = page.at(-1)
    const done = await retryPage(dependencies, principal, page)
    for (const name of ['retried', 'expired', 'damaged'] as const) total[name] += done[name]
    isComplete = !last || page.length < PAGE
    if (!last || isComplete) break
    after = cursorOf(last)
  }
  if (total.retried > 0) logger.info({ ...total, isComplete }, 'Failed messages were returned to the queue.')
  return { ...total, isComplete }
}

async function retryPage(dependencies: Needed, principal: Principal, page: readonly DocumentSnapshot[]) {
  const nowMs = dependencies.clock.now()
  const open: { readonly snapshot: DocumentSnapshot; readonly job: JobDocument }[] = []
  const counts = { retried: 0, expired: 0, damaged: 0 }
  for (const snapshot of page) {
    if (!isOfTenant(principal, snapshot.fields)) continue
    const job = parseUnlessDamaged(jobDocumentSchema, snapshot)
    if (isHoldfastError(job)) counts.damaged++
    else if (isTooOld(job, nowMs)) counts.expired++
    else open.push({ snapshot, job })
  }
  return { ...counts, retried: await retryJobs(dependencies, principal, open, nowMs) }
}

async function retryJobs(
  dependencies: Needed,
  principal: Principal,
  jobs: readonly { readonly snapshot: DocumentSnapshot; readonly job: JobDocument }[],
  nowMs: number,
): Promise<number> {
  if (jobs.length === 0) return 0
  try {
    await dependencies.documents.commit(
      jobs.map(({ snapshot, job }) => ({
        kind: 'update',
        path: snapshot.path,
        fields: fieldsOfRetry(job, nowMs),
        unlessChangedSince: snapshot,
      })),
    )
    return jobs.length
  } catch {
    // One of them changed meanwhile, which fails the whole commit, or the commit succeeded without an answer.
    return retryEach(dependencies, principal, jobs)
  }
}

async function retryEach(
  dependencies: Needed,
  principal: Principal,
  jobs: readonly { readonly snapshot: DocumentSnapshot }[],
): Promise<number> {
  let retried = 0
  for (const { snapshot } of jobs) {
    try {
      await retryMessage(dependencies, principal, snapshot.id)
      retried++
    } catch (error) {
      // It is not failed any more.
      if (!(error instanceof Refusal)) throw error
    }
  }
  return retried
}
