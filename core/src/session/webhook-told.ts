import type { Account } from './webhook-view.ts'

/** What a webhook says, before it has an id and an envelope. */
export interface WebhookEvent {
  /** In WAHA's words. */
  readonly event: string
  readonly payload: object
  /** The JID of the chat, whose webhooks keep their order. Null: of the session itself. */
  readonly chat: string | null
  readonly at: Date
  /** What happened, the same however often it is told: with the name of the event it gives the id. */
  readonly key: readonly string[]
  /** The account after the event, where the event changes it. */
  readonly me?: Account | null
  /** Whether it has content of messages or says who writes to whom, which leaves the process sealed only. */
  readonly isSecret: boolean
}

/** The latest time that Firestore accepts. */
const LATEST_MS = Date.UTC(9999, 11, 31)

/** Returns the nearest time that Firestore accepts. Times come from phones, too. */
export const possibleMs = (ms: number): number => (Number.isFinite(ms) ? Math.min(Math.max(0, ms), LATEST_MS) : 0)
