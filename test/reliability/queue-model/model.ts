import { OWNER_WAITS_MS } from '@holdfast/core/message/due'
import type { JobDocument, JobStatus } from '@holdfast/core/message/job-document'

/** The queue as it should be: what may happen to a message, what comes of it, and what its session owes it. Times in ms. */
export interface ModelJob extends Pick<JobDocument, 'sessionId' | 'chat' | 'status' | 'attempts' | 'generation'> {
  readonly text: string
  /** The lowest place of a chat goes first. Among chats it is the lowest urgency. */
  readonly place: number
  readonly urgency: number
  readonly isQueued: boolean
  readonly isArchived: boolean
  readonly sendAt: number | null
  readonly dueAt: number | null
  readonly wait: number
  readonly expiresAt: number | null
  readonly delays: readonly number[]
  readonly refusals: number
  /** WhatsApp's answer that the owner has heard. Its error is null when WhatsApp has the message. */
  readonly answer: { readonly error: string | null; readonly at: number } | null
  /** Whether the outcome of the last attempt, or of an earlier one, is unknown. */
  readonly isOpen: boolean
  readonly isUncertain: boolean
  /** Whether the owner has had the time to hear of it, and whether nothing but other chats holds it back. */
  readonly isKnown: boolean
  readonly isReady: boolean
  /** When it entered the queue, and when somebody else took it from its owner; 0: never. */
  readonly queuedAt: number
  readonly leftAt: number
}

/** `by` is a session, for its owner, or `functions`. */
export interface Happening {
  readonly name: keyof typeof MAY
  readonly by: string
  readonly now: number
  /** The session of a moved message, the text of a replaced one. */
  readonly to: string
}

type Rules<Result> = Readonly<Record<string, (job: ModelJob, happening: Happening) => Result>>

const [SLOW_MS, LOOK_MS, FINAL_ERRORS] = [2 * OWNER_WAITS_MS, OWNER_WAITS_MS + 1000, ['whatsapp-400', 'not-on-whatsapp']]

const isPast = (time: number | null, now: number): boolean => time !== null && time <= now
const isOpen = ({ status }: ModelJob): boolean => status === 'pending' || status === 'processing'
const isOwn = (job: ModelJob, by: string, status: JobStatus) => job.status === status && job.isQueued && job.sessionId === by
const isUnsent = (job: ModelJob): boolean => job.status === 'pending' && !job.isOpen && !job.isUncertain
const isLate = ({ status, isUncertain }: ModelJob): boolean => status === 'failed' && isUncertain
const isTooOld = (job: ModelJob, now: number): boolean => isPast(job.expiresAt, now) && !job.isOpen && !job.isUncertain
const isRefused = ({ answer }: ModelJob): boolean => !!answer?.error
const isAcked = ({ answer, isUncertain }: ModelJob) => !!answer && (answer.error === null || isUncertain)
const isLast = ({ answer, refusals, delays }: ModelJob) => FINAL_ERRORS.includes(answer?.error ?? '') || refusals >= delays.length
const isFailed = (job: ModelJob, now: number): boolean =>
  job.status === 'pending' ? isTooOld(job, now) || job.answer?.error === 'not-on-whatsapp' : isRefused(job) && isLast(job)
const delayOf = ({ answer, refusals, delays }: ModelJob): number =>
  delays[Math.min(Math.max(refusals, answer?.error === 'whatsapp-463' ? 1 : 0), delays.length - 1)] ?? 0
const queued = (now: number) => ({ isQueued: true, isKnown: false, queuedAt: now })
const nextOf = (job: ModelJob): number => (job.answer?.at ?? 0) + delayOf(job)

