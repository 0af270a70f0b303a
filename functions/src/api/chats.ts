import { z } from 'zod'
import { changeChat, readMessages } from '../use-cases/directory/chat-changes.ts'
import { chatsOverview } from '../use-cases/directory/chats-overview.ts'
import { pictureOf } from '../use-cases/directory/people.ts'
import { chatAnswer, listChats } from '../use-cases/directory/stored-directory.ts'
import { ASKING_PROBLEMS } from './asking-problems.ts'
import { chatSchema, listQuery, ofChat, pageOf, SUCCESS, successSchema } from './directory-schemas.ts'
import { READERS, type Route, route, SENDERS } from './route.ts'
import { named, requiredString, sessionInBody, unknownField } from './schemas.ts'
import { wahaMessageSchema } from './waha-message-schema.ts'

const TAG = 'Chats'

const overviewSchema = z
  .strictObject({
    id: z.string(),
    name: z.string().nullable(),
    picture: z.string().nullable().meta({ description: 'Always null: GET …/chats/{chat}/picture asks WhatsApp for it.' }),
    lastMessage: wahaMessageSchema.nullable(),
    _chat: chatSchema,
  })
  .meta({ id: 'ChatOverview' })

const OVERVIEW = { description: 'The newest first.', schema: z.array(overviewSchema) }
const STORED = 'From what the session has stored. A change is seen here after five seconds at the latest.'

const CHANGES = [
  ['POST', 'archive', 'archive', 'archiveChat', 'Archive a chat'],
  ['POST', 'unarchive', 'unarchive', 'unarchiveChat', 'Take a chat out of the archive'],
  ['POST', 'unread', 'unread', 'markChatUnread', 'Mark a chat as unread'],
  ['DELETE', '', 'delete', 'deleteChat', 'Delete a chat'],
  ['DELETE', 'messages', 'clear', 'clearChat', 'Empty a chat'],
] as const

const done = { description: 'It is done.', schema: successSchema }

const changes: readonly Route[] = CHANGES.map(([method, path, change, operationId, summary]) =>
  route({
    method,
    path: `/api/:name/chats/:chat${path === '' ? '' : `/${path}`}`,
    operationId,
    tag: TAG,
    summary,
    description: 'Also on the phone. What is stored here of its messages stays.',
    roles: SENDERS,
    request: { params: ofChat },
    answers: { 200: done },
    problems: [...ASKING_PROBLEMS, 'unknown-message'],
    run: async ({ dependencies, principal, params: { name, chat } }) => {
      await changeChat(dependencies, principal, { session: name, chat, change })
      return { status: 200, body: SUCCESS }
    },
  }),
)

const optionalCount = z.int('must be a whole number').min(0, 'must not be negative').max(10_000, 'is too large').nullish()

