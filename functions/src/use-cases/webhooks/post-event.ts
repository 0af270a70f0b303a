import { isHoldfastError, messageOf } from '@holdfast/core/platform/errors'
import { webhookHeaders } from '@holdfast/core/security/webhook-signature'
import type { Delivery } from '@holdfast/core/session/webhook-delivery-document'
import { randomUUID } from 'node:crypto'
import { retryAfterMs } from './circuit-breaker.ts'
import type { OpenEndpoint } from './find-endpoint.ts'
import type { WebhookDependencies } from './webhook-dependencies.ts'

/** Why an attempt failed. Names no secret: the address of an end point may be one. */
export interface Failure {
  readonly code: string
  readonly message: string
  /** Of the answer; null without one. */
  readonly status: number | null
  /** How long the end point wants to be left alone, ms. Null: it did not say. */
  readonly retryAfterMs: number | null
}

interface Posted {
  /** Of the answer; null without one. */
  readonly status: number | null
  /** Null: the end point took the event. */
  readonly failure: Failure | null
}

/** Tells a receiver that later events of the chat may have come before. */
const OUT_OF_ORDER = 'X-Holdfast-Out-Of-Order'

/**
 * Sends an event. The end point took it when there is no failure, which is any answer 2xx.
 *
 * @param traceparent names the span of the request to the end point; null: nobody traces it
 */
export async function postEvent(
  { notifications, clock }: Pick<WebhookDependencies, 'notifications' | 'clock'>,
  { url, secrets }: OpenEndpoint,
  { eventId, isOutOfOrder, redrives }: Pick<Delivery, 'eventId' | 'isOutOfOrder' | 'redrives'>,
  body: Buffer,
  traceparent: string | null = null,
): Promise<Posted> {
  const nowMs = clock.now()
  const { key, previous, headers } = secrets
  const keys = [...(key === null ? [] : [key]), ...(previous && previous.untilMs > nowMs ? [previous.key] : [])]
  const custom = Object.fromEntries(headers.map(({ name, value }) => [name, value]))
  const own = webhookHeaders(keys, { id: eventId, body, timestampMs: nowMs }, randomUUID())
  const marks = isOutOfOrder || redrives > 0 ? { [OUT_OF_ORDER]: 'true' } : {}
  try {
    const traced = traceparent === null ? {} : { traceparent }
    const answer = await notifications.http.request({
      method: 'POST',
      url,
      headers: { ...custom, 'content-type': 'application/json', ...own, ...marks, ...traced },
      body,
      reads: 'status',
    })
    const { status } = answer
    if (status >= 200 && status < 300) return { status, failure: null }
    const message =
      status >= 300 && status < 400
        ? `It answered with status ${status}. Redirects are not followed.`
        : `It answered with status ${status}.`
    const pauseMs = retryAfterMs(answer.headers['retry-after'], nowMs)
    return { status, failure: { code: `status-${status}`, message, status, retryAfterMs: pauseMs } }
  } catch (error) {
    const code = isHoldfastError(error) ? error.code : 'no-answer'
    const message = messageOf(error).slice(0, 300)
    return { status: null, failure: { code, message, status: null, retryAfterMs: null } }
  }
}
