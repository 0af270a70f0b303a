import { z } from 'zod'
import { checkExists } from '../use-cases/directory/check-exists.ts'
import { aboutOf, blockContact, lidPairOf, listLids, pictureOf, saveContact } from '../use-cases/directory/people.ts'
import { ASKING_PROBLEMS } from './asking-problems.ts'
import { listQuery, ofContact, pageOf, SUCCESS, successSchema } from './directory-schemas.ts'
import { findContact, listContacts } from '../use-cases/directory/stored-directory.ts'
import { READERS, type Route, route, SENDERS } from './route.ts'
import { named, requiredString, sessionInBody, sessionInQuery, unknownField } from './schemas.ts'

const TAG = 'Contacts'

/** A phone number as people write it. */
const phoneSchema = requiredString('like 491701234567')
  .transform((text) => text.replace(/@(?:c\.us|s\.whatsapp\.net)$/, '').replaceAll(/[\s()+./-]/g, ''))
  .refine((digits) => /^\d{5,20}$/.test(digits), 'must be a phone number with its country code')
  .meta({ example: '5511999990000' })

const contactInQuery = requiredString('like 491701234567@c.us').meta({
  description: 'The id of a person.',
  example: '5511999990000@c.us',
})

const done = { description: 'It is done.', schema: successSchema }

const blockBody = z
  .object({ session: sessionInBody('The name of a session.'), contactId: requiredString('like 491701234567@c.us') })
  .catchall(unknownField)
  .meta({ id: 'ContactToBlock', example: { session: 'main', contactId: '5511999990000@c.us' } })

const blocking: readonly Route[] = (['block', 'unblock'] as const).map((verb) =>
  route({
    method: 'POST',
    path: `/api/contacts/${verb}`,
    operationId: `${verb}Contact`,
    tag: TAG,
    summary: verb === 'block' ? 'Block a person' : 'Unblock a person',
    roles: SENDERS,
    request: { body: blockBody },
    answers: { 201: done },
    problems: ASKING_PROBLEMS,
    run: async ({ dependencies, principal, body }) => {
      const { session, contactId: contact } = body
      await blockContact(dependencies, principal, { session, contact, isBlocked: verb === 'block' })
      return { status: 201, body: SUCCESS }
    },
  }),
)

const pairSchema = z.strictObject({ lid: z.string().nullable(), pn: z.string().nullable() }).meta({ id: 'LidPair' })

const lids: readonly Route[] = [
  route({
    method: 'GET',
    path: '/api/:name/lids',
    operationId: 'listLids',
    tag: TAG,
    summary: 'List the known pairs of LID and phone number',
    roles: READERS,
    request: { params: named, query: listQuery },
    answers: { 200: { description: 'A page of them.', schema: z.array(pairSchema) } },
    problems: ASKING_PROBLEMS,
    run: async ({ dependencies, principal, params: { name }, query: { limit = 100, offset = 0 } }) => {
      const page = { session: name, limit: Math.min(limit, 1000), offset }
      return { status: 200, body: (await listLids(dependencies, principal, page)).pairs }
    },
  }),
  route({
    method: 'GET',
    path: '/api/:name/lids/count',
    operationId: 'countLids',
    tag: TAG,
    summary: 'Count the known pairs of LID and phone number',
    roles: READERS,
    request: { params: named },
    answers: { 200: { description: 'Their number.', schema: z.strictObject({ count: z.int() }) } },
    problems: ASKING_PROBLEMS,
    run: async ({ dependencies, principal, params: { name } }) => ({
      status: 200,
      body: { count: (await listLids(dependencies, principal, { session: name, limit: 0, offset: 0 })).count },
    }),
  }),
  ...(['lids/:lid', 'lids/pn/:phone'] as const).map((path) =>
    route({
      method: 'GET',
      path: `/api/:name/${path}`,
      operationId: path === 'lids/:lid' ? 'getPhoneOfLid' : 'getLidOfPhone',
      tag: TAG,
      summary: path === 'lids/:lid' ? 'Show the phone number of a LID' : 'Show the LID of a phone number',
      description: 'The unknown one is null.',
      roles: READERS,
      request: {
        params: named.extend(
          path === 'lids/:lid'
            ? { lid: z.string().meta({ example: '123456789012345@lid' }) }
            : { phone: z.string().meta({ example: '5511999990000' }) },
        ),
      },
      answers: { 200: { description: 'The pair.', schema: pairSchema } },
      problems: ASKING_PROBLEMS,
      run: async ({ dependencies, principal, params }) => {
        const { name, lid, phone } = params as { name: string; lid?: string; phone?: string }
        const of = lid === undefined ? (phone ?? '') : lid.includes('@') ? lid : `${lid}@lid`
        return { status: 200, body: await lidPairOf(dependencies, principal, { session: name, of }) }
      },
    }),
  ),
]

