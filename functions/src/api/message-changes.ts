import { z } from 'zod'
import { chatIdSchema, messageIdSchema, previewOf } from './naming-schemas.ts'
import { idempotencyHeaders, sentSchema, textSchema } from './message-schemas.ts'
import { type Route, route, SENDERS } from './route.ts'
import { named, sessionInBody, unknownField } from './schemas.ts'
import { plainly, send, SENDING_PROBLEMS } from './send-content.ts'

/** Routes that change messages which were sent before, or react to them. Each change is a message of its own. */

const THEIRS = 'false_5511999990000@c.us_3EB0C767D26A1D71C2D1'
const OURS = 'true_5511999990000@c.us_3EB0C767D26A1D71C2D1'

const session = sessionInBody('The session that sends.')

const MAX_REACTION_LENGTH = 64

const reactionBody = z
  .object({
    session,
    messageId: messageIdSchema,
    reaction: z
      .string('must be a text')
      .max(MAX_REACTION_LENGTH, `must have at most ${MAX_REACTION_LENGTH} characters`)
      .refine((text) => text.isWellFormed(), 'must be well-formed Unicode')
      .default('')
      .meta({ description: 'An emoji. Empty, null or absent removes the reaction.' }),
  })
  .catchall(unknownField)
  .meta({ id: 'Reaction', example: { session: 'main', messageId: THEIRS, reaction: '👍' } })

const starBody = z
  .object({ session, chatId: chatIdSchema, messageId: messageIdSchema, star: z.boolean('must be true or false') })
  .catchall(unknownField)
  .meta({ id: 'Star', example: { session: 'main', chatId: '5511999990000@c.us', messageId: THEIRS, star: true } })

const editBody = z
  .object({ text: textSchema, linkPreview: z.boolean('must be true or false').default(true) })
  .catchall(unknownField)
  .meta({ id: 'Edit', example: { text: 'Hello again' } })

const PIN_SECONDS = [86_400, 604_800, 2_592_000] as const

const pinBody = z
  .object({
    duration: z
      .literal(PIN_SECONDS, `must be one of ${PIN_SECONDS.join(', ')}`)
      .default(PIN_SECONDS[1])
      .meta({ description: 'How long, in seconds.' }),
  })
  .catchall(unknownField)
  .meta({ id: 'Pin', example: { duration: 86_400 } })

const inChat = named.extend({
  chatId: chatIdSchema.meta({ description: 'The chat of the message.', example: '5511999990000@c.us' }),
  messageId: messageIdSchema.meta({ description: 'The `id` of the message.', example: OURS }),
})

const sent = { 200: { description: 'The change is accepted.', schema: sentSchema } } as const

const pinned = {
  201: {
    description: 'The change is accepted.',
    schema: z.strictObject({ success: z.literal(true), id: z.string(), jobId: z.string() }).meta({ id: 'Pinned' }),
  },
} as const

const common = { tag: 'Messages', sendsMessages: true, roles: SENDERS, problems: SENDING_PROBLEMS } as const

const MESSAGE_PATH = '/api/:name/chats/:chatId/messages/:messageId'

export const MESSAGE_CHANGE_ROUTES: readonly Route[] = [
  route({
    ...common,
    method: 'PUT',
    path: '/api/reaction',
    operationId: 'setReaction',
    summary: 'React to a message, or take the reaction back',
    request: { headers: idempotencyHeaders, body: reactionBody },
    answers: sent,
    run: async ({ body, ...context }) => ({
      status: 200,
      body: await send(context, plainly(body.session), async (references) => {
        const target = await references.target(body.messageId)
        return { chatId: target.chat, content: { type: 'reaction', target, text: body.reaction } }
      }),
    }),
  }),
  route({
    ...common,
    method: 'PUT',
    path: '/api/star',
    operationId: 'setStar',
    summary: 'Star a message, or take the star away',
    description: 'Only the own phone and its companions see stars. It needs the keys that the phone shares after the pairing.',
    request: { headers: idempotencyHeaders, body: starBody },
    answers: sent,
    run: async ({ body, ...context }) => ({
      status: 200,
      body: await send(context, plainly(body.session), async (references) => {
        const target = await references.inChat(body.chatId, body.messageId)
        return { chatId: target.chat, content: { type: 'star', target, isStarred: body.star } }
      }),
    }),
  }),
  route({
    ...common,
    method: 'PUT',
    path: MESSAGE_PATH,
    operationId: 'editMessage',
    summary: 'Edit a message of ones own',
    description: 'WhatsApp takes edits for 15 minutes after the message was sent.',
    request: { headers: idempotencyHeaders, params: inChat, body: editBody },
    answers: sent,
    run: async ({ params, body: { text, linkPreview }, ...context }) => ({
      status: 200,
      body: await send(context, plainly(params.name), async (references) => {
        const target = await references.ownInChat(params.chatId, params.messageId)
        return { chatId: target.chat, content: { type: 'edit', target, text, ...previewOf(text, linkPreview) } }
      }),
    }),
  }),
  route({
    ...common,
    method: 'DELETE',
    path: MESSAGE_PATH,
    operationId: 'deleteMessageForEveryone',
    summary: 'Delete a message for everyone',
    description: 'A message of ones own; in a group, its admins can delete the messages of others.',
    request: { headers: idempotencyHeaders, params: inChat },
    answers: sent,
    run: async ({ params, ...context }) => ({
      status: 200,
      body: await send(context, plainly(params.name), async (references) => {
        const target = await references.deletable(params.chatId, params.messageId)
        return { chatId: target.chat, content: { type: 'delete', target } }
      }),
    }),
  }),
  route({
    ...common,
    method: 'POST',
    path: `${MESSAGE_PATH}/pin`,
    operationId: 'pinMessage',
    summary: 'Pin a message for everyone',
    isBodyOptional: true,
    request: { headers: idempotencyHeaders, params: inChat, body: pinBody },
    answers: pinned,
    run: async ({ params, body: { duration }, ...context }) => {
      const { id, jobId } = await send(context, plainly(params.name), async (references) => {
        const target = await references.inChat(params.chatId, params.messageId)
        return { chatId: target.chat, content: { type: 'pin', target, durationSeconds: duration } }
      })
      return { status: 201, body: { success: true as const, id, jobId } }
    },
  }),
  route({
    ...common,
    method: 'POST',
    path: `${MESSAGE_PATH}/unpin`,
    operationId: 'unpinMessage',
    summary: 'Unpin a message',
    request: { headers: idempotencyHeaders, params: inChat },
    answers: pinned,
    run: async ({ params, ...context }) => {
      const { id, jobId } = await send(context, plainly(params.name), async (references) => {
        const target = await references.inChat(params.chatId, params.messageId)
        return { chatId: target.chat, content: { type: 'pin', target, durationSeconds: null } }
      })
      return { status: 201, body: { success: true as const, id, jobId } }
    },
  }),
]
