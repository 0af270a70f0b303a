import { below, NO_SPAN, NO_TRACES, type Span } from '@holdfast/core/platform/traces'
import { ofSession } from '@holdfast/core/session/log-fields'
import type { Delivery } from '@holdfast/core/session/webhook-delivery-document'
import type { WebhookDependencies } from './webhook-dependencies.ts'

/** Events that tell of one message. Their deliveries are traced with the message, or not at all. */
const OF_A_MESSAGE = /^(?:message|poll|event)(?:\.|$)/

/**
 * Begins the span of an attempt to deliver: the request to the end point. It stands in the trace of the message that it tells of. What tells
 * of something else begins a trace.
 */
export function attemptSpan(
  { traces = NO_TRACES }: Pick<WebhookDependencies, 'traces'>,
  id: string,
  { endpoint, event, sessionId, attempts, traceparent }: Delivery,
): Span {
  if (traces === NO_TRACES) return NO_SPAN
  const { session, tenant } = ofSession(sessionId)
  const attributes = {
    'holdfast.delivery': id,
    'holdfast.endpoint': endpoint,
    'holdfast.event': event,
    'holdfast.attempt': attempts,
    'holdfast.session': session,
    'holdfast.tenant': tenant,
  }
  const options = { kind: 'client', attributes } as const
  return OF_A_MESSAGE.test(event) ? below(traces, traceparent, 'webhook', options) : traces.begin('webhook', options)
}
