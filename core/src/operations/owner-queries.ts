import { z } from 'zod'
import { groupSchema } from './group-document.ts'

/** A kind of question to the owner of a session. */
interface KindOfQuery<Args extends z.ZodType, Answer extends z.ZodType> {
  readonly args: Args
  readonly answer: Answer
  /**
   * Whether it changes something. The owner then takes it durably first, so that it is done at most once. Any other question may be
   * answered twice.
   */
  readonly changes: boolean
  /**
   * connected  the session is connected to WhatsApp
   * pairing    it shows QR codes
   * owner      it has an owner, who has the lists in memory
   */
  readonly needs: 'connected' | 'pairing' | 'owner'
}

const question = <Args extends z.ZodType, Answer extends z.ZodType>(args: Args, answer: Answer) =>
  ({ args, answer, changes: false, needs: 'connected' }) satisfies KindOfQuery<Args, Answer>

const order = <Args extends z.ZodType, Answer extends z.ZodType>(args: Args, answer: Answer) =>
  ({ args, answer, changes: true, needs: 'connected' }) satisfies KindOfQuery<Args, Answer>

/** The number of a phone, in digits. */
const phone = z.string().regex(/^\d{5,20}$/)
const jid = z.string().min(1)
const nothing = z.object({})

const PRESENCES = ['available', 'unavailable', 'composing', 'recording', 'paused'] as const

/** The last message of a chat, which WhatsApp wants with some changes of it. */
const lastMessage = z.object({
  messageId: z.string(),
  fromMe: z.boolean(),
  participant: jid.nullable(),
  sentAtMs: z.number(),
})

/**
 * PERSISTED CONTRACT v1: every kind of question, with the shapes of its sealed arguments and of its sealed answer. The runner has one
 * handler for each. Chats and persons are named by their JIDs.
 */
export const QUERY_KINDS = {
  /** Whether numbers have an account, and the chat with each. Numbers without an account are missing from the answer. */
  'check-exists': question(z.object({ phones: z.array(phone) }), z.object({ found: z.array(z.object({ phone, chat: jid })) })),
  /** What a person says about himself. */
  about: question(z.object({ contact: jid }), z.object({ about: z.string().nullable() })),
  /** Where the picture of a person or group lies. */
  picture: question(z.object({ chat: jid }), z.object({ url: z.string().nullable() })),
  blocked: question(nothing, z.object({ contacts: z.array(jid) })),
  block: order(z.object({ contact: jid, isBlocked: z.boolean() }), nothing),
  'save-contact': order(z.object({ contact: jid, firstName: z.string(), lastName: z.string() }), nothing),
  /** Known pairs of LID and phone number: of one of them, or a page of all. */
  lids: question(
    z.object({ of: jid.nullable(), limit: z.number(), offset: z.number() }),
    z.object({ count: z.number(), pairs: z.array(z.object({ lid: jid, phone: jid })) }),
  ),
  /** All groups. With `storesOnly` the answer is empty: they lie in their documents. */
  groups: question(z.object({ storesOnly: z.boolean().optional() }), z.object({ groups: z.array(groupSchema) })),
  group: question(z.object({ group: jid }), z.object({ group: groupSchema })),
  'create-group': order(z.object({ subject: z.string(), participants: z.array(jid) }), z.object({ group: groupSchema })),
  /** The codes are WhatsApp's: 200 for done. */
  'change-participants': order(
    z.object({ group: jid, action: z.enum(['add', 'remove', 'promote', 'demote']), participants: z.array(jid) }),
    z.object({ results: z.array(z.object({ id: jid, status: z.string() })) }),
  ),
  'change-group': order(
    z.object({
      group: jid,
      subject: z.string().optional(),
      description: z.string().optional(),
      announce: z.boolean().optional(),
      restrict: z.boolean().optional(),
      memberAdd: z.boolean().optional(),
    }),
    nothing,
  ),
  'leave-group': order(z.object({ group: jid }), nothing),
  'join-group': order(z.object({ code: z.string() }), z.object({ group: jid })),
  'invite-code': question(z.object({ group: jid }), z.object({ code: z.string() })),
  'revoke-invite': order(z.object({ group: jid }), z.object({ code: z.string() })),
  /** Shows the presence of the account, or what it does in a chat. */
  presence: order(z.object({ presence: z.enum(PRESENCES), chat: jid.nullable() }), nothing),
  'subscribe-presence': order(z.object({ chat: jid }), nothing),
  /** What the connection has heard of the presence of others, in one chat or in all. */
  presences: question(
    z.object({ chat: jid.nullable() }),
    z.object({
      presences: z.array(
        z.object({
          chat: jid,
          participants: z.array(z.object({ id: jid, presence: z.string(), lastSeen: z.number().nullable() })),
        }),
      ),
    }),
  ),
  /** Tells the senders that messages were read. */
  seen: order(
    z.object({ messages: z.array(z.object({ chat: jid, participant: jid.nullable(), messageId: z.string() })) }),
    nothing,
  ),
  profile: question(nothing, z.object({ id: jid, name: z.string(), picture: z.string().nullable() })),
  'change-profile': order(z.object({ name: z.string().optional(), about: z.string().optional() }), nothing),
  /** A JPEG of the account or of a group, in base64 or at an address outside; neither removes the picture. */
  'change-picture': order(z.object({ chat: jid.nullable(), jpeg: z.string().nullable(), url: z.string().optional() }), nothing),
  'change-chat': order(
    z.object({ chat: jid, change: z.enum(['archive', 'unarchive', 'unread', 'read', 'clear', 'delete']), last: lastMessage }),
    nothing,
  ),
  /** Begins to fetch the bytes of a message of the phone's history, by the id of its document. Its document in `media` says how far that is. */
  'fetch-media': question(z.object({ document: z.string() }), nothing),
  /** Removes persons from the lists of chats and contacts here, and nothing of them from the phone. */
  forget: { ...order(z.object({ ids: z.array(jid) }), nothing), needs: 'owner' },
  /** Makes, changes or removes a label. The owner chooses the id of a new one. */
  'put-label': order(
    z.object({ id: z.string().nullable(), name: z.string(), color: z.number().int(), isGone: z.boolean() }),
    z.object({ id: z.string() }),
  ),
  /** Gives a chat these labels and no others. The owner knows which ones it has. */
  'label-chat': order(z.object({ chat: jid, labels: z.array(z.string()), former: z.array(z.string()).default([]) }), nothing),
  'reject-call': order(z.object({ call: z.string(), from: jid }), nothing),
  /** The code that links the session when its owner types it into the phone with this number. An earlier code ends with it. */
  'pairing-code': {
    ...order(z.object({ phone }), z.object({ code: z.string() })),
    needs: 'pairing',
  },
} as const

export type QueryKind = keyof typeof QUERY_KINDS

export const isQueryKind = (kind: string): kind is QueryKind => Object.hasOwn(QUERY_KINDS, kind)

export type QueryArgs<Kind extends QueryKind> = z.output<(typeof QUERY_KINDS)[Kind]['args']>

export type QueryAnswer<Kind extends QueryKind> = z.output<(typeof QUERY_KINDS)[Kind]['answer']>
