import { deliveryTask, laneTask } from '@holdfast/core/operations/webhook-tasks'
import { type HoldfastError, isDamage, isHoldfastError, isKeyTrouble } from '@holdfast/core/platform/errors'
import type { DocumentSnapshot, Fields } from '@holdfast/core/platform/ports'
import { writeUnlessChanged } from '@holdfast/core/platform/unless-changed'
import { bodyPlace, type Delivery } from '@holdfast/core/session/webhook-delivery-document'
import { attemptSpan } from './attempt-span.ts'
import { askCircuit, countFailure, countSuccess } from './endpoint-states.ts'
import type { OpenEndpoint } from './find-endpoint.ts'
import { InFlight } from './in-flight.ts'
import { LaneReads } from './lane-reads.ts'
import { type Failure, postEvent } from './post-event.ts'
import { afterFailure, pauseMs, TRIED_FOR_MS } from './retry-decision.ts'
import type { WebhookDependencies } from './webhook-dependencies.ts'

/**
 * delivered  the end point took it
 * dead       it was given up
 * passed     it failed, and the others of its lane wait for it no longer
 * waits      it waits for its time or for a place at the end point, or another task is at it
 * changed    somebody has written to it since it was read, and does not work on its lane
 */
export type AttemptOutcome = 'delivered' | 'dead' | 'passed' | 'waits' | 'changed'

/** An event that tests an end point goes out whatever is known of the end point. */
export const TEST_EVENT = 'webhook.test'

/** One process calls an end point so often at once, so that one that hangs leaves room for the others. */
const inFlight = new InFlight(8)

const BUSY_PAUSE_MS = 3000

/** Longer than a request can take. After it others may try. */
const LEASE_MS = 45_000

/** A pause that ends this soon gets a task of its own: the one that rang was early by the difference of two clocks. */
const SOON_MS = 5000

/**
 * Tries to deliver. The attempt is written down first, in the version that was read, so that one process makes it; what comes of it is
 * written afterwards. If the process dies in between, the event goes out again, with the same id and the same bytes.
 */
export async function attempt(
  dependencies: WebhookDependencies,
  snapshot: DocumentSnapshot,
  delivery: Delivery,
  reads = new LaneReads(dependencies),
): Promise<AttemptOutcome> {
  const { clock } = dependencies
  const nowMs = clock.now()
  const one: Known = { dependencies, reads, snapshot, delivery }
  const notBeforeMs = delivery.notBefore?.getTime() ?? 0
  if (notBeforeMs > nowMs) {
    if (notBeforeMs - nowMs <= SOON_MS) await ring(one, `early-${nowMs}`, notBeforeMs)
    return 'waits'
  }
  // First, because most of what waits for a busy end point comes here, and nothing has to be read to send it away.
  if (!inFlight.begin(delivery.endpoint)) {
    await ring(one, `busy-${nowMs}`, nowMs + BUSY_PAUSE_MS * (1 + spreadOf(snapshot.id)))
    return 'waits'
  }
  try {
    const endpoint = await unlessUnreadable(reads.endpointOf(delivery))
    if (isHoldfastError(endpoint)) return await putOff(one, endpoint)
    if (!endpoint) return await giveUp(one, GONE)
    return await attemptAt(one, endpoint)
  } finally {
    inFlight.end(delivery.endpoint)
  }
}

interface Known {
  readonly dependencies: WebhookDependencies
  readonly reads: LaneReads
  readonly snapshot: DocumentSnapshot
  readonly delivery: Delivery
}

const GONE = { code: 'endpoint-removed', message: 'The end point is not in the configuration any more.' }
const AWAY = { code: 'endpoint-away', message: 'The end point took nothing for three days.' }

