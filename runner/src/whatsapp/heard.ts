/** What WhatsApp's server brought by itself: neither an ack nor an answer to a question. */
export interface Heard {
  readonly kind: 'message' | 'receipt' | 'notification' | 'call' | 'other'
  /** WhatsApp's id of the stanza; null for one without. */
  readonly id: string | null
  /** When the server took it from its sender, by the server's clock, ms; null when it does not say. */
  readonly atMs: number | null
  /** True when the server had kept it for a device that was away. */
  readonly isBacklog: boolean
  /** True when our own phone sent it, and so was online at that time. */
  readonly isFromPhone: boolean
}

/** What the server tells after each login of the stanzas that it kept: their number before they come, and when all have come. */
export interface Backlog {
  readonly what: 'announced' | 'over'
  readonly count: number
}

/**
 * The answer to the question whether the phone has changed anything that the server did not tell.
 *
 * news        it has
 * none        it has not
 * unanswered  the server did not answer the question
 * unknown     nothing is stored that could be compared
 */
export type News = 'news' | 'none' | 'unanswered' | 'unknown'
