/** What is known of one connection that has opened. Times are ages in milliseconds. */
export interface HearingFacts {
  /** Since the connection opened. */
  readonly openForMs: number
  /** Since the last frame of the server, of any kind: it answers pings. */
  readonly answeredForMs: number
  /** Since the server last brought something by itself; null when it has brought nothing over this connection. */
  readonly quietForMs: number | null
  /** The oldest message that was sent, and is not acknowledged, since anything was heard. Null: there is none. */
  readonly unackedForMs: number | null
  /** Messages that were acknowledged since anything was heard, and the age of the first ack. */
  readonly acked: { readonly messages: number; readonly chats: number; readonly sinceMs: number }
  /** Whether receipts have ever come to this session while its owner had it. */
  readonly getsReceipts: boolean
  /** Whether other sessions of the runner have heard anything since that first ack. Null: there are no others. */
  readonly othersHear: boolean | null
  /** A backlog that was announced and of which nothing has come; null when there is none. */
  readonly missingBacklogForMs: number | null
  /** Whether the server has said that all of the backlog has come, as it does after each login. */
  readonly isBacklogOver: boolean
  /** Since the question for news of the phone showed some, of which no notice has come. */
  readonly untoldNewsForMs: number | null
  /** Such questions in a row that got no answer. */
  readonly unanswered: number
  /** How long a message that arrived is being read, although nothing holds it back; 0 when all are read. */
  readonly readingForMs: number
}

/** The evidence, as a code. `docs/RECOVERY.md` says what stands behind each. */
type Evidence =
  | 'reading-stuck'
  | 'no-acks'
  | 'backlog-withheld'
  | 'news-withheld'
  | 'no-answers'
  | 'no-receipts'
  | 'no-end-of-backlog'

/**
 * hears    the server has brought something over this connection
 * unknown  it has brought nothing, and nobody knows of anything that it should have brought: a quiet session
 * hints    something is missing that usually comes
 * deaf     the server has something for the session and does not bring it, or what it brought is not read
 */
export interface Verdict {
  readonly hearing: 'hears' | 'unknown' | 'hints' | 'deaf'
  readonly evidence: Evidence | null
  /** The age of the evidence, ms. */
  readonly forMs: number
}

/** A server that has been silent for this long is not deaf but gone; the keep-alive ends the connection. */
const ANSWERS_WITHIN_MS = 60_000

/** Messages without any receipt that are a hint. */
const HINTING_MESSAGES = 3
const HINTING_CHATS = 2

/** Questions without an answer that are evidence. */
const UNANSWERED = 2

/**
 * Judges whether a connection that is open and answers pings is deaf. Silence is no evidence: a session to which nobody writes is
 * quiet, for days.
 *
 * @param afterMs the time that each piece of evidence has to last
 */
export function judgeHearing(facts: HearingFacts, afterMs: number): Verdict {
  const { openForMs, answeredForMs, quietForMs, acked } = facts
  const nothing = { hearing: quietForMs === null ? 'unknown' : 'hears', evidence: null, forMs: 0 } as const
  if (answeredForMs > ANSWERS_WITHIN_MS) return nothing
  const deaf = (evidence: Evidence, forMs: number | null): Verdict | null =>
    forMs !== null && forMs >= afterMs ? { hearing: 'deaf', evidence, forMs } : null
  const evident =
    deaf('reading-stuck', facts.readingForMs) ??
    deaf('no-acks', facts.unackedForMs) ??
    deaf('backlog-withheld', facts.missingBacklogForMs) ??
    deaf('news-withheld', facts.untoldNewsForMs) ??
    deaf('no-answers', facts.unanswered >= UNANSWERED ? openForMs : null)
  if (evident) return evident
  const isMissed = acked.messages >= HINTING_MESSAGES && (facts.getsReceipts || acked.chats >= HINTING_CHATS)
  if (isMissed && acked.sinceMs >= afterMs && facts.othersHear !== false) {
    return { hearing: 'hints', evidence: 'no-receipts', forMs: acked.sinceMs }
  }
  if (!facts.isBacklogOver && quietForMs === null && openForMs >= afterMs) {
    return { hearing: 'hints', evidence: 'no-end-of-backlog', forMs: openForMs }
  }
  return nothing
}