async function attemptAt(one: Known, endpoint: OpenEndpoint): Promise<AttemptOutcome> {
  const { dependencies, snapshot, delivery } = one
  const { documents, clock, logger } = dependencies
  const nowMs = clock.now()
  const circuit = delivery.event === TEST_EVENT ? null : await askCircuit(dependencies, endpoint.id)
  if (circuit?.state === 'open') return postpone(one, circuit.untilMs)
  const body = await unlessUnreadable(openBody(one))
  if (isHoldfastError(body)) return putOff(one, body)
  const attempts = delivery.attempts + 1
  const leaseEnd = new Date(nowMs + LEASE_MS)
  const begun = { attempts, firstAttemptAt: delivery.firstAttemptAt ?? new Date(nowMs), notBefore: leaseEnd, lookAt: leaseEnd }
  if (!(await writeUnlessChanged(documents, snapshot.path, snapshot, begun))) return overtaken(one)
  const span = attemptSpan(dependencies, snapshot.id, { ...delivery, attempts })
  const { status, failure } = await postEvent(dependencies, endpoint, delivery, body, span.traceparent)
  span.end({ attributes: status === null ? {} : { 'http.response.status_code': status }, error: failure?.code ?? null })
  const figures = {
    delivery: snapshot.id,
    endpoint: endpoint.id,
    event: delivery.event,
    attempt: attempts,
    ...span.logFields,
  }
  if (failure) {
    logger.warn({ ...figures, code: failure.code }, 'An end point did not take an event.')
    await countFailure(dependencies, endpoint, delivery, failure)
    return failed({ ...one, delivery: { ...delivery, ...begun } }, endpoint, failure)
  }
  // The content is of no more use.
  const fields = { status: 'delivered', body: null, problem: null, ...endedAt(clock.now(), 'delivered') }
  await documents.commit([{ kind: 'update', path: snapshot.path, fields }])
  if (circuit?.state !== 'closed' || circuit.failures > 0) await countSuccess(dependencies, endpoint.id)
  logger.info(figures, 'An end point took an event.')
  return 'delivered'
}

/** Says who was faster. Another task that tried it goes on with the lane. The sweep, which has it looked at later, does not. */
async function overtaken({ dependencies, snapshot, delivery }: Known): Promise<AttemptOutcome> {
  const present = await dependencies.documents.read(snapshot.path)
  return present && present.fields['attempts'] !== delivery.attempts ? 'waits' : 'changed'
}

async function openBody({ reads, snapshot, delivery }: Known): Promise<Buffer> {
  const stored = Buffer.from(delivery.body ?? [])
  return delivery.isSealed ? reads.open(delivery, stored, bodyPlace(snapshot.id)) : stored
}

async function failed(one: Known, endpoint: OpenEndpoint, { code, message, retryAfterMs }: Failure): Promise<AttemptOutcome> {
  const { dependencies, snapshot, delivery } = one
  const { documents, clock } = dependencies
  // An attempt that took longer than its time may have been overtaken by another one, whose outcome counts.
  const present = await documents.read(snapshot.path)
  if (present?.fields['status'] !== 'pending' || present.fields['attempts'] !== delivery.attempts) return 'waits'
  if (delivery.event === TEST_EVENT) return giveUp({ ...one, snapshot: present }, { code, message })
  const nowMs = clock.now()
  const pause = Math.max(pauseMs(delivery.attempts, endpoint.retries, spreadOf(snapshot.id)), retryAfterMs ?? 0)
  const decision = afterFailure(delivery, pause, nowMs)
  if (decision.action === 'give-up') return giveUp({ ...one, snapshot: present }, { code, message })
  const { untilMs, leavesLane } = decision
  const isOutOfOrder = delivery.isOutOfOrder || leavesLane
  const until = new Date(untilMs)
  const fields: Fields = {
    problem: { code, message },
    notBefore: until,
    lookAt: until,
    ...(leavesLane ? { waitsIn: null, isOutOfOrder } : {}),
  }
  if (!(await writeUnlessChanged(documents, snapshot.path, present, fields))) return 'waits'
  await ring({ ...one, delivery: { ...delivery, isOutOfOrder } }, `retry-${delivery.attempts}-${delivery.redrives}`, untilMs)
  return leavesLane ? 'passed' : 'waits'
}

