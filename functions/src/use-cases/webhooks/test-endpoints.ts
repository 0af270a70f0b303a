import { laneTask } from '@holdfast/core/operations/webhook-tasks'
import { tenantPath } from '@holdfast/core/operations/tenant-document'
import { Deadline } from '@holdfast/core/platform/deadlines'
import { VERSION } from '@holdfast/core/platform/version'
import { DEFAULT_TENANT, sessionIdOf } from '@holdfast/core/session/ids'
import {
  type Delivery,
  deliveryIdOf,
  deliveryPath,
  deliverySchema,
  laneOf,
  UNTRIED,
} from '@holdfast/core/session/webhook-delivery-document'
import { endpointsOf, type WebhookEndpoint } from '@holdfast/core/session/webhooks'
import { randomBytes } from 'node:crypto'
import type { Principal } from '../../app/principal.ts'
import { requireWholeTenant } from '../acting-tenant.ts'
import type { Dependencies } from '../dependencies.ts'
import { findSession, parseSession } from '../find-session.ts'
import { TEST_EVENT } from './attempt.ts'
import { webhooksOf } from './tell-end-points.ts'

type Needed = Pick<Dependencies, 'documents' | 'tasks' | 'clock' | 'logger'>

/** The caller waits. An end point that needs longer is shown as `unknown`. */
const WAITS_MS = 15_000
const LOOKS_EVERY_MS = 250

interface Tested {
  readonly endpoint: string
  readonly host: string
  readonly outcome: 'delivered' | 'failed' | 'unknown'
  readonly problem: string | null
}

/**
 * Sends an event `webhook.test` to the end points of a session, or of the caller's tenant. It goes the way of all events, through the queue,
 * but is tried once, and whatever is known of the end point. A success ends a pause.
 *
 * @param session the name of a session. Undefined: the end points of the tenant
 * @throws Refusal `unknown-session`, or `forbidden` for the tenant by a key that is limited to some sessions
 */
export async function testEndpoints(
  needed: Needed,
  principal: Principal,
  session: string | undefined,
): Promise<{ readonly id: string; readonly endpoints: readonly Tested[] }> {
  const { documents, tasks, clock, logger } = needed
  const now = new Date(clock.now())
  const id = `evt_test${randomBytes(11).toString('hex')}`
  const { scope, sessionId, name, endpoints } = await endpointsFor(needed, principal, session)
  const envelope = { id, timestamp: now.getTime(), event: TEST_EVENT, session: name, payload: {}, engine: 'NOWEB' }
  const environment = { version: VERSION, engine: 'NOWEB', tier: 'PLUS', browser: null }
  const body = Buffer.from(JSON.stringify({ ...envelope, environment }))
  const tested = endpoints.map((endpoint) => ({ endpoint, delivery: deliveryIdOf(endpoint.id, id) }))
  for (const { endpoint, delivery } of tested) {
    const lane = laneOf(endpoint.id, sessionId, id)
    const fields: Delivery = {
      ...UNTRIED,
      tenant: principal.tenant,
      sessionId,
      endpoint: endpoint.id,
      host: new URL(endpoint.url).host,
      scope,
      event: TEST_EVENT,
      eventId: id,
      at: now,
      since: now,
      lane,
      order: '0',
      body,
      isSealed: false,
      waitsIn: lane,
      lookAt: now,
    }
    await documents.commit([{ kind: 'create', path: deliveryPath(delivery), fields: { ...fields } }])
    await tasks.enqueue(laneTask(lane, id))
  }
  logger.info({ test: id, endpoints: tested.length }, 'A test of webhooks was requested.')
  const deadline = new Deadline(clock, WAITS_MS)
  return { id, endpoints: await Promise.all(tested.map((one) => untilEnded(needed, one, deadline))) }
}

async function endpointsFor({ documents }: Needed, principal: Principal, session: string | undefined) {
  if (session !== undefined) {
    const { id, snapshot } = await findSession(documents, principal, session)
    const { name, config } = parseSession(snapshot)
    return { scope: 'session', sessionId: id, name, endpoints: endpointsOf(config['webhooks'], id) } as const
  }
  requireWholeTenant(principal)
  const { tenant } = principal
  // Whoever tests an end point has often just configured it.
  const webhooks = webhooksOf(await documents.read(tenantPath(tenant)))
  const sessionId = sessionIdOf(tenant, DEFAULT_TENANT)
  return { scope: 'tenant', sessionId, name: DEFAULT_TENANT, endpoints: endpointsOf(webhooks, tenant) } as const
}

async function untilEnded(
  { documents, clock }: Needed,
  { endpoint, delivery }: { readonly endpoint: WebhookEndpoint; readonly delivery: string },
  deadline: Deadline,
): Promise<Tested> {
  const of = { endpoint: endpoint.id, host: new URL(endpoint.url).host }
  while (deadline.remainingMs > 0) {
    await clock.sleep(LOOKS_EVERY_MS, 'deadline')
    const found = deliverySchema.safeParse((await documents.read(deliveryPath(delivery)))?.fields)
    if (!found.success || found.data.status === 'pending') continue
    const { status, problem } = found.data
    return { ...of, outcome: status === 'delivered' ? 'delivered' : 'failed', problem: problem?.message ?? null }
  }
  return { ...of, outcome: 'unknown', problem: 'It did not end in time.' }
}
