// How the server refuses a login or ends a stream: stanzas as the real service sends them, for each code.
import type { Stanza } from './stanzas.ts'

/** Where the refusal was made: a region of the service, of no meaning to a client. */
const LOCATION = 'lla'

const LOGOUT_TEXT = {
  logout_message_header: 'You have been logged out',
  logout_message_subtext: 'Check your phone',
  logout_message_locale: 'en',
}

/** What comes with a code besides `reason` and `location`. Codes that are not here come with those alone. */
const FAILURE_ATTRS: Record<number, Record<string, string>> = {
  401: LOGOUT_TEXT,
  // A temporary ban: why (101: sent to too many people), and for how many seconds still.
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
  /** With whom: a newer connection of the same client, or the phone, which has removed the client. */
  conflict?: 'replaced' | 'device_removed' | undefined
  /** The name of another condition, as in XMPP. */
  condition?: string | undefined
}

const UNLINKED = 401
const UNAVAILABLE = 503

/** The code that comes with an error: a removed device is always told 401, other conflicts and conditions come without. */
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
