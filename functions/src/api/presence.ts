import { z } from 'zod'
import { listPresences, rejectCall, showPresence, subscribePresence } from '../use-cases/directory/people.ts'
import { ASKING_PROBLEMS } from './asking-problems.ts'
import { ofChat, SUCCESS, successSchema } from './directory-schemas.ts'
import { READERS, type Route, route, SENDERS } from './route.ts'
import { named, requiredString, sessionInBody, unknownField } from './schemas.ts'

const TAG = 'Presence'
const AT_MOST_ONCE = 'At most once: nothing repeats it when it does not reach WhatsApp.'

const typingBody = z
  .object({ session: sessionInBody('The name of a session.'), chatId: requiredString('like 491701234567@c.us') })
  .catchall(unknownField)
  .meta({ id: 'ChatToTypeIn', example: { session: 'main', chatId: '5511999990000@c.us' } })

const typing: readonly Route[] = (['startTyping', 'stopTyping'] as const).map((operationId) =>
  route({
    method: 'POST',
    path: `/api/${operationId}`,
    operationId,
    tag: TAG,
    summary: operationId === 'startTyping' ? 'Show that the account types' : 'Show that the account types no more',
    description: AT_MOST_ONCE,
    sendsMessages: true,
    roles: SENDERS,
    request: { body: typingBody },
    answers: { 201: { description: 'It is shown.', schema: z.strictObject({ result: z.boolean() }) } },
    problems: ASKING_PROBLEMS,
    run: async ({ dependencies, principal, body: { session, chatId } }) => {
      const presence = operationId === 'startTyping' ? 'typing' : 'paused'
      await showPresence(dependencies, principal, { session, chatId, presence })
      return { status: 201, body: { result: true } }
    },
  }),
)

const presenceSchema = z
  .strictObject({
    id: z.string(),
    presences: z.array(
      z.strictObject({
        participant: z.string(),
        lastKnownPresence: z.string(),
        lastSeen: z.number().nullable().meta({ description: 'In seconds since 1970. Null while unknown or hidden.' }),
      }),
    ),
  })
  .meta({ id: 'Presences' })

export const PRESENCE_ROUTES: readonly Route[] = [
  ...typing,
  route({
    method: 'POST',
    path: '/api/:name/presence',
    operationId: 'setPresence',
    tag: TAG,
    summary: 'Show the presence of the account, or what it does in a chat',
    description: AT_MOST_ONCE,
    sendsMessages: true,
    roles: SENDERS,
    request: {
      params: named,
      body: z
        .object({
          presence: z.enum(['online', 'offline', 'typing', 'recording', 'paused'], {
            error: 'must be online, offline, typing, recording or paused',
          }),
          chatId: z.string('must be a text').nullish().meta({ description: 'Needed for typing, recording and paused.' }),
        })
        .catchall(unknownField)
        .meta({ id: 'PresenceToShow', example: { presence: 'typing', chatId: '5511999990000@c.us' } }),
    },
    answers: { 201: { description: 'It is shown.', schema: successSchema } },
    problems: ASKING_PROBLEMS,
    run: async ({ dependencies, principal, params: { name }, body: { presence, chatId } }) => {
      await showPresence(dependencies, principal, { session: name, presence, chatId: chatId || null })
      return { status: 201, body: SUCCESS }
    },
  }),
  route({
    method: 'GET',
    path: '/api/:name/presence',
    operationId: 'listPresences',
    tag: TAG,
    summary: 'List what was heard of the presence of others since the session connected',
    roles: READERS,
    request: { params: named },
    answers: { 200: { description: 'By chat.', schema: z.array(presenceSchema) } },
    problems: ASKING_PROBLEMS,
    run: async ({ dependencies, principal, params: { name } }) => ({
      status: 200,
      body: await listPresences(dependencies, principal, { session: name, chat: null }),
    }),
  }),
  route({
    method: 'GET',
    path: '/api/:name/presence/:chat',
    operationId: 'getPresence',
    tag: TAG,
    summary: 'Show the presence in a chat, and hear of it from now on',
    roles: READERS,
    request: { params: ofChat },
    answers: { 200: { description: 'What was heard; nothing at the first request.', schema: presenceSchema } },
    problems: ASKING_PROBLEMS,
    run: async ({ dependencies, principal, params: { name, chat } }) => {
      const [heard] = await listPresences(dependencies, principal, { session: name, chat })
      if (!heard) await subscribePresence(dependencies, principal, { session: name, chat })
      return { status: 200, body: heard ?? { id: chat, presences: [] } }
    },
  }),
  route({
    method: 'POST',
    path: '/api/:name/presence/:chat/subscribe',
    operationId: 'subscribePresence',
    tag: TAG,
    summary: 'Hear of the presence in a chat while the session stays connected',
    roles: SENDERS,
    request: { params: ofChat },
    answers: { 201: { description: 'It is asked for.', schema: successSchema } },
    problems: ASKING_PROBLEMS,
    run: async ({ dependencies, principal, params: { name, chat } }) => {
      await subscribePresence(dependencies, principal, { session: name, chat })
      return { status: 201, body: SUCCESS }
    },
  }),
  route({
    method: 'POST',
    path: '/api/:name/calls/reject',
    operationId: 'rejectCall',
    tag: TAG,
    summary: 'Reject a call that rings',
    description: AT_MOST_ONCE,
    roles: SENDERS,
    request: {
      params: named,
      body: z
        .object({ from: requiredString('who calls'), id: requiredString('the id of the call').max(128, 'is too long') })
        .catchall(unknownField)
        .meta({ id: 'CallToReject', example: { from: '5511999990000@c.us', id: 'ABCD' } }),
    },
    answers: { 201: { description: 'It is rejected.', schema: successSchema } },
    problems: ASKING_PROBLEMS,
    run: async ({ dependencies, principal, params: { name }, body: { from, id } }) => {
      await rejectCall(dependencies, principal, { session: name, from, call: id })
      return { status: 201, body: SUCCESS }
    },
  }),
]