export const CHAT_ROUTES: readonly Route[] = [
  route({
    method: 'GET',
    path: '/api/:name/chats',
    operationId: 'listChats',
    tag: TAG,
    summary: 'List the chats of a session',
    description: `The one with the newest message first. ${STORED}`,
    roles: READERS,
    request: { params: named, query: listQuery.extend({ merge: z.string().optional() }) },
    answers: { 200: { description: 'A page of them.', schema: z.array(chatSchema) } },
    problems: ['unknown-session'],
    run: async ({ dependencies, principal, params: { name }, query }) => {
      const chats = (await listChats(dependencies, principal, name)).map(chatAnswer)
      const sortBy = query.sortBy === 'conversationTimestamp' ? 'timestamp' : query.sortBy
      const isDefault = !sortBy && !query.sortOrder
      return { status: 200, body: pageOf(chats, isDefault ? query : { ...query, sortBy: sortBy || 'timestamp' }) }
    },
  }),
  route({
    method: 'GET',
    path: '/api/:name/chats/overview',
    operationId: 'getChatsOverview',
    tag: TAG,
    summary: 'List chats with their last messages',
    description: STORED,
    roles: READERS,
    request: {
      params: named,
      query: listQuery.extend({ ids: z.string().optional().meta({ description: 'Only these chats, divided by commas.' }) }),
    },
    answers: { 200: OVERVIEW },
    problems: ['unknown-session'],
    run: async ({ dependencies, principal, params: { name }, query: { limit, offset, ids } }) => ({
      status: 200,
      body: await chatsOverview(dependencies, principal, name, { limit, offset, ids: ids?.split(',').filter(Boolean) }),
    }),
  }),
  route({
    method: 'POST',
    path: '/api/:name/chats/overview',
    operationId: 'postChatsOverview',
    tag: TAG,
    summary: 'List chats with their last messages, for many ids',
    description: STORED,
    sendsMessages: true,
    roles: READERS,
    isBodyOptional: true,
    request: {
      params: named,
      body: z
        .object({
          pagination: z.object({ limit: optionalCount, offset: optionalCount }).catchall(unknownField).nullish(),
          filter: z
            .object({ ids: z.array(z.string(), 'must be a list').max(1000, 'has too many').nullish() })
            .catchall(unknownField)
            .nullish(),
        })
        .catchall(unknownField)
        .meta({ id: 'OverviewToShow', example: { pagination: { limit: 20 }, filter: { ids: ['5511999990000@c.us'] } } }),
    },
    answers: { 201: OVERVIEW },
    problems: ['unknown-session'],
    run: async ({ dependencies, principal, params: { name }, body: { pagination, filter } }) => ({
      status: 201,
      body: await chatsOverview(dependencies, principal, name, { ...pagination, ids: filter?.ids }),
    }),
  }),
  route({
    method: 'POST',
    path: '/api/:name/chats/:chat/messages/read',
    operationId: 'readChatMessages',
    tag: TAG,
    summary: 'Tell that the messages of a chat were read',
    description: 'At most once. Without a number: up to 100 of the last seven days. Both may stand in the query or in the body.',
    roles: SENDERS,
    isBodyOptional: true,
    request: {
      params: ofChat,
      query: z.object({ messages: z.string().optional(), days: z.string().optional() }),
      body: z
        .object({ messages: optionalCount, days: optionalCount })
        .catchall(unknownField)
        .meta({ id: 'MessagesToRead', example: { messages: 30, days: 7 } }),
    },
    answers: { 201: { description: 'The ids of these messages.', schema: z.strictObject({ ids: z.array(z.string()) }) } },
    problems: ASKING_PROBLEMS,
    run: async ({ dependencies, principal, params: { name, chat }, query, body }) => {
      const days = body.days ?? numberIn(query.days, 7)
      const limit = body.messages ?? numberIn(query.messages, 100)
      return {
        status: 201,
        body: { ids: [...(await readMessages(dependencies, principal, { session: name, chat, days, limit }))] },
      }
    },
  }),
  ...changes,
  route({
    method: 'GET',
    path: '/api/:name/chats/:chat/picture',
    operationId: 'getChatPicture',
    tag: TAG,
    summary: 'Show where the picture of a chat lies',
    roles: READERS,
    request: { params: ofChat, query: z.object({ refresh: z.string().optional() }) },
    answers: { 200: { description: 'Null without one.', schema: z.strictObject({ url: z.string().nullable() }) } },
    problems: ASKING_PROBLEMS,
    run: async ({ dependencies, principal, params: { name, chat } }) => ({
      status: 200,
      body: { url: await pictureOf(dependencies, principal, { session: name, chat }) },
    }),
  }),
  route({
    method: 'POST',
    path: '/api/sendSeen',
    operationId: 'sendSeen',
    tag: TAG,
    summary: 'Tell that messages were read',
    description: 'At most once. Without ids: up to 100 of the newest messages of the chat.',
    sendsMessages: true,
    roles: SENDERS,
    request: {
      body: z
        .object({
          session: sessionInBody('The name of a session.'),
          chatId: requiredString('like 491701234567@c.us'),
          messageIds: z.array(z.string('must be a text'), 'must be a list').max(1000, 'has too many').nullish(),
          messageId: z.string('must be a text').nullish(),
          participant: z.string('must be a text').nullish(),
        })
        .catchall(unknownField)
        .meta({ id: 'MessagesSeen', example: { session: 'main', chatId: '5511999990000@c.us' } }),
    },
    answers: { 201: { description: 'The ids of these messages.', schema: z.strictObject({ ids: z.array(z.string()) }) } },
    problems: [...ASKING_PROBLEMS, 'unknown-message'],
    run: async ({ dependencies, principal, body: { session, chatId, messageIds, messageId, participant } }) => {
      const ids = [...(messageIds ?? []), ...(messageId ? [messageId] : [])].filter(Boolean)
      const given = { session, chat: chatId, messageIds: ids, participant: participant ?? null }
      return { status: 201, body: { ids: [...(await readMessages(dependencies, principal, given))] } }
    },
  }),
  route({
    method: 'GET',
    path: '/api/:name/channels',
    operationId: 'listChannels',
    tag: TAG,
    summary: 'List the channels that the session has heard of',
    description: `Those with a stored message. ${STORED}`,
    roles: READERS,
    request: { params: named, query: z.object({ role: z.string().optional() }) },
    answers: {
      200: {
        description: 'The channels. What nothing stored says is null.',
        schema: z.array(
          z.strictObject({
            id: z.string(),
            name: z.string().nullable(),
            invite: z.string().nullable(),
            role: z.string().nullable(),
          }),
        ),
      },
    },
    problems: ['unknown-session'],
    run: async ({ dependencies, principal, params: { name } }) => {
      const chats = (await listChats(dependencies, principal, name)).filter(({ id }) => id.endsWith('@newsletter'))
      return { status: 200, body: chats.map((chat) => ({ id: chat.id, name: chat.name, invite: null, role: null })) }
    },
  }),
]

const numberIn = (text: string | undefined, otherwise: number): number =>
  text !== undefined && /^\d{1,6}$/.test(text) ? Number(text) : otherwise