const contactSchema = z
  .strictObject({
    id: z.string(),
    number: z.string().nullable(),
    lid: z.string().nullable(),
    name: z.string().nullable().meta({ description: 'In the address book of the phone.' }),
    pushname: z.string().nullable().meta({ description: 'As the person calls himself.' }),
    shortName: z.string().nullable(),
    isMe: z.boolean(),
    isGroup: z.boolean(),
    isWAContact: z.boolean(),
    isMyContact: z.boolean(),
    isBlocked: z.boolean(),
  })
  .meta({ id: 'Contact' })

const stored: readonly Route[] = [
  route({
    method: 'GET',
    path: '/api/contacts/all',
    operationId: 'listContacts',
    tag: TAG,
    summary: 'List the contacts that the session has heard of',
    description: 'From what the session has stored. A change is seen here after five seconds at the latest.',
    roles: READERS,
    request: { query: listQuery.extend({ session: sessionInQuery }) },
    answers: { 200: { description: 'A page of them.', schema: z.array(contactSchema) } },
    problems: ['unknown-session'],
    run: async ({ dependencies, principal, query }) => ({
      status: 200,
      body: pageOf(await listContacts(dependencies, principal, query.session), query),
    }),
  }),
  route({
    method: 'GET',
    path: '/api/contacts',
    operationId: 'getContact',
    tag: TAG,
    summary: 'Show a contact',
    roles: READERS,
    request: { query: z.object({ session: sessionInQuery, contactId: contactInQuery }) },
    answers: { 200: { description: 'Also of a person of whom nothing is stored.', schema: contactSchema } },
    problems: ['unknown-session', 'invalid-chat'],
    run: async ({ dependencies, principal, query: { session, contactId: contact } }) => ({
      status: 200,
      body: await findContact(dependencies, principal, { session, contact }),
    }),
  }),
]

export const CONTACT_ROUTES: readonly Route[] = [
  ...stored,
  route({
    method: 'GET',
    path: '/api/contacts/check-exists',
    operationId: 'checkExists',
    tag: TAG,
    summary: 'Tell whether a phone number is on WhatsApp',
    description: 'WhatsApp is asked through the session. An answer is kept for some minutes.',
    roles: SENDERS,
    request: { query: z.object({ session: sessionInQuery, phone: phoneSchema }) },
    answers: {
      200: {
        description: 'Whether the number has an account, and the id of the chat with it.',
        schema: z.strictObject({ numberExists: z.boolean(), chatId: z.string().optional() }).meta({ id: 'NumberExists' }),
      },
    },
    problems: ASKING_PROBLEMS,
    run: async ({ dependencies, principal, query }) => ({ status: 200, body: await checkExists(dependencies, principal, query) }),
  }),
  route({
    method: 'GET',
    path: '/api/contacts/about',
    operationId: 'getAbout',
    tag: TAG,
    summary: 'Show what a person says about himself',
    roles: READERS,
    request: { query: z.object({ session: sessionInQuery, contactId: contactInQuery }) },
    answers: {
      200: {
        description: 'Null without a text, and where it is hidden.',
        schema: z.strictObject({ about: z.string().nullable() }),
      },
    },
    problems: ASKING_PROBLEMS,
    run: async ({ dependencies, principal, query: { session, contactId: contact } }) => ({
      status: 200,
      body: await aboutOf(dependencies, principal, { session, contact }),
    }),
  }),
  route({
    method: 'GET',
    path: '/api/contacts/profile-picture',
    operationId: 'getProfilePicture',
    tag: TAG,
    summary: 'Show where the picture of a person or group lies',
    roles: READERS,
    request: { query: z.object({ session: sessionInQuery, contactId: contactInQuery, refresh: z.string().optional() }) },
    answers: {
      200: {
        description: 'The address is of WhatsApp and ends after some days. Null without a picture, and where it is hidden.',
        schema: z.strictObject({ profilePictureURL: z.string().nullable() }),
      },
    },
    problems: ASKING_PROBLEMS,
    run: async ({ dependencies, principal, query: { session, contactId: chat } }) => ({
      status: 200,
      body: { profilePictureURL: await pictureOf(dependencies, principal, { session, chat }) },
    }),
  }),
  ...blocking,
  route({
    method: 'PUT',
    path: '/api/:name/contacts/:contact',
    operationId: 'saveContact',
    tag: TAG,
    summary: 'Save a contact in the address book of the phone',
    roles: SENDERS,
    request: {
      params: ofContact,
      body: z
        .object({
          firstName: requiredString('the name').max(100, 'must have at most 100 characters'),
          lastName: z.string('must be a text').max(100, 'must have at most 100 characters').nullish(),
        })
        .catchall(unknownField)
        .meta({ id: 'ContactToSave', example: { firstName: 'Ada', lastName: 'Lovelace' } }),
    },
    answers: { 200: done },
    problems: ASKING_PROBLEMS,
    run: async ({ dependencies, principal, params, body: { firstName, lastName } }) => {
      const saved = { session: params.name, contact: params.contact, firstName, lastName: lastName ?? '' }
      await saveContact(dependencies, principal, saved)
      return { status: 200, body: SUCCESS }
    },
  }),
  ...lids,
]
