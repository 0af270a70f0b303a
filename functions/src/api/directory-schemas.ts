import { z } from 'zod'
import { named, requiredString, unknownField } from './schemas.ts'

/** Schemas of routes about chats, contacts and groups. */

/** What the caller names at WhatsApp: no data of a tenant. */
const at = (what: string, example: string) => z.string().meta({ description: what, example })

export const inGroup = named.extend({ group: at('The id of a group.', '120363000000000001@g.us') })
export const ofChat = named.extend({ chat: at('The id of a chat.', '5511999990000@c.us') })
export const ofContact = named.extend({ contact: at('The id of a person.', '5511999990000@c.us') })

export const successSchema = z.strictObject({ success: z.boolean() }).meta({ id: 'Success' })
export const SUCCESS = { success: true } as const

export const personsSchema = z
  .array(z.object({ id: requiredString('like 491701234567@c.us') }).catchall(unknownField), 'must be a list')
  .min(1, 'must name somebody')
  .max(1024, 'must name at most 1024')

export const chatSchema = z
  .strictObject({
    id: z.string(),
    name: z.string().nullable().meta({ description: 'From the address book of the phone, else as the person calls himself.' }),
    timestamp: z.int().meta({ description: 'Of the last message, in seconds since 1970. 0 without one.' }),
    unreadCount: z.int().meta({ description: 'As the phone counted when it was linked, and counted since.' }),
    isGroup: z.boolean(),
    archived: z.boolean(),
    pinned: z.boolean(),
  })
  .meta({ id: 'Chat' })

/** What a group answers. Further fields may come. */
export const groupSchema = z
  .strictObject({
    id: z.string(),
    subject: z.string(),
    name: z.string(),
    description: z.string().nullable(),
    owner: z.string().nullable(),
    creation: z.number().nullable().meta({ description: 'In seconds since 1970.' }),
    size: z.int(),
    announce: z.boolean().meta({ description: 'Only admins write.' }),
    restrict: z.boolean().meta({ description: 'Only admins change subject, description and settings.' }),
    memberAddMode: z.boolean(),
    joinApprovalMode: z.boolean(),
    membersCanAddNewMember: z.boolean(),
    membersCanSendMessages: z.boolean(),
    newMembersApprovalRequired: z.boolean(),
    participants: z
      .array(
        z.strictObject({
          id: z.string(),
          pn: z.string().nullable(),
          lid: z.string().nullable(),
          role: z.enum(['participant', 'admin', 'superadmin']),
          admin: z.enum(['admin', 'superadmin']).nullable(),
        }),
      )
      .optional(),
  })
  .meta({ id: 'Group' })

/** A page of a list, as WAHA asks for it. An empty field is an absent one. */
export const listQuery = z.object({
  limit: optionalNumber('How many. 0: all.', 10),
  offset: optionalNumber('After how many.', 0),
  sortBy: z.string().optional(),
  sortOrder: z.enum(['asc', 'desc', ''], 'must be asc or desc').optional(),
})

function optionalNumber(description: string, example: number) {
  return z
    .string()
    .regex(/^\d{0,9}$/, 'must be a whole number')
    .optional()
    .transform((text) => (text === undefined || text === '' ? undefined : Number(text)))
    .meta({ description, example })
}

type ListQuery = z.output<typeof listQuery>

/** Sorts a list by a field and takes a page of it. The order of the list is kept where the caller asks for none, or for an unknown field. */
export function pageOf<Item extends object>(
  items: readonly Item[],
  query: ListQuery,
  otherwise: 'asc' | 'desc' = 'asc',
): readonly Item[] {
  const { limit, offset = 0, sortBy, sortOrder } = query
  // Forms send 0 for a limit that nobody filled in.
  const end = limit ? offset + limit : undefined
  const sorted = sortBy ? items.toSorted(byField(sortBy)) : [...items]
  if ((sortOrder || otherwise) !== (sortBy ? 'asc' : otherwise)) sorted.reverse()
  return sorted.slice(offset, end)
}

const byField =
  (field: string) =>
  (one: object, other: object): number => {
    const [a, b] = [one, other].map((item) => (item as Record<string, unknown>)[field])
    if (typeof a === 'number' && typeof b === 'number') return a - b
    const [text, otherText] = [a, b].map((value) => (typeof value === 'string' ? value : ''))
    return (text ?? '').localeCompare(otherText ?? '')
  }
