import { z } from 'zod'
import { rotateSession } from '../use-cases/rotate-session.ts'
import { actionSchema } from './action-schemas.ts'
import { ADMINS, type Route, route } from './route.ts'
import { named, refusedField } from './schemas.ts'

const requestSchema = z
  .object({
    approve: z
      .boolean('must be true or false')
      .default(false)
      .meta({ description: 'Agrees to it. If false, the API only says what would happen.' }),
  })
  .catchall(refusedField)
  .meta({ id: 'RotationRequest', example: { approve: false } })

const plan = {
  device: z.string().nullable().meta({ description: 'The device that is unlinked. Null: it is unlinked already.' }),
  isConnected: z.boolean().meta({ description: 'Only a connected session can be unlinked from here.' }),
  waiting: z.int().meta({ description: 'Messages that wait for the new device.' }),
  recommendation: z.strictObject({ code: z.literal('rotate'), sentence: z.string() }).nullable(),
  sentence: z.string(),
} as const

export const ROTATION_ROUTES: readonly Route[] = [
  route({
    method: 'POST',
    path: '/api/sessions/:name/rotate',
    operationId: 'rotateSession',
    tag: 'Recovery',
    summary: 'Give a session a new device',
    description:
      'For a session that clean-up does not bring below its levels any more (`recommendation` of its records). Its runner backs it up, ' +
      'unlinks the old device, and shows a new QR code. Queue, messages and chats stay. Without `approve`, the API changes nothing and ' +
      'answers what would happen.',
    roles: ADMINS,
    request: { params: named, body: requestSchema },
    isBodyOptional: true,
    answers: {
      200: {
        description: 'What would happen. Nothing was changed.',
        schema: z.strictObject({ approved: z.literal(false), ...plan, next: z.string() }).meta({ id: 'RotationPlan' }),
      },
      202: {
        description: "The session's runner performs the rotation.",
        schema: z.strictObject({ approved: z.literal(true), ...plan, action: actionSchema }).meta({ id: 'Rotation' }),
      },
    },
    problems: ['unknown-session', 'session-stopped', 'cannot-recover', 'tenant-deleting'],
    async run({ dependencies, principal, params: { name }, body: { approve } }) {
      const { outcome, body } = await rotateSession(dependencies, principal, { name, approve })
      return outcome === 'planned' ? { status: 200, body } : { status: 202, body }
    },
  }),
]
