import { createHash } from 'node:crypto'
import { gunzipSync, gzipSync } from 'node:zlib'
import { z } from 'zod'
import { HoldfastError } from '../platform/errors.ts'
import { bytesSchema, parseStored } from '../platform/parse.ts'
import type { SessionCipher } from '../security/envelope.ts'
import { sessionPath } from '../session/session-document.ts'
import { isPseudonym } from './message-names.ts'

/**
 * PERSISTED CONTRACT v1: the chats, the contacts and the labels of a session, many in one document: `…/chats/{page}`, `…/contacts/{page}` and
 * `…/labels/{page}` below the session. An entry lies in one of 16 pages, by a hash of its id; what has changed since the pages were last written lies in the page
 * `recent` and counts instead. So a message changes one document, whatever chat it is in. New versions only add optional fields.
 */
export const DIRECTORIES = ['chats', 'contacts', 'labels'] as const

export type DirectoryName = (typeof DIRECTORIES)[number]

export const directoryPath = (sessionId: string, name: DirectoryName): string => `${sessionPath(sessionId)}/${name}`

export const RECENT = 'recent'

/** The page of an entry that is not recent. */
export const pageOfEntry = (id: string): string => `page-${createHash('sha256').update(id).digest('hex')[0] ?? '0'}`

export const directoryPageSchema = z.object({
  v: z.literal(1),
  /** Sealed and compressed: a list of entries. */
  entries: bytesSchema,
  /** Of the page `recent` of chats: the `order` of the last message that the entries know of. */
  upTo: z.string().nullable().default(null),
})

const timerSchema = z.object({
  /** Seconds after which a new message of the chat disappears; 0: never. */
  seconds: z.number(),
  /** When that became so, or was first seen, ms. */
  atMs: z.number(),
})

const chatEntrySchema = z.object({
  /** A JID; of a person the one by phone number where it is known. */
  id: z.string(),
  /** The name in the address book of the phone, or the subject of the group. */
  name: z.string().nullable().default(null),
  /** The name that the other person gives himself. */
  pushName: z.string().nullable().default(null),
  /** The time of the last message, ms. */
  at: z.number(),
  unread: z.number().int().default(0),
  /** The time of the first message that `unread` counts, ms. Absent when nobody knows. */
  unreadFrom: z.number().optional(),
  /** The time of the chat's last message when the phone counted, ms: that count is in `unread`, or was read since. */
  countedAt: z.number().optional(),
  /** The times of the newest messages that `unread` counts and that were heard here, ms. Absent on entries of an earlier version. */
  recentAt: z.array(z.number()).optional(),
  /** The time up to which the chat was read or answered here, ms. Absent when nobody knows. */
  readAt: z.number().optional(),
  archived: z.boolean().default(false),
  pinned: z.boolean().default(false),
  /** Set once somebody has told whether the chat is archived or pinned: what the history says of it is older. */
  isPlaced: z.literal(true).optional(),
  /** Of disappearing messages. Absent while nobody has told. */
  timer: timerSchema.optional(),
  /** True for a chat that was deleted, until its page is written. */
  isGone: z.boolean().default(false),
})

export type ChatEntry = z.output<typeof chatEntrySchema>

export type ChatTimer = z.output<typeof timerSchema>

const contactEntrySchema = z.object({
  id: z.string(),
  lid: z.string().nullable().default(null),
  name: z.string().nullable().default(null),
  pushName: z.string().nullable().default(null),
  isBlocked: z.boolean().default(false),
  isGone: z.boolean().default(false),
})

export type ContactEntry = z.output<typeof contactEntrySchema>

/** A label, or one chat that has it. */
const labelEntrySchema = z.object({
  /** The label's own id, or that and the chat: see `labelEntryId`. */
  id: z.string(),
  label: z.string(),
  /** JID of the chat that has the label. Null for the label itself. */
  chat: z.string().nullable().default(null),
  name: z.string().nullable().default(null),
  /** WhatsApp's number of a colour. */
  color: z.number().int().default(0),
  isGone: z.boolean().default(false),
})

export type LabelEntry = z.output<typeof labelEntrySchema>

export const labelEntryId = (label: string, chat: string | null): string => (chat === null ? label : `${label} ${chat}`)

export interface DirectoryEntries {
  readonly chats: ChatEntry
  readonly contacts: ContactEntry
  readonly labels: LabelEntry
}

const SCHEMAS = {
  chats: z.array(chatEntrySchema),
  contacts: z.array(contactEntrySchema),
  labels: z.array(labelEntrySchema),
} as const

const placeOf = (sessionId: string, name: DirectoryName, page: string): string =>
  `${directoryPath(sessionId, name)}/${page}/entries`

/** Seals the entries of a page. */
export const sealPage = <Name extends DirectoryName>(
  cipher: SessionCipher,
  name: Name,
  page: string,
  entries: readonly DirectoryEntries[Name][],
): Buffer => cipher.sealContent(gzipSync(JSON.stringify(entries)), placeOf(cipher.sessionId, name, page))

/**
 * Opens the entries of a page.
 *
 * @throws HoldfastError `bad-document`, `cannot-decrypt`
 */
export function openPage<Name extends DirectoryName>(
  cipher: SessionCipher,
  name: Name,
  { id: page, fields }: { readonly id: string; readonly fields: unknown },
): { readonly entries: readonly DirectoryEntries[Name][]; readonly upTo: string | null } {
  const place = placeOf(cipher.sessionId, name, page)
  const { entries, upTo } = parseStored(directoryPageSchema, fields, place)
  const list = parseStored(SCHEMAS[name], decode(cipher.openContent(entries, place), place), place)
  // A runner of an earlier version took the pseudonyms of a later one's messages for chats.
  return { entries: (list as readonly DirectoryEntries[Name][]).filter(({ id }) => !isPseudonym(id)), upTo }
}

/** Puts the pages of a directory together. */
export function entriesOf<Entry extends { readonly id: string; readonly isGone: boolean }>(
  pages: readonly { readonly id: string; readonly entries: readonly Entry[] }[],
): Map<string, Entry> {
  const all = new Map<string, Entry>()
  const [recent, others] = [pages.filter(({ id }) => id === RECENT), pages.filter(({ id }) => id !== RECENT)]
  for (const { entries } of [...others, ...recent]) for (const entry of entries) all.set(entry.id, entry)
  for (const [id, { isGone }] of all) if (isGone) all.delete(id)
  return all
}

/** Throws an error without a cause, because a JSON parser quotes its input. */
function decode(opened: Buffer, place: string): unknown {
  try {
    return JSON.parse(gunzipSync(opened).toString('utf8'))
  } catch {
    throw new HoldfastError('bad-document', `${place} is not compressed JSON.`)
  }
}
