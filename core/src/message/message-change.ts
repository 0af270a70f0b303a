import { createHash } from 'node:crypto'
import { z } from 'zod'
import { bytesSchema } from '../platform/parse.ts'
import { messageFactsSchema } from './message-facts.ts'

/**
 * What changes a message after it was sent: an edit, a reaction, a vote. Each is a message of its own for WhatsApp, and fields of the
 * changed message's document for us. A change may arrive before its message; the document then has no `order` yet, and no list
 * shows it.
 */

export const CHANGE_KINDS = ['edited', 'revoked', 'reaction', 'vote', 'response', 'pin', 'keep'] as const

export type ChangeKind = (typeof CHANGE_KINDS)[number]

/** PERSISTED CONTRACT v1: the message that another message changes, in the state image. */
export const changeTargetSchema = z.object({
  kind: z.enum(CHANGE_KINDS),
  /** The id of its document. */
  document: z.string(),
  messageId: z.string(),
  chat: z.string(),
  participant: z.string().nullable(),
  fromMe: z.boolean(),
  /** JID of the person who changes it. */
  by: z.string(),
  /** True when an administrator of the group revoked it. */
  byAdmin: z.literal(true).optional(),
})

export type ChangeTarget = z.infer<typeof changeTargetSchema>

/** PERSISTED CONTRACT v1: the sealed JSON of a change. */
export const changeContentSchema = z.object({
  /** The new text, or the reaction; empty for a reaction that was taken back. */
  text: z.string().nullable(),
  /** The new facts of an edited message, and what a vote, an answer or a pin says. */
  facts: messageFactsSchema.optional(),
  /** The whole new message as a protobuf in base64. Only edits have it. */
  proto: z.string().optional(),
  /** JID of the person who made the change. Absent in documents of earlier versions, which have it in the clear. */
  by: z.string().optional(),
  /**
   * What names the changed message. Its document may be one of an earlier version, whose names in the clear gave way to pseudonyms with this
   * change, or have no message yet.
   */
  of: z.object({ messageId: z.string(), chat: z.string(), participant: z.string().nullable() }).optional(),
})

export type ChangeContent = z.infer<typeof changeContentSchema>

/** PERSISTED CONTRACT v1: a field `{kind}_{slot}` of a message's document. */
export const changeEntrySchema = z.object({
  /** Stands for the id of the message that made the change; in the clear in documents of earlier versions. */
  messageId: z.string(),
  at: z.date(),
  /** Stands for the person who made it, whose JID is in `content`; in the clear in documents of earlier versions. */
  by: z.string(),
  /** Sealed: see `sealed-content.ts`. */
  content: bytesSchema,
})

const FIELD = new RegExp(`^(${CHANGE_KINDS.join('|')})_([a-z0-9]+)$`)

/**
 * The field of a change. Its last part tells apart what must not overwrite each other: the two sides of a chat for edits and
 * revocations, because in a chat with one person a message's id alone does not say whose it is, and people for all else.
 *
 * @param by the person as `by` of the entry has it
 */
export function changeFieldOf(
  kind: ChangeKind,
  { by, fromMe, byAdmin }: { by: string; fromMe: boolean; byAdmin?: boolean },
): string {
  if (isOfPerson(kind)) return `${kind}_${createHash('sha256').update(by).digest('hex').slice(0, 20)}`
  return kind === 'pin' || kind === 'keep' ? `${kind}_all` : `${kind}_${byAdmin ? 'admin' : sideOf(fromMe)}`
}

/** Whether each person makes such a change for himself. */
export const isOfPerson = (kind: ChangeKind): boolean => kind === 'reaction' || kind === 'vote' || kind === 'response'

/** Returns the kind of a field of a message's document, and the last part of its name. Null for any other field. */
export function changeOfField(name: string): { kind: ChangeKind; slot: string } | null {
  const [, kind, slot] = FIELD.exec(name) ?? []
  return kind === undefined || slot === undefined ? null : { kind: kind as ChangeKind, slot }
}

/** Whether an edit or a revocation came from somebody who may make it. */
export const isBySenderOrAdmin = (slot: string, fromMe: boolean): boolean => slot === sideOf(fromMe) || slot === 'admin'

const sideOf = (fromMe: boolean): string => (fromMe ? 'me' : 'them')