/** Returns the error where a key or something stored is damaged. What is not there for a moment is thrown: the task comes again. */
async function unlessUnreadable<Value>(reading: Promise<Value>): Promise<Value | HoldfastError> {
  try {
    return await reading
  } catch (error) {
    if (isDamage(error) || isKeyTrouble(error)) return error
    throw error
  }
}

/** Whoever repairs what cannot be read has as long as an end point has. */
const UNREADABLE_PAUSE_MS = 15 * 60_000

/** Waits for somebody to repair the session, the tenant or a key. Whatever stays unreadable is given up like everything else. */
function putOff(one: Known, error: HoldfastError): Promise<AttemptOutcome> {
  const { dependencies, snapshot, delivery } = one
  dependencies.logger.error({ error, delivery: snapshot.id }, 'A webhook cannot be sent: something that it needs cannot be read.')
  const { code } = error
  const problem = { code, message: 'The session, the tenant or a key of the end point cannot be read.' }
  return postpone({ ...one, delivery: { ...delivery, problem } }, dependencies.clock.now() + UNREADABLE_PAUSE_MS)
}

/** Waits until the circuit of the end point closes. That is no attempt. */
async function postpone(one: Known, untilMs: number): Promise<AttemptOutcome> {
  const { dependencies, snapshot, delivery } = one
  const nowMs = dependencies.clock.now()
  if (nowMs >= delivery.since.getTime() + TRIED_FOR_MS) return giveUp(one, delivery.problem ?? AWAY)
  const atMs = untilMs + Math.round(SPREAD_MS * spreadOf(snapshot.id))
  const at = new Date(atMs)
  const { problem } = delivery
  const fields = { notBefore: at, lookAt: at, problem }
  if (!(await writeUnlessChanged(dependencies.documents, snapshot.path, snapshot, fields))) return overtaken(one)
  await ring(one, `open-${atMs}`, atMs)
  return 'waits'
}

/** What waited for one end point does not come back all at once. */
const SPREAD_MS = 5000

async function giveUp(one: Known, problem: { readonly code: string; readonly message: string }): Promise<AttemptOutcome> {
  const { dependencies, snapshot, delivery } = one
  const { endpoint, event } = delivery
  // A test is not sent again with what was given up.
  const fields = {
    status: 'dead',
    problem,
    ...(event === TEST_EVENT ? { body: null } : {}),
    ...endedAt(dependencies.clock.now(), 'dead'),
  }
  // Another process may have been faster, and have delivered it.
  if (!(await writeUnlessChanged(dependencies.documents, snapshot.path, snapshot, fields))) return overtaken(one)
  dependencies.logger.error({ delivery: snapshot.id, endpoint, event, code: problem.code }, 'An event was given up.')
  return 'dead'
}

const DAY_MS = 24 * 60 * 60_000

/** Firestore removes what is over after so long: what was given up has to wait for people, and there is little of it. */
const KEPT_FOR_MS = { delivered: 7 * DAY_MS, dead: 30 * DAY_MS }

/** The fields of a delivery that is over. */
export const endedAt = (nowMs: number, status: keyof typeof KEPT_FOR_MS): Fields => ({
  waitsIn: null,
  notBefore: null,
  lookAt: null,
  endedAt: new Date(nowMs),
  expireAt: new Date(nowMs + KEPT_FOR_MS[status]),
})

/** Has the delivery looked at again at a time. The sweep finds it otherwise. */
async function ring({ dependencies, snapshot, delivery }: Known, why: string, atMs: number): Promise<void> {
  const { tasks, logger } = dependencies
  const at = new Date(Math.round(atMs))
  const reason = `${snapshot.id}-${why}`
  const task = delivery.isOutOfOrder ? deliveryTask(snapshot.id, reason, at) : laneTask(delivery.lane, reason, at)
  try {
    await tasks.enqueue(task)
  } catch (error) {
    logger.warn({ error, delivery: snapshot.id }, 'A webhook has no task for its next attempt; the sweep makes one.')
  }
}

/** In [0, 1), the same for the same delivery. */
const spreadOf = (id: string): number => Number.parseInt(id.slice(0, 4), 16) / 0x10000
