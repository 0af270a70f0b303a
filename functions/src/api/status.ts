import { Refusal } from '../use-cases/refusal.ts'
import { z } from 'zod'
import { sendingFields } from './content-schemas.ts'
import { idempotencyHeaders, sentSchema, textSchema } from './message-schemas.ts'
import { messageIdSchema, personSchema } from './naming-schemas.ts'
import { type Route, route, SENDERS } from './route.ts'
import { named, unknownField } from './schemas.ts'
import { plainly, send, SENDING_PROBLEMS } from './send-content.ts'

/** Routes of the status: texts that people see for a day. */

export const STATUS_CHAT = 'status@broadcast'

const MAX_AUDIENCE = 5000

export const audienceSchema = z
  .array(personSchema, 'must be a list')
  .min(1, 'must have a contact')
  .max(MAX_AUDIENCE, `must have at most ${MAX_AUDIENCE} contacts`)
  .optional()
  .meta({ description: 'The people who get the status. WhatsApp has no list of them on its servers, so they have to be named.' })

/** @throws Refusal `not-possible` without an audience */
export function audienceOf(contacts: z.output<typeof audienceSchema>): string[] {
  if (contacts) return contacts
  throw new Refusal('not-possible', 'Name those who get the status in `contacts`: the session does not choose them by itself.')
}

const { session: _inPath, ...fields } = sendingFields

const statusBody = z
  .object({
    ...fields,
    text: textSchema,
    backgroundColor: z
      .string('must be a text')
      .regex(/^#[0-9a-fA-F]{6}$/, 'must be a colour like #38b42f')
      .optional(),
    font: z.int('must be a number').min(0, 'must not be negative').max(10, 'must be at most 10').optional(),
    contacts: audienceSchema,
  })
  .catchall(unknownField)
  .meta({
    id: 'StatusText',
    example: { text: 'Open today', backgroundColor: '#38b42f', font: 0, contacts: ['5511999990000@c.us'] },
  })

const deleteBody = z
  .object({ id: messageIdSchema, contacts: audienceSchema })
  .catchall(unknownField)
  .meta({
    id: 'StatusToDelete',
    example: { id: 'true_status@broadcast_3EB0C767D26A1D71C2D1', contacts: ['5511999990000@c.us'] },
  })

const common = {
  tag: 'Status',
  sendsMessages: true,
  roles: SENDERS,
  answers: { 201: { description: 'The status is accepted.', schema: sentSchema } },
  problems: SENDING_PROBLEMS,
} as const

export const STATUS_ROUTES: readonly Route[] = [
  route({
    ...common,
    method: 'POST',
    path: '/api/:name/status/text',
    operationId: 'sendTextStatus',
    summary: 'Show a text as the status',
    request: { headers: idempotencyHeaders, params: named, body: statusBody },
    run: async ({ params, body, ...context }) => ({
      status: 201,
      body: await send(context, { ...plainly(params.name), ...body }, () => {
        const { text, backgroundColor = null, font = null, contacts } = body
        const content = { type: 'status-text', text, backgroundColor, font, audience: audienceOf(contacts) } as const
        return { chatId: STATUS_CHAT, content }
      }),
    }),
  }),
  route({
    ...common,
    method: 'POST',
    path: '/api/:name/status/delete',
    operationId: 'deleteStatus',
    summary: 'Take a status back',
    description: 'It goes to those who got the status. They are known as long as the status is not archived.',
    request: { headers: idempotencyHeaders, params: named, body: deleteBody },
    run: async ({ params, body, ...context }) => ({
      status: 201,
      body: await send(context, plainly(params.name), async (references) => {
        const target = await references.target(body.id, { chat: STATUS_CHAT, fromMe: true })
        const audience = audienceOf(body.contacts ?? (await references.audienceOf(target)))
        return { chatId: STATUS_CHAT, content: { type: 'delete', target, audience } }
      }),
    }),
  }),
]
