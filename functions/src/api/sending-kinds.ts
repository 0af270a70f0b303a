import { z } from 'zod'
import {
  chatFields,
  eventContent,
  eventSchema,
  listContent,
  listSchema,
  locationFields,
  pollSchema,
  previewContent,
  previewSchema,
  sendingFields,
  votesSchema,
} from './content-schemas.ts'
import { idempotencyHeaders, sentSchema, textSchema } from './message-schemas.ts'
import { chatIdSchema, messageIdSchema } from './naming-schemas.ts'
import { type Route, route, SENDERS } from './route.ts'
import { named, unknownField } from './schemas.ts'
import { plainly, send, SENDING_PROBLEMS } from './send-content.ts'
import { cardOf, cardsSchema } from './vcards.ts'

/** Routes that send messages of other kinds than text and media. */

const SOMEBODY = { session: 'main', chatId: '5511999990000@c.us' }

const THEIRS = 'false_5511999990000@c.us_3EB0C767D26A1D71C2D1'

const accepted = { 201: { description: 'The message is accepted.', schema: sentSchema } } as const

const common = { tag: 'Messages', sendsMessages: true, roles: SENDERS, answers: accepted, problems: SENDING_PROBLEMS } as const

const bodyOf = <Shape extends z.core.$ZodLooseShape>(id: string, shape: Shape, example: object) =>
  z
    .object(shape)
    .catchall(unknownField)
    .meta({ id, example: { ...SOMEBODY, ...example } })

const locationToSend = bodyOf(
  'LocationToSend',
  { ...chatFields, ...locationFields },
  { latitude: -23.55, longitude: -46.63, title: 'Here' },
)

const cardsToSend = bodyOf(
  'ContactsToSend',
  { ...chatFields, contacts: cardsSchema },
  { contacts: [{ fullName: 'Ana', phoneNumber: '+55 11 99999-0001', organization: 'Bakery', whatsappId: '5511999990001' }] },
)

const pollToSend = bodyOf(
  'PollToSend',
  { ...chatFields, poll: pollSchema },
  { poll: { name: 'When?', options: ['At 2', 'At 10'] } },
)

const voteToSend = bodyOf(
  'VoteToSend',
  { ...sendingFields, chatId: chatIdSchema, pollMessageId: messageIdSchema, votes: votesSchema },
  { pollMessageId: THEIRS, votes: ['At 10'] },
)

const listToSend = bodyOf(
  'ListToSend',
  { ...chatFields, message: listSchema },
  { message: { title: 'Menu', button: 'Open', sections: [{ title: 'Food', rows: [{ title: 'Rice', rowId: 'rice' }] }] } },
)

const previewToSend = bodyOf(
  'PreviewToSend',
  { ...chatFields, text: textSchema, preview: previewSchema },
  { text: 'Look: https://example.com', preview: { url: 'https://example.com', title: 'Example' } },
)

const forwardToSend = bodyOf(
  'ForwardToSend',
  { ...sendingFields, chatId: chatIdSchema, messageId: messageIdSchema },
  { messageId: THEIRS },
)

const { session: _inPath, ...eventFields } = chatFields

const eventToSend = bodyOf(
  'EventToSend',
  { ...eventFields, event: eventSchema },
  { session: undefined, event: { name: 'Party', startTime: 1_900_000_000, location: { name: 'Here' } } },
)

