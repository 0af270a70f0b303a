import { z } from 'zod'
import { findChatMessage, listChatMessages } from '../use-cases/chat-messages.ts'
import { READERS, type Route, route } from './route.ts'
import { named } from './schemas.ts'
import { wahaMessageSchema } from './waha-message-schema.ts'

/** Nothing comes as an empty text from forms. */
const orNothing = <Schema extends z.ZodType>(schema: Schema) =>
  z.preprocess((value) => (value === '' || value === 'null' ? undefined : value), schema.optional())

const flag = z.enum(['true', 'false'], 'must be true or false').transform((word) => word === 'true')

const count = (name: string, most: number) =>
  z.coerce
    .number(`${name} must be a number`)
    .int('must be a whole number')
    .min(0, 'must be at least 0')
    .max(most, `must be at most ${most}`)

const chatOfSession = named.extend({
  chatId: z.string().meta({ description: 'A chat id, or `all`.', example: '5511999990000@c.us' }),
})

const chatQuery = z.object({
  limit: orNothing(count('limit', 1000)).meta({ description: '10 unless given.', example: 10 }),
  offset: orNothing(count('offset', 100_000)),
  downloadMedia: orNothing(flag).meta({ description: '`false`: messages do not say where their media are.' }),
  sortBy: orNothing(z.enum(['timestamp', 'messageTimestamp'], 'must be timestamp')),
  sortOrder: orNothing(z.enum(['asc', 'desc'], 'must be asc or desc')),
  'filter.timestamp.gte': orNothing(count('filter.timestamp.gte', 1e10)).meta({ description: 'Seconds since 1970.' }),
  'filter.timestamp.lte': orNothing(count('filter.timestamp.lte', 1e10)),
  'filter.fromMe': orNothing(flag),
  'filter.ack': orNothing(
    z.union([
      z.enum(['ERROR', 'PENDING', 'SERVER', 'DEVICE', 'READ', 'PLAYED']).transform((name) => ACKS.indexOf(name) - 1),
      z.coerce.number('must be an ack').int('must be an ack'),
    ]),
  ),
  merge: orNothing(flag),
})

const ACKS = ['ERROR', 'PENDING', 'SERVER', 'DEVICE', 'READ', 'PLAYED']

export const CHAT_MESSAGE_ROUTES: readonly Route[] = [
  route({
    method: 'GET',
    path: '/api/:name/chats/:chatId/messages',
    operationId: 'listChatMessages',
    tag: 'Chats',
    summary: 'List the messages of a chat',
    description:
      'Both sides, newest first: what was received, what the phone sent, and what was sent through the API. Edits, reactions and ' +
      'revocations are part of the message that they concern.',
    roles: READERS,
    request: { params: chatOfSession, query: chatQuery },
    answers: { 200: { description: 'The messages.', schema: z.array(wahaMessageSchema) } },
    problems: ['unknown-session', 'invalid-chat'],
    run: async ({ dependencies, principal, params: { name, chatId }, query }) => ({
      status: 200,
      body: await listChatMessages(dependencies, principal, {
        name,
        chatId,
        limit: query.limit ?? 10,
        offset: query.offset ?? 0,
        sortOrder: query.sortOrder ?? 'desc',
        downloadMedia: query.downloadMedia ?? true,
        from: query['filter.timestamp.gte'],
        to: query['filter.timestamp.lte'],
        fromMe: query['filter.fromMe'],
        ack: query['filter.ack'],
      }),
    }),
  }),
  route({
    method: 'GET',
    path: '/api/:name/chats/:chatId/messages/:messageId',
    operationId: 'getChatMessage',
    tag: 'Chats',
    summary: 'Get a message of a chat',
    roles: READERS,
    request: {
      params: chatOfSession.extend({
        messageId: z
          .string()
          .meta({ description: 'The serialized id, or the id at WhatsApp.', example: 'false_5511999990000@c.us_3EB0AB12' }),
      }),
      query: z.object({ downloadMedia: orNothing(flag), merge: orNothing(flag) }),
    },
    answers: { 200: { description: 'The message.', schema: wahaMessageSchema } },
    problems: ['unknown-session', 'invalid-chat', 'unknown-message'],
    run: async ({ dependencies, principal, params, query: { downloadMedia = true } }) => ({
      status: 200,
      body: await findChatMessage(dependencies, principal, { ...params, downloadMedia }),
    }),
  }),
]
