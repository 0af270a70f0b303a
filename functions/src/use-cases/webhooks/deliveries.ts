import { laneTask } from '@holdfast/core/operations/webhook-tasks'
import { isHoldfastError } from '@holdfast/core/platform/errors'
import { inParallel } from '@holdfast/core/platform/in-parallel'
import { parseUnlessDamaged } from '@holdfast/core/platform/parse'
import type { DocumentSnapshot, Query } from '@holdfast/core/platform/ports'
import { writeUnlessChanged } from '@holdfast/core/platform/unless-changed'
import { sessionNameOf } from '@holdfast/core/session/ids'
import { type Delivery, deliveryPath, deliverySchema, WEBHOOK_DELIVERIES } from '@holdfast/core/session/webhook-delivery-document'
import { knowsSession, type Principal } from '../../app/principal.ts'
import type { Dependencies } from '../dependencies.ts'
import { findSession } from '../find-session.ts'
import { scopesOf } from '../job-scopes.ts'
import { Refusal } from '../refusal.ts'

type Needed = Pick<Dependencies, 'documents' | 'clock' | 'logger'>

/** A delivery as the API shows it, without its content. */
export type DeliveryAnswer = ReturnType<typeof deliveryAnswer>

interface Filter {
  /** The name of a session. Undefined: all that the caller may know of. */
  readonly session?: string | undefined
  readonly status?: Delivery['status'] | undefined
}

interface ListRequest extends Filter {
  readonly cursor?: string | undefined
  readonly limit: number
}

export const DELIVERY_CURSOR = /^\d{1,15}-[0-9a-f]{40}$/

const DELIVERY_ID = /^[0-9a-f]{40}$/

/**
 * Lists deliveries, the newest first.
 *
 * @throws Refusal `unknown-session`
 */
export async function listDeliveries(
  needed: Needed,
  principal: Principal,
  { cursor, limit, ...filter }: ListRequest,
): Promise<{ readonly deliveries: readonly DeliveryAnswer[]; readonly cursor: string | null }> {
  const found = await newest(needed, principal, filter, { after: cursor, limit: limit + 1 })
  const page = found.slice(0, limit)
  const deliveries = page.flatMap((snapshot) => {
    const delivery = parseUnlessDamaged(deliverySchema, snapshot)
    if (!isHoldfastError(delivery)) return [deliveryAnswer(snapshot, delivery)]
    needed.logger.error({ error: delivery, delivery: snapshot.id }, 'A delivery does not parse, and the list lacks it.')
    return []
  })
  const last = page.at(-1)
  return { deliveries, cursor: last && found.length > limit ? `${sinceMs(last)}-${last.id}` : null }
}

async function newest(
  { documents }: Pick<Needed, 'documents'>,
  principal: Principal,
  { session, status }: Filter,
  { after, limit }: { readonly after?: string | undefined; readonly limit: number },
): Promise<readonly DocumentSnapshot[]> {
  const sessionId = session === undefined ? null : (await findSession(documents, principal, session)).id
  const conditions: NonNullable<Query['where']> = status === undefined ? [] : [['status', '==', status]]
  const [ms, id = ''] = after?.split('-') ?? []
  const pages = await Promise.all(
    scopesOf(principal, sessionId).map((scope) =>
      documents.query({
        collection: WEBHOOK_DELIVERIES,
        where: [...scope, ...conditions],
        orderBy: ['since', 'desc'],
        thenById: true,
        ...(ms === undefined ? {} : { startAfter: [new Date(Number(ms)), id] }),
        limit,
      }),
    ),
  )
  return pages.flat().toSorted(newestFirst).slice(0, limit)
}

const sinceMs = ({ fields }: DocumentSnapshot): number => (fields['since'] as Date).getTime()

const newestFirst = (one: DocumentSnapshot, other: DocumentSnapshot): number =>
  sinceMs(other) - sinceMs(one) || (one.id < other.id ? 1 : -1)

/** @throws Refusal `unknown-delivery` */
export async function showDelivery(needed: Needed, principal: Principal, id: string): Promise<DeliveryAnswer> {
  const { snapshot, delivery } = await find(needed, principal, id)
  return deliveryAnswer(snapshot, delivery)
}

/**
 * Sends an event again that was given up. It has its place in its lane again, and a whole new time.
 *
 * @throws Refusal `unknown-delivery`, or `cannot-redrive` for one that was not given up
 */
