import { type AlertTest, alertTestPath, alertTestSchema } from '@holdfast/core/operations/alert-delivery-document'
import { changing } from '@holdfast/core/operations/alerts'
import { Deadline } from '@holdfast/core/platform/deadlines'
import { parseStored } from '@holdfast/core/platform/parse'
import { randomBytes } from 'node:crypto'
import type { Principal } from '../../app/principal.ts'
import { requireWholeTenant } from '../acting-tenant.ts'
import type { Dependencies } from '../dependencies.ts'
import { testTask } from './notice-task.ts'

type Needed = Pick<Dependencies, 'documents' | 'tasks' | 'clock' | 'logger'>

/** The caller waits. A channel that needs longer is shown as `unknown`. */
const WAITS_MS = 20_000
const LOOKS_EVERY_MS = 250

/** A queue that works has begun by then. */
const BEGINS_WITHIN_MS = 5000

/** How a test ended on a channel. */
export interface TestedChannel {
  readonly channel: string
  /** `unknown`: it did not end in time. */
  readonly outcome: 'delivered' | 'failed' | 'refused' | 'unknown'
  readonly problem: string | null
}

/**
 * Sends a test on the channels of the caller's tenant, for the operator also on those of the installation. It goes the way of all notices:
 * through the queue, from the function that has the secrets.
 *
 * @throws Refusal `forbidden` for a key that is limited to some sessions
 */
export async function testChannels(
  needed: Needed,
  principal: Principal,
  channel: string | undefined,
): Promise<{ readonly id: string; readonly isComplete: boolean; readonly channels: readonly TestedChannel[] }> {
  requireWholeTenant(principal)
  const { documents, tasks, clock, logger } = needed
  const { tenant, role } = principal
  const id = randomBytes(8).toString('hex')
  const test: AlertTest = {
    v: 1,
    id,
    tenant,
    withInstallation: role === 'operator',
    channel: channel ?? null,
    startedAt: new Date(clock.now()),
    channels: null,
    outcomes: {},
  }
  await changing(documents, alertTestPath(tenant), () => ({ ...test }))
  await tasks.enqueue(testTask(tenant, id))
  logger.info({ test: id, channel }, 'A test of alert channels was requested.')
  const last = await untilEnded(needed, test)
  const names = last.channels ?? []
  const channels = names.map((name): TestedChannel => {
    const ended = last.outcomes[name]
    return ended ? { channel: name, ...ended } : { channel: name, outcome: 'unknown', problem: 'It did not end in time.' }
  })
  return { id, isComplete: last.channels !== null && channels.every(({ outcome }) => outcome !== 'unknown'), channels }
}

async function untilEnded({ documents, clock }: Needed, test: AlertTest): Promise<AlertTest> {
  const deadline = new Deadline(clock, WAITS_MS)
  const path = alertTestPath(test.tenant)
  let last = test
  while (deadline.remainingMs > 0) {
    await clock.sleep(LOOKS_EVERY_MS, 'deadline')
    const found = await documents.read(path)
    const now = found && parseStored(alertTestSchema, found.fields, path)
    // Another test took its place.
    if (now?.id !== test.id) return last
    last = now
    if (now.channels === null && deadline.remainingMs < WAITS_MS - BEGINS_WITHIN_MS) return now
    if (now.channels?.every((name) => now.outcomes[name])) return now
  }
  return last
}
