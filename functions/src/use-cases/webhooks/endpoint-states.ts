import { resolveAlert } from '@holdfast/core/operations/alerts'
import {
  webhookEndpointPath,
  webhookEndpointSchema,
  type WebhookEndpointState,
} from '@holdfast/core/operations/webhook-endpoint-document'
import { parseStored } from '@holdfast/core/platform/parse'
import type { DocumentSnapshot } from '@holdfast/core/platform/ports'
import { writeUnlessChanged } from '@holdfast/core/platform/unless-changed'
import type { Delivery } from '@holdfast/core/session/webhook-delivery-document'
import { type Circuit, circuitOf, openUntilMs, PROBE_MS } from './circuit-breaker.ts'
import type { OpenEndpoint } from './find-endpoint.ts'
import type { Failure } from './post-event.ts'
import type { WebhookDependencies } from './webhook-dependencies.ts'

type Needed = Pick<WebhookDependencies, 'documents' | 'clock' | 'logger'>

interface Seen {
  readonly snapshot: DocumentSnapshot | null
  readonly state: WebhookEndpointState | null
}

async function seen({ documents }: Pick<Needed, 'documents'>, endpoint: string): Promise<Seen> {
  const path = webhookEndpointPath(endpoint)
  const snapshot = await documents.read(path)
  return { snapshot, state: snapshot && parseStored(webhookEndpointSchema, snapshot.fields, path) }
}

/** Says whether a delivery may go out now. Of those that ask when the time of an open circuit is over, one is the probe. */
export async function askCircuit(needed: Needed, endpoint: string): Promise<Circuit> {
  const { documents, clock } = needed
  const { snapshot, state } = await seen(needed, endpoint)
  const nowMs = clock.now()
  const circuit = circuitOf(state, nowMs)
  if (circuit.state !== 'probe') return circuit
  const probeEndMs = nowMs + PROBE_MS
  const isMine = await writeUnlessChanged(documents, webhookEndpointPath(endpoint), snapshot, { openUntil: new Date(probeEndMs) })
  return isMine ? circuit : { state: 'open', untilMs: probeEndMs }
}

/** Counts a failed attempt. Another attempt that fails at the same time may count instead. */
export async function countFailure(
  needed: Needed,
  { id, url }: OpenEndpoint,
  { tenant, scope, sessionId }: Delivery,
  { code, message, status, retryAfterMs }: Failure,
): Promise<void> {
  const { documents, clock, logger } = needed
  const { snapshot, state } = await seen(needed, id)
  const nowMs = clock.now()
  const now = new Date(nowMs)
  const failures = (state?.failures ?? 0) + 1
  const untilMs = openUntilMs({ failures, status, retryAfterMs }, nowMs)
  const changed: WebhookEndpointState = {
    v: 1,
    tenant,
    sessionId: scope === 'session' ? sessionId : null,
    host: new URL(url).host,
    failures,
    failingSince: state?.failingSince ?? now,
    lastFailureAt: now,
    problem: { code, message },
    openUntil: untilMs === null ? null : new Date(untilMs),
  }
  await writeUnlessChanged(documents, webhookEndpointPath(id), snapshot, { ...changed })
  if (untilMs !== null)
    logger.warn({ endpoint: id, failures, code, until: changed.openUntil }, 'An end point of webhooks is left alone for a while.')
}

/** Closes the circuit after a success, and ends the alert. */
export async function countSuccess(needed: Needed, endpoint: string): Promise<void> {
  const { documents, logger } = needed
  const { snapshot, state } = await seen(needed, endpoint)
  if (!state || (state.failures === 0 && state.openUntil === null)) return
  const healthy = { failures: 0, failingSince: null, openUntil: null }
  if (!(await writeUnlessChanged(documents, webhookEndpointPath(endpoint), snapshot, healthy))) return
  await resolveAlert(documents, 'webhook-failing', endpoint)
  logger.info({ endpoint }, 'An end point of webhooks takes events again.')
}