export async function redriveOne(
  needed: Needed & Pick<Dependencies, 'tasks'>,
  principal: Principal,
  id: string,
): Promise<DeliveryAnswer> {
  const { snapshot, delivery } = await find(needed, principal, id)
  if (!(await redrive(needed, snapshot, delivery)))
    throw new Refusal('cannot-redrive', `The delivery is ${delivery.status}: only one that was given up is sent again.`)
  return showDelivery(needed, principal, id)
}

/** One call sends so many again. */
const MOST_REDRIVEN = 500
const AT_ONCE = 10
const PAGE = 100

/**
 * Sends again what was given up, the newest first. Returns how many there were, and whether more are left.
 *
 * @throws Refusal `unknown-session`
 */
export async function redriveAll(
  needed: Needed & Pick<Dependencies, 'tasks'>,
  principal: Principal,
  session: string | undefined,
): Promise<{ readonly redriven: number; readonly hasMore: boolean }> {
  let [redriven, tried, hasMore] = [0, 0, false]
  for await (const page of redrivable(needed, principal, session)) {
    const some = page.slice(0, MOST_REDRIVEN - tried)
    tried += some.length
    hasMore = some.length < page.length
    await inParallel(AT_ONCE, some, async ([snapshot, delivery]) => {
      if (await redrive(needed, snapshot, delivery)) redriven++
    })
    if (hasMore) break
  }
  needed.logger.info({ redriven }, 'Webhooks that were given up are sent again.')
  return { redriven, hasMore }
}

/** Pages of what was given up and can be sent again. What has no body any more, or is damaged, is in nobody's way. */
async function* redrivable(needed: Needed, principal: Principal, session: string | undefined) {
  let after: string | undefined
  for (;;) {
    const found = await newest(needed, principal, { session, status: 'dead' }, { after, limit: PAGE })
    const page = found.flatMap((snapshot): [DocumentSnapshot, Delivery][] => {
      const delivery = parseUnlessDamaged(deliverySchema, snapshot)
      return isHoldfastError(delivery) || delivery.body === null ? [] : [[snapshot, delivery]]
    })
    if (page.length > 0) yield page
    const last = found.at(-1)
    if (!last || found.length < PAGE) return
    after = `${sinceMs(last)}-${last.id}`
  }
}

/** Returns false for a delivery that was not given up, or that somebody else has just sent again. */
async function redrive(
  { documents, tasks, clock, logger }: Needed & Pick<Dependencies, 'tasks'>,
  snapshot: DocumentSnapshot,
  { status, body, lane, redrives }: Delivery,
): Promise<boolean> {
  if (status !== 'dead' || body === null) return false
  const now = new Date(clock.now())
  const anew = { status: 'pending', since: now, waitsIn: lane, isOutOfOrder: false, attempts: 0, firstAttemptAt: null }
  const open = { notBefore: null, lookAt: now, endedAt: null, expireAt: null, redrives: redrives + 1 }
  if (!(await writeUnlessChanged(documents, snapshot.path, snapshot, { ...anew, ...open }))) return false
  try {
    await tasks.enqueue(laneTask(lane, `${snapshot.id}-redrive-${redrives + 1}`))
  } catch (error) {
    logger.warn({ error, delivery: snapshot.id }, 'A webhook that is sent again has no task; the sweep makes one.')
  }
  return true
}

async function find({ documents }: Pick<Needed, 'documents'>, principal: Principal, id: string) {
  const snapshot = DELIVERY_ID.test(id) ? await documents.read(deliveryPath(id)) : null
  const delivery = snapshot && parseUnlessDamaged(deliverySchema, snapshot)
  if (!snapshot || !delivery || isHoldfastError(delivery) || !maySee(principal, delivery))
    throw new Refusal('unknown-delivery', 'List them with GET /api/webhooks/deliveries.')
  return { snapshot, delivery }
}

const maySee = (principal: Principal, { tenant, sessionId }: Delivery): boolean =>
  tenant === principal.tenant && (principal.sessions === 'all' || knowsSession(principal, sessionId))

function deliveryAnswer({ id }: Pick<DocumentSnapshot, 'id'>, delivery: Delivery) {
  const { sessionId, endpoint, host = null, scope, event, eventId, at, since, status, isOutOfOrder } = delivery
  const { attempts, firstAttemptAt, notBefore, endedAt, problem, redrives } = delivery
  const ids = { id, session: sessionNameOf(sessionId), endpoint, host, scope, event, eventId, at, since, status, isOutOfOrder }
  return { ...ids, attempts, firstAttemptAt, nextAttemptAt: notBefore, endedAt, problem, redrives }
}
