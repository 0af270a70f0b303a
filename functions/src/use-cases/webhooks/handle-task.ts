import { laneTask } from '@holdfast/core/operations/webhook-tasks'
import { Deadline } from '@holdfast/core/platform/deadlines'
import { isHoldfastError } from '@holdfast/core/platform/errors'
import { parseUnlessDamaged } from '@holdfast/core/platform/parse'
import type { DocumentSnapshot } from '@holdfast/core/platform/ports'
import { deliveryPath, deliverySchema, WEBHOOK_DELIVERIES } from '@holdfast/core/session/webhook-delivery-document'
import { z } from 'zod'
import { attempt, type AttemptOutcome, endedAt } from './attempt.ts'
import { LaneReads } from './lane-reads.ts'
import type { WebhookDependencies } from './webhook-dependencies.ts'

const ID = /^[0-9a-f]{40}$/

const taskSchema = z.union([z.object({ lane: z.string().regex(ID) }), z.object({ delivery: z.string().regex(ID) })])

/** A task works on its lane for so long, and then leaves it to another one. With a last request it ends before the embedded queue gives up. */
const RUN_MS = 8_000

/**
 * A lane that takes events is looked at for so many at once: each document that is read costs, and most looks find a first one that has to
 * wait. Each may have a body of 1 MiB, and a process works on 80 lanes.
 */
const HEADS = 4

/**
 * Handles a task of the queue `webhooks`: sends what waits in a lane, one after the other, or one delivery that has lost its place. The
 * documents decide, so that a task that comes twice, late or not at all changes nothing.
 *
 * @throws Error when the task has to be repeated: a store does not answer
 */
export async function handleWebhookTask(dependencies: WebhookDependencies, payload: unknown): Promise<void> {
  const task = taskSchema.safeParse(payload)
  if (!task.success) dependencies.logger.error('A task of the queue `webhooks` names nothing; it is dropped.')
  else if ('lane' in task.data) await sendLane(dependencies, task.data.lane)
  else await sendOne(dependencies, task.data.delivery)
}

async function sendLane(dependencies: WebhookDependencies, lane: string): Promise<void> {
  const { clock, tasks } = dependencies
  const deadline = new Deadline(clock, RUN_MS)
  const reads = new LaneReads(dependencies)
  let limit = 1
  for (;;) {
    const heads = await headsOf(dependencies, lane, limit)
    if (heads.length === 0) return
    // Nothing holds the body of one that has been tried.
    for (let head = heads.shift(); head; head = heads.shift()) {
      if (deadline.remainingMs === 0) {
        await tasks.enqueue(laneTask(lane, `${head.id}-on-${clock.now()}`))
        return
      }
      const outcome = await tried(dependencies, head, reads)
      limit = outcome === 'delivered' ? HEADS : 1
      if (outcome === 'waits') return
      // What was read is of before, and so is what was read with it.
      if (outcome === 'changed') break
    }
  }
}

async function sendOne(dependencies: WebhookDependencies, delivery: string): Promise<void> {
  const snapshot = await dependencies.documents.read(deliveryPath(delivery))
  if (snapshot?.fields['status'] === 'pending') await tried(dependencies, snapshot)
}

/** The first of a lane that has its place in it. */
export async function headOf(needed: Pick<WebhookDependencies, 'documents'>, lane: string): Promise<DocumentSnapshot | null> {
  const [head] = await headsOf(needed, lane, 1)
  return head ?? null
}

function headsOf(
  { documents }: Pick<WebhookDependencies, 'documents'>,
  lane: string,
  limit: number,
): Promise<DocumentSnapshot[]> {
  return documents.query({ collection: WEBHOOK_DELIVERIES, where: [['waitsIn', '==', lane]], orderBy: ['order', 'asc'], limit })
}

async function tried(
  dependencies: WebhookDependencies,
  snapshot: DocumentSnapshot,
  reads = new LaneReads(dependencies),
): Promise<AttemptOutcome> {
  const { documents, clock, logger } = dependencies
  const delivery = parseUnlessDamaged(deliverySchema, snapshot)
  if (!isHoldfastError(delivery)) return attempt(dependencies, snapshot, delivery, reads)
  logger.error({ delivery: snapshot.id, error: delivery }, 'A webhook cannot be read; it is put aside.')
  const problem = { code: delivery.code, message: 'The document of the delivery cannot be read.' }
  const fields = { status: 'dead', problem, ...endedAt(clock.now(), 'dead') }
  await documents.commit([{ kind: 'update', path: snapshot.path, fields }])
  return 'dead'
}
