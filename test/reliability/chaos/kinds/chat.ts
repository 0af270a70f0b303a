import type { PatientApi } from './patient-api.ts'

/** The bytes that somebody sent. */
export interface SentFile {
  readonly bytes: number
  readonly sha256: string
}

/** A message that has its own place in a chat, and what became of it. */
interface Message {
  /** Its id at WhatsApp. */
  readonly id: string
  /** As the API names it. */
  readonly serialized: string
  /** Whether it is a message itself. A reaction, an edit or a deletion changes one. */
  readonly isMessage: boolean
  readonly kind: string
  /** The text that the lists show, after all edits. Null where a list shows none. */
  body: string | null
  isRevoked: boolean
  /** The last reaction of each side. */
  readonly reactions: Map<string, string>
  readonly options: readonly string[]
  readonly file: SentFile | null
}

/** What the session sends. */
export interface Ours extends Message {
  readonly jobId: string
  /** What each recipient sees. */
  readonly seen: Readonly<Record<string, unknown>>
}

/** What a contact says. */
export interface Theirs extends Message {
  readonly contact: string
  /** The secret of a poll, in base64. */
  readonly secret: string | null
}

/** A session that says everything, and its only webhook. */
export interface KindsSession {
  readonly name: string
  readonly phone: string
  readonly api: PatientApi
  /** The path of its receiver. */
  readonly receiver: string
  readonly chats: readonly KindsChat[]
}

export interface KindsChat {
  /** As the API names it. */
  readonly chatId: string
  readonly group: string | null
  /** The contacts in it. */
  readonly members: readonly string[]
  /** In the order of their acceptance. */
  readonly ours: Ours[]
  /** In the order in which they were said. */
  readonly theirs: Theirs[]
}

/** What the change of a message tells a webhook: the event, the message that it is about, and what it says of it. */
export interface ToldChange {
  readonly event: 'message.reaction' | 'message.edited' | 'message.revoked' | 'poll.vote'
  readonly id: string
  readonly about: string
}

/** A random one of the last messages that fit; null without one. */
export const lastFitting = <One extends Message>(
  all: readonly One[],
  fits: (one: One) => boolean,
  pick: (some: readonly One[]) => One,
): One | null => {
  const some = all.slice(-RECENT).filter((one) => one.isMessage && !one.isRevoked && fits(one))
  return some.length === 0 ? null : pick(some)
}

const RECENT = 20
