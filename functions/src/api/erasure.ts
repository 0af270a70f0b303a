import { z } from 'zod'
import { eraseContact, ERASED_KINDS } from '../use-cases/erasure/erase-contact.ts'
import { ADMINS, type Route, route } from './route.ts'
import { named, requiredString, time } from './schemas.ts'

const contactParams = named.extend({
  contact: requiredString('like 491701234567@c.us').meta({
    description: 'The id of a person: phone number or LID.',
    example: '5511999990000@c.us',
  }),
})

const erasureQuery = z.object({
  cursor: z
    .string()
    .max(128, 'must be the cursor of an answer')
    .optional()
    .meta({ description: 'Where an earlier call ended: `cursor` of its answer.' }),
})

const counts = <const Name extends string>(...names: readonly Name[]) =>
  z.strictObject(Object.fromEntries(names.map((name) => [name, z.int()])) as Record<Name, z.ZodInt>)

const erasureSchema = z
  .strictObject({
    removed: counts(...ERASED_KINDS).meta({
      description:
        'What this call removed: `changes` are reactions, votes and answers to messages of others, `deliveries` are events that end points ' +
        'have not got, `directory` is 1 when chat and contact were removed.',
    }),
    left: counts('openJobs', 'changed', 'directory', 'objects', 'unreadable').meta({
      description:
        'What this call could not remove: messages that wait or are on the wire (cancel them first), documents that somebody was just ' +
        'changing, chat and contact while the owner of the session does not answer, archives that are in another place than media, and what ' +
        'cannot be read.',
    }),
    cursor: z.string().nullable().meta({ description: 'Give it to the next call. Null: all messages were looked through.' }),
    complete: z.boolean().meta({ description: 'Nothing of the contact was left where this call looked.' }),
    remains: z
      .array(
        z.strictObject({
          what: z.enum(['objects', 'objectVersions', 'pointInTime', 'backups']),
          until: time.nullable().meta({ description: 'Null: the deployment decides.' }),
          sentence: z.string(),
        }),
      )
      .meta({ description: 'What is still somewhere, and until when.' }),
    kept: z.string().meta({ description: 'What stays on purpose.' }),
  })
  .meta({ id: 'Erasure' })

export const ERASURE_ROUTES: readonly Route[] = [
  route({
    method: 'DELETE',
    path: '/api/:name/contacts/:contact/data',
    operationId: 'eraseContact',
    tag: 'Contacts',
    summary: 'Erase what a session has stored of a contact',
    description:
      'Messages from and to the contact, in groups those that it wrote, their media, its reactions and votes, the content of messages that were ' +
      'sent to it, archived ones as well, events that no end point has got yet, its chat and contact, and stanzas that could not be read; under ' +
      'phone number and LID where the contacts know both. One call removes a bounded number: repeat it with `cursor` until it is null, and once ' +
      'more while `complete` is false. On Google Cloud the API may not remove objects: it records them, and the nightly run removes them.',
    roles: ADMINS,
    request: { params: contactParams, query: erasureQuery },
    answers: { 200: { description: 'What was removed.', schema: erasureSchema } },
    problems: ['unknown-session', 'invalid-chat'],
    run: async ({ dependencies, principal, params: { name, contact }, query: { cursor = null } }) => ({
      status: 200,
      body: await eraseContact(dependencies, principal, { name, contact, cursor }),
    }),
  }),
]
