// Stanzas by which the server refuses a login or ends a stream, for each code as the real service sends them.
import type { Stanza } from './stanzas.ts'

/** The region of the service that refused; it means nothing to a client. */
const LOCATION = 'lla'

const LOGOUT_TEXT = {
  logout_message_header: 'You have been logged out',
  logout_message_subtext: 'Check your phone',
  logout_message_locale: 'en',
}

/** Attributes of a code beside `reason` and `location`. Codes that are not listed have none. */
const FAILURE_ATTRS: Record<number, Record<string, string>> = {
  401: LOGOUT_TEXT,
  // A temporary ban: its cause (101: sent to too many people), and the seconds that remain.
  402: { code: '101', expire: '86400' },
  403: { ...LOGOUT_TEXT, message: 'locked', url: 'https://faq.example/locked' },
  406: { ...LOGOUT_TEXT, message: 'banned', url: 'https://faq.example/banned' },
}

/** `more` replaces attributes or adds to them. */
export const loginFailure = (code: number, more: Record<string, string> = {}): Stanza => ({
  tag: 'failure',
  attrs: { reason: String(code), location: LOCATION, ...FAILURE_ATTRS[code], ...more },
})

export type StreamErrorOrder = {
  code?: number | undefined
  /** The other side of the conflict: a newer connection of the same client, or the phone, which has removed the client. */
  conflict?: 'replaced' | 'device_removed' | undefined
  /** The name of another condition, as in XMPP. */
  condition?: string | undefined
}

const UNLINKED = 401
const UNAVAILABLE = 503

/** The code of a stream error: 401 for a removed device; other conflicts and conditions have none. */
export const streamErrorCode = ({ code, conflict, condition }: StreamErrorOrder): number | undefined => {
  if (code !== undefined) return code
  if (conflict === 'device_removed') return UNLINKED
  return conflict === undefined && condition === undefined ? UNAVAILABLE : undefined
}

export const streamError = (order: StreamErrorOrder): Stanza => {
  const code = streamErrorCode(order)
  const attrs: Record<string, string> = code === undefined ? {} : { code: String(code) }
  const { conflict, condition } = order
  if (conflict !== undefined) return { tag: 'stream:error', attrs, content: [{ tag: 'conflict', attrs: { type: conflict } }] }
  return condition === undefined
    ? { tag: 'stream:error', attrs }
    : { tag: 'stream:error', attrs, content: [{ tag: condition, attrs: {} }] }
}