export const KIND_ROUTES: readonly Route[] = [
  route({
    ...common,
    method: 'POST',
    path: '/api/sendLocation',
    operationId: 'sendLocation',
    summary: 'Send a place',
    request: { headers: idempotencyHeaders, body: locationToSend },
    run: async ({ body, ...context }) => ({
      status: 201,
      body: await send(context, body, async (references) => {
        const { chatId, latitude, longitude, title = null, reply_to: replyTo } = body
        const quote = await references.quote(replyTo)
        return { chatId, content: { type: 'location', latitude, longitude, title, ...quote } }
      }),
    }),
  }),
  route({
    ...common,
    method: 'POST',
    path: '/api/sendContactVcard',
    operationId: 'sendContactVcard',
    summary: 'Send contact cards',
    request: { headers: idempotencyHeaders, body: cardsToSend },
    run: async ({ body, ...context }) => ({
      status: 201,
      body: await send(context, body, async (references) => {
        const { chatId, contacts, reply_to: replyTo } = body
        const quote = await references.quote(replyTo)
        return { chatId, content: { type: 'contacts', contacts: contacts.map(cardOf), ...quote } }
      }),
    }),
  }),
  route({
    ...common,
    method: 'POST',
    path: '/api/sendPoll',
    operationId: 'sendPoll',
    summary: 'Send a poll',
    request: { headers: idempotencyHeaders, body: pollToSend },
    run: async ({ body, ...context }) => ({
      status: 201,
      body: await send(context, body, async (references) => {
        const { chatId, poll, reply_to: replyTo } = body
        const quote = await references.quote(replyTo)
        return { chatId, content: { type: 'poll', ...poll, ...quote } }
      }),
    }),
  }),
  route({
    ...common,
    method: 'POST',
    path: '/api/sendPollVote',
    operationId: 'sendPollVote',
    summary: 'Vote in a poll',
    description: 'The poll has to be stored: its message carries the secret that the vote is sealed with.',
    request: { headers: idempotencyHeaders, body: voteToSend },
    run: async ({ body, ...context }) => ({
      status: 201,
      body: await send(context, body, async (references) => {
        await references.inChat(body.chatId, body.pollMessageId)
        const poll = await references.stored(body.pollMessageId)
        return { chatId: poll.chat, content: { type: 'poll-vote', poll, options: body.votes } }
      }),
    }),
  }),
  route({
    ...common,
    method: 'POST',
    path: '/api/sendList',
    operationId: 'sendList',
    summary: 'Send a list to choose from',
    description: 'WhatsApp shows lists of business accounts only, and not on every phone.',
    request: { headers: idempotencyHeaders, body: listToSend },
    run: async ({ body, ...context }) => ({
      status: 201,
      body: await send(context, body, async (references) => {
        const { chatId, message, reply_to: replyTo } = body
        const quote = await references.quote(replyTo)
        return { chatId, content: { ...listContent(message), ...quote } }
      }),
    }),
  }),
  route({
    ...common,
    method: 'POST',
    path: '/api/send/link-custom-preview',
    operationId: 'sendLinkCustomPreview',
    summary: 'Send a text with a preview of its link',
    description: 'The text has to contain the address of the preview. A picture is shown if it is a small JPEG.',
    request: { headers: idempotencyHeaders, body: previewToSend },
    run: async ({ body, ...context }) => ({
      status: 201,
      body: await send(context, body, async (references) => {
        const { chatId, text, preview, reply_to: replyTo } = body
        const quote = await references.quote(replyTo)
        return { chatId, content: { type: 'text', text, preview: previewContent(preview), ...quote } }
      }),
    }),
  }),
  route({
    ...common,
    method: 'POST',
    path: '/api/forwardMessage',
    operationId: 'forwardMessage',
    summary: 'Forward a message to another chat',
    request: { headers: idempotencyHeaders, body: forwardToSend },
    run: async ({ body, ...context }) => ({
      status: 201,
      body: await send(context, body, async (references) => ({
        chatId: body.chatId,
        content: { type: 'forward', source: await references.stored(body.messageId) },
      })),
    }),
  }),
  route({
    ...common,
    method: 'POST',
    path: '/api/:name/events',
    operationId: 'sendEvent',
    summary: 'Send an event that people can answer',
    request: { headers: idempotencyHeaders, params: named, body: eventToSend },
    run: async ({ body, params, ...context }) => ({
      status: 201,
      body: await send(context, { ...plainly(params.name), ...body }, async (references) => {
        const { chatId, event, reply_to: replyTo } = body
        const quote = await references.quote(replyTo)
        return { chatId, content: { ...eventContent(event), ...quote } }
      }),
    }),
  }),
]
