import type { OutgoingRequest } from '@holdfast/core/platform/outgoing'
import { encryptPush, MOST_PUSH_BYTES, pushAuthorization } from '@holdfast/core/security/web-push'
import { createHash } from 'node:crypto'
import type { Notice } from './notice-text.ts'
import type { PushChannel } from './push-channels.ts'

/** A browser that was away for longer is not told of what was. */
const KEPT_FOR_SECONDS = 24 * 60 * 60

/** What the service worker of the dashboard reads. */
export interface PushedNotice {
  readonly title: string
  readonly body: string
  /** A notification with the same tag is replaced. */
  readonly tag: string
}

/** The request that brings a notice to a browser. */
export function pushRequest(
  { subscription, keys }: PushChannel,
  notice: Notice,
  sender: { readonly contact: string; readonly nowMs: number },
): OutgoingRequest {
  return {
    method: 'POST',
    url: subscription.endpoint,
    headers: {
      authorization: pushAuthorization(subscription.endpoint, keys, sender),
      'content-encoding': 'aes128gcm',
      'content-type': 'application/octet-stream',
      ttl: String(KEPT_FOR_SECONDS),
      topic: topicOf(notice.alert),
      urgency: notice.isUrgent ? 'high' : 'normal',
    },
    body: encryptPush(messageOf(notice), subscription),
  }
}

/** A push service keeps the newest notice of a topic. The name of a session is not for it to read. */
const topicOf = (alert: string): string => createHash('sha256').update(alert).digest('base64url').slice(0, 32)

/** The text without its first line, which is the title, cut to what push services take. */
function messageOf({ headline, text, alert: tag }: Notice): Buffer {
  const lines = text.slice(headline.length).trim()
  for (let length = lines.length; ; length = Math.floor(length * 0.9)) {
    const body = length === lines.length ? lines : `${lines.slice(0, length).toWellFormed()}…`
    const pushed: PushedNotice = { title: headline.slice(0, 200).toWellFormed(), body, tag }
    const message = Buffer.from(JSON.stringify(pushed))
    if (message.length <= MOST_PUSH_BYTES) return message
  }
}
