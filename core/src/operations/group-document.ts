import { gunzipSync, gzipSync } from 'node:zlib'
import { z } from 'zod'
import { HoldfastError } from '../platform/errors.ts'
import { bytesSchema, parseStored } from '../platform/parse.ts'
import type { SessionCipher } from '../security/envelope.ts'
import { sessionPath } from '../session/session-document.ts'

const jid = z.string().min(1)

/** A group with its members, as WhatsApp describes it. */
export const groupSchema = z.object({
  id: jid,
  subject: z.string(),
  description: z.string().nullable(),
  owner: jid.nullable(),
  /** Seconds since 1970. */
  createdAt: z.number().nullable(),
  /** Whether only admins may write, and change subject, description and settings. */
  announce: z.boolean(),
  restrict: z.boolean(),
  memberAdd: z.boolean(),
  joinApproval: z.boolean(),
  participants: z.array(
    z.object({
      id: jid,
      phone: jid.nullable(),
      lid: jid.nullable(),
      role: z.enum(['participant', 'admin', 'superadmin']),
    }),
  ),
})

export type Group = z.output<typeof groupSchema>

/**
 * PERSISTED CONTRACT v1: `…/groups/{JID}` below the session, one group. They are there once somebody has asked for the groups of the
 * session: then `…/groups/all` is there, too. New versions only add optional fields.
 */
export const groupsPath = (sessionId: string): string => `${sessionPath(sessionId)}/groups`

export const groupPath = (sessionId: string, group: string): string => `${groupsPath(sessionId)}/${group}`

/** The document that says when all groups were listed. */
export const ALL_GROUPS = 'all'

export const groupDocumentSchema = z.object({
  v: z.literal(1),
  /** Sealed and compressed. Null while nothing is known of the group. */
  content: bytesSchema.nullable().default(null),
  /** A keyed hash of the group. */
  fingerprint: z.string().default(''),
  /** True when the group has changed since, until its new description is there. */
  isStale: z.boolean().default(false),
  /** True when the account is in the group no longer. */
  isGone: z.boolean().default(false),
})

export const allGroupsSchema = z.object({ v: z.literal(1), listedAt: z.date() })

const encode = (group: Group): Buffer => Buffer.from(JSON.stringify(group))

export const groupFingerprint = (cipher: SessionCipher, group: Group): string => cipher.fingerprint(encode(group))

/** Whether a fingerprint is that of this group, under the present data key or an earlier one. */
export const isGroupFingerprint = (cipher: SessionCipher, fingerprint: string, group: Group): boolean =>
  cipher.isFingerprint(fingerprint, encode(group))

const placeOf = (sessionId: string, group: string): string => `${groupPath(sessionId, group)}/content`

/** A thousand members have some 30 KiB. */
export const sealGroup = (cipher: SessionCipher, group: Group): Buffer =>
  cipher.sealContent(gzipSync(encode(group)), placeOf(cipher.sessionId, group.id))

/**
 * Opens a group.
 *
 * @throws HoldfastError `bad-document`, `cannot-decrypt`
 */
export function openGroup(cipher: SessionCipher, id: string, content: Uint8Array): Group {
  const place = placeOf(cipher.sessionId, id)
  return parseStored(groupSchema, decode(cipher.openContent(content, place), place), place)
}

/** Throws an error without a cause, because a JSON parser quotes its input. */
function decode(opened: Buffer, place: string): unknown {
  try {
    return JSON.parse(gunzipSync(opened).toString('utf8'))
  } catch {
    throw new HoldfastError('bad-document', `${place} is not compressed JSON.`)
  }
}