/** What may happen to a message. */
const MAY = {
  taken: (job, { by, now }) => isOwn(job, by, 'pending') && (job.dueAt ?? 0) <= now && !isTooOld(job, now - SLOW_MS),
  repeated: (job, { by }) => isOwn(job, by, 'processing'),
  refused: (job, { by }) => isOwn(job, by, 'processing') && isRefused(job) && !isLast(job),
  sent: (job, { by }) => isLate(job) || (isAcked(job) && isOwn(job, by, isRefused(job) ? 'pending' : 'processing')),
  delivered: (job) => job.status === 'sent' || isLate(job) || (isOpen(job) && !isUnsent(job)),
  read: (job) => job.status === 'sent' || job.status === 'delivered' || isLate(job) || (isOpen(job) && !isUnsent(job)),
  failed: (job, { by, now }) => isOwn(job, by, job.status) && isOpen(job) && isFailed(job, now),
  expired: (job, { now }) => isUnsent(job) && isTooOld(job, now),
  canceled: (job) => isUnsent(job),
  replaced: (job) => isUnsent(job) && job.attempts === 0,
  retried: (job, { now }) => job.status === 'failed' && !job.isArchived && !isTooOld(job, now),
  moved: (job, { to }) => isUnsent(job) && job.isQueued && job.sessionId !== to,
  due: (job, { now }) => job.status === 'pending' && isPast(job.isQueued ? job.dueAt : job.sendAt, now),
  archived: (job) => !isOpen(job) && !job.isArchived,
} satisfies Rules<boolean>

/** What comes of it, besides that nothing is due any more. */
const THEN: Rules<Partial<ModelJob>> = {
  taken: ({ attempts }) => ({ status: 'processing', attempts: attempts + 1, isOpen: true, answer: null }),
  repeated: ({ attempts }) => ({ attempts: attempts + 1, isUncertain: true }),
  refused: (job) => ({ status: 'pending', refusals: job.refusals + 1, dueAt: nextOf(job), wait: delayOf(job), isOpen: false }),
  sent: () => ({ status: 'sent' }),
  delivered: (_, { now }) => ({ status: 'delivered', leftAt: now }),
  read: (_, { now }) => ({ status: 'read', leftAt: now }),
  failed: () => ({ status: 'failed', isOpen: false }),
  expired: (_, { now }) => ({ status: 'failed', leftAt: now }),
  canceled: (_, { now }) => ({ status: 'canceled', leftAt: now }),
  replaced: (_, { to }) => ({ text: to }),
  retried: ({ generation }, { now }) => ({ status: 'pending', generation: generation + 1, refusals: 0, ...queued(now) }),
  moved: (_, { to, now }) => ({ sessionId: to, refusals: 0, leftAt: now, ...queued(now) }),
  due: ({ isKnown, isQueued }, { now }) => ({ ...queued(now), isKnown: isKnown && isQueued }),
  archived: () => ({ isArchived: true }),
}

/** Returns the message after what happened. Null when that must not happen to it. */
export function after(job: ModelJob, happening: Happening): ModelJob | null {
  return MAY[happening.name](job, happening) ? { ...job, dueAt: null, ...THEN[happening.name]?.(job, happening) } : null
}

/** Returns whether a session may take a message now: one of a chat is on its way at a time, and the first goes first. */
export function isNext(job: ModelJob, all: readonly ModelJob[], atOnce: number): boolean {
  const others = all.filter((other) => other !== job && other.sessionId === job.sessionId && other.isQueued && isOpen(other))
  const inChat = others.filter(({ chat }) => chat === job.chat)
  if (inChat.some((other) => other.status === 'processing' || (other.isKnown && other.place < job.place))) return false
  return atOnce > 1 || !others.some((other) => other.isReady && other.status === 'pending' && other.urgency < job.urgency)
}

/** Returns the messages that the connected owner of a session takes as soon as it may send to one more chat. */
export function owed(all: readonly ModelJob[], sessionId: string, now: number): readonly ModelJob[] {
  const open = all.filter((job) => job.sessionId === sessionId && job.isQueued && isOpen(job))
  return open.filter((job) => {
    const inChat = open.filter((other) => other !== job && other.chat === job.chat)
    const isFirst = inChat.every((other) => other.status === 'pending' && other.place > job.place)
    // The owner looks within a minute whether somebody took the message before this one.
    const isFree = all.every(({ chat, leftAt }) => chat !== job.chat || !leftAt || Math.max(leftAt, job.queuedAt) < now - LOOK_MS)
    const isDue = job.dueAt === null || (job.dueAt < now && job.wait <= OWNER_WAITS_MS)
    return job.status === 'pending' && isDue && isFirst && isFree
  })
}
