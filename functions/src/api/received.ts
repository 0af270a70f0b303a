import { z } from 'zod'
import { listReceived } from '../use-cases/received-messages.ts'
import { READERS, type Route, route } from './route.ts'
import { named, pageLimit } from './schemas.ts'

const receivedSchema = z
  .strictObject({
    id: z
      .string()
      .nullable()
      .meta({ description: 'The id that the sender gave the message. Null when the document is damaged.' }),
    chatId: z.string().optional(),
    from: z.string().optional(),
    fromMe: z.boolean().optional(),
    participant: z.string().nullable().optional().meta({ description: 'The sender of a group message.' }),
    pushName: z.string().nullable().optional(),
    type: z.string().optional(),
    timestamp: z.int().optional().meta({ description: 'When the message was sent, in seconds since 1970.' }),
    order: z.string().meta({ description: 'The place of the message in the list. It serves as a cursor.' }),
    body: z.string().nullable().meta({ description: 'The text of the message.' }),
    tooLarge: z
      .strictObject({ bytes: z.int(), textIsCut: z.boolean() })
      .optional()
      .meta({
        description:
          'Present when the message was too large to be stored whole. `bytes` is its size. Only its text was stored, or the ' +
          'beginning of its text when `textIsCut` is true.',
      }),
    fromHistory: z
      .literal(true)
      .optional()
      .meta({ description: "The message comes from the phone's history, sent when the device was linked." }),
    error: z.string().optional().meta({ description: 'Why the message cannot be read. Otherwise absent.' }),
  })
  .meta({ id: 'ReceivedMessage' })

const pageQuery = z.object({
  since: z
    .string()
    .regex(/^\d{20}-\d{6}$/, 'must be a cursor from an earlier answer')
    .optional()
    .meta({ description: 'The cursor of an earlier answer. The list starts after it.' }),
  limit: pageLimit,
})

export const RECEIVED_ROUTES: readonly Route[] = [
  route({
    method: 'GET',
    path: '/api/:name/messages',
    operationId: 'listMessages',
    tag: 'Messages',
    summary: 'List received messages',
    description: 'Oldest first. A client that keeps the cursor gets each message once.',
    roles: READERS,
    request: { params: named, query: pageQuery },
    answers: {
      200: {
        description: 'One page of messages.',
        schema: z
          .strictObject({
            messages: z.array(receivedSchema),
            cursor: z
              .string()
              .nullable()
              .meta({ description: 'The position after the last message. Null while there are no messages.' }),
          })
          .meta({ id: 'MessagePage' }),
      },
    },
    problems: ['unknown-session'],
    run: async ({ dependencies, principal, params: { name }, query: { since, limit } }) => ({
      status: 200,
      body: await listReceived(dependencies, principal, { name, since, limit }),
    }),
  }),
]
