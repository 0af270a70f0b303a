import { z } from 'zod'
import { cancelMessage } from '../use-cases/cancel-message.ts'
import { listChatMessages } from '../use-cases/chat-messages.ts'
import { deleteMessage } from '../use-cases/delete-message.ts'
import { findMessage } from '../use-cases/find-message.ts'
import { CURSOR, listMessages } from '../use-cases/list-messages.ts'
import { replaceMessage } from '../use-cases/replace-message.ts'
import { retryMessage } from '../use-cases/retry-message.ts'
import {
  DEFAULT_SESSION,
  expiresAtSchema,
  messageListSchema,
  messageParams,
  messageSchema,
  prioritySchema,
  sendAtSchema,
  textSchema,
} from './message-schemas.ts'
import { ADMINS, READERS, type Route, route, SENDERS } from './route.ts'
import { jobStatusSchema, pageLimit, timeWithOffset, refusedField } from './schemas.ts'
import { wahaMessageSchema } from './waha-message-schema.ts'

export const cursorSchema = z
  .string()
  .regex(CURSOR, 'must be a cursor from an earlier answer')
  .optional()
  .meta({ description: 'The cursor of an earlier answer. The list goes on after it.' })

/**
 * WAHA has a list under the same path, which always names a chat, and means the session `default` where it names none. Those who look for
 * messages to send name no chat, or a status, a time or a cursor beside.
 */
const isOfChat = ({ chatId, status, since, cursor }: z.output<typeof listQuery>): boolean =>
  Boolean(chatId) && status === undefined && since === undefined && cursor === undefined

const listQuery = z.object({
  status: jobStatusSchema.optional().meta({ example: 'failed' }),
  session: z.string().optional().meta({ description: 'The name of a session.', example: 'main' }),
  chatId: z.string().optional().meta({ description: 'The chat, as in POST /api/sendText.' }),
  since: timeWithOffset.optional().meta({ description: 'Only messages that were accepted at this time or later.' }),
  cursor: cursorSchema,
  limit: pageLimit,
  offset: z.string().optional().meta({ description: 'Of the messages of a chat: how many are passed over.' }),
  downloadMedia: z.string().optional().meta({ description: '`false`: messages of a chat do not say where their media are.' }),
})

const ofChat = ({ session = DEFAULT_SESSION, chatId = '', limit, offset = '0', downloadMedia }: z.output<typeof listQuery>) => ({
  name: session,
  chatId,
  limit,
  offset: Math.min(Number.parseInt(offset, 10) || 0, MOST_PASSED_OVER),
  sortOrder: 'desc' as const,
  downloadMedia: downloadMedia !== 'false',
})

const MOST_PASSED_OVER = 100_000

const replacementSchema = z
  .object({
    text: textSchema,
    sendAt: sendAtSchema,
    expiresAt: expiresAtSchema,
    priority: prioritySchema.optional(),
  })
  .catchall(refusedField)
  .meta({ id: 'Replacement', example: { text: 'Hello again' } })

const answered = { 200: { description: 'The message.', schema: messageSchema } } as const

/** It has a former path, too. */
export const deleteRoute = route({
  method: 'DELETE',
  path: '/api/messages/:id',
  operationId: 'deleteMessage',
  tag: 'Messages',
  summary: 'Archive a message that has come to its end',
  description:
    'It leaves the lists and the figures, and can still be shown by its ids. A message that waits has to be canceled first.',
  roles: ADMINS,
  request: { params: messageParams },
  answers: answered,
  problems: ['unknown-message', 'message-damaged', 'cannot-delete', 'no-archive'],
  run: async ({ dependencies, principal, params }) => ({
    status: 200,
    body: await deleteMessage(dependencies, principal, params.id),
  }),
})

/** It has a former path, too. */
export const retryRoute = route({
  method: 'POST',
  path: '/api/messages/:id/retry',
  operationId: 'retryMessage',
  tag: 'Messages',
  summary: 'Return a failed message to the queue',
  description: 'The ids and the text stay. The call may be repeated: asked twice, it is done once.',
  roles: SENDERS,
  request: { params: messageParams },
  answers: answered,
  problems: ['unknown-message', 'message-damaged', 'message-archived', 'cannot-retry'],
  run: async ({ dependencies, principal, params }) => ({
    status: 200,
    body: await retryMessage(dependencies, principal, params.id),
  }),
})

export const MESSAGE_ROUTES: readonly Route[] = [
  route({
    method: 'GET',
    path: '/api/messages',
    operationId: 'listMessagesToSend',
    tag: 'Messages',
    summary: 'List the messages to send',
    description:
      'Newest first. Messages that are accepted meanwhile do not move the pages. Archived messages are not listed. With `chatId` ' +
      'and without `status`, `since` and `cursor` it is the deprecated list of WAHA: the stored messages of that chat, as ' +
      '`GET /api/{session}/chats/{chatId}/messages` lists them.',
    roles: READERS,
    request: { query: listQuery },
    answers: {
      200: {
        description: 'One page of messages, or the messages of a chat.',
        schema: z.union([messageListSchema, z.array(wahaMessageSchema)]),
      },
    },
    problems: ['unknown-session', 'invalid-chat'],
    run: async ({ dependencies, principal, query }) => ({
      status: 200,
      body: isOfChat(query)
        ? await listChatMessages(dependencies, principal, ofChat(query))
        : await listMessages(dependencies, principal, query),
    }),
  }),
  route({
    method: 'GET',
    path: '/api/messages/:id',
    operationId: 'getMessage',
    tag: 'Messages',
    summary: 'Show a message to send and its status',
    roles: READERS,
    request: { params: messageParams },
    answers: answered,
    problems: ['unknown-message', 'message-damaged'],
    run: async ({ dependencies, principal, params }) => ({
      status: 200,
      body: await findMessage(dependencies, principal, params.id),
    }),
  }),
  route({
    method: 'PUT',
    path: '/api/messages/:id',
    operationId: 'replaceMessage',
    tag: 'Messages',
    summary: 'Replace the text of a message that waits',
    description:
      'For messages that were never attempted. The ids stay. A time that is left out stays, and `null` removes it. The request may be ' +
      'repeated.',
    roles: SENDERS,
    request: { params: messageParams, body: replacementSchema },
    answers: answered,
    problems: ['unknown-message', 'message-damaged', 'message-archived', 'cannot-replace', 'invalid-time'],
    run: async ({ dependencies, principal, params, body: { text, sendAt, expiresAt, priority } }) => ({
      status: 200,
      body: await replaceMessage(dependencies, principal, params.id, {
        text,
        sendAt,
        expiresAt,
        priority,
      }),
    }),
  }),
  deleteRoute,
  route({
    method: 'POST',
    path: '/api/messages/:id/cancel',
    operationId: 'cancelMessage',
    tag: 'Messages',
    summary: 'Cancel a message that is not on the wire',
    description: 'A canceled message is never sent. The call may be repeated.',
    roles: SENDERS,
    request: { params: messageParams },
    answers: answered,
    problems: ['unknown-message', 'message-damaged', 'message-archived', 'cannot-cancel'],
    run: async ({ dependencies, principal, params }) => ({
      status: 200,
      body: await cancelMessage(dependencies, principal, params.id),
    }),
  }),
  retryRoute,
]
