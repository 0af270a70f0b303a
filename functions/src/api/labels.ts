import { LABEL_COLORS } from '@holdfast/core/message/label-colors'
import { z } from 'zod'
import { chatsOfLabel, deleteLabel, labelsOfChat, listLabels, putLabel, setLabels } from '../use-cases/directory/labels.ts'
import { ASKING_PROBLEMS } from './asking-problems.ts'
import { chatSchema, ofChat, SUCCESS, successSchema } from './directory-schemas.ts'
import { READERS, type Route, route, SENDERS } from './route.ts'
import { label as nameSchema, named, requiredString, unknownField } from './schemas.ts'

const TAG = 'Labels'
const STORED = 'From what the session has stored. A change is seen here after five seconds at the latest.'

const labelSchema = z
  .strictObject({
    id: z.string(),
    name: z.string(),
    color: z.int().meta({ description: "WhatsApp's number of the colour." }),
    colorHex: z.string(),
  })
  .meta({ id: 'Label' })

const labelBody = z
  .object({
    name: nameSchema('like "Lead"'),
    color: z
      .int('must be a whole number')
      .min(0, 'must be at least 0')
      .max(LABEL_COLORS.length - 1, `must be at most ${LABEL_COLORS.length - 1}`)
      .nullish(),
    colorHex: z
      .string('must be a text')
      .max(20, 'must be like #ff9485')
      .nullish()
      .meta({ description: 'Counts before `color`.' }),
  })
  .catchall(unknownField)
  .meta({ id: 'LabelToPut', example: { name: 'Lead', color: 0 } })

const chatLabelsBody = z
  .object({
    labels: z
      .array(
        z.object({ id: requiredString('the id of a label').max(32, 'is too long') }).catchall(unknownField),
        'must be a list',
      )
      .max(100, 'has too many'),
  })
  .catchall(unknownField)
  .meta({ id: 'LabelsOfChat', example: { labels: [{ id: '1' }] } })

const ofLabel = named.extend({ label: z.string().meta({ description: 'The id of a label.', example: '1' }) })
const labels = { description: 'The labels.', schema: z.array(labelSchema) }
const done = { description: 'It is done.', schema: successSchema }

export const LABEL_ROUTES: readonly Route[] = [
  route({
    method: 'GET',
    path: '/api/:name/labels',
    operationId: 'listLabels',
    tag: TAG,
    summary: 'List the labels of the account',
    description: `Accounts of WhatsApp Business have some. ${STORED}`,
    roles: READERS,
    request: { params: named },
    answers: { 200: labels },
    problems: ['unknown-session'],
    run: async ({ dependencies, principal, params: { name } }) => ({
      status: 200,
      body: await listLabels(dependencies, principal, name),
    }),
  }),
  route({
    method: 'POST',
    path: '/api/:name/labels',
    operationId: 'createLabel',
    tag: TAG,
    summary: 'Make a label',
    roles: SENDERS,
    request: { params: named, body: labelBody },
    answers: { 201: { description: 'The label.', schema: labelSchema } },
    problems: ASKING_PROBLEMS,
    run: async ({ dependencies, principal, params: { name }, body: look }) => ({
      status: 201,
      body: await putLabel(dependencies, principal, { session: name, label: null, look }),
    }),
  }),
  route({
    method: 'PUT',
    path: '/api/:name/labels/:label',
    operationId: 'changeLabel',
    tag: TAG,
    summary: 'Change a label',
    roles: SENDERS,
    request: { params: ofLabel, body: labelBody },
    answers: { 200: { description: 'The label.', schema: labelSchema } },
    problems: ASKING_PROBLEMS,
    run: async ({ dependencies, principal, params: { name, label }, body: look }) => ({
      status: 200,
      body: await putLabel(dependencies, principal, { session: name, label, look }),
    }),
  }),
  route({
    method: 'DELETE',
    path: '/api/:name/labels/:label',
    operationId: 'deleteLabel',
    tag: TAG,
    summary: 'Remove a label',
    description: 'Also from the chats that have it.',
    roles: SENDERS,
    request: { params: ofLabel },
    answers: { 200: done },
    problems: ASKING_PROBLEMS,
    run: async ({ dependencies, principal, params: { name, label } }) => {
      await deleteLabel(dependencies, principal, { session: name, label })
      return { status: 200, body: SUCCESS }
    },
  }),
  route({
    method: 'GET',
    path: '/api/:name/labels/chats/:chat',
    operationId: 'listLabelsOfChat',
    tag: TAG,
    summary: 'List the labels of a chat',
    description: STORED,
    roles: READERS,
    request: { params: ofChat },
    answers: { 200: labels },
    problems: ['unknown-session', 'invalid-chat'],
    run: async ({ dependencies, principal, params: { name, chat } }) => ({
      status: 200,
      body: await labelsOfChat(dependencies, principal, { session: name, chat }),
    }),
  }),
  route({
    method: 'PUT',
    path: '/api/:name/labels/chats/:chat',
    operationId: 'setLabelsOfChat',
    tag: TAG,
    summary: 'Give a chat these labels and no others',
    roles: SENDERS,
    request: { params: ofChat, body: chatLabelsBody },
    answers: { 200: done },
    problems: ASKING_PROBLEMS,
    run: async ({ dependencies, principal, params: { name, chat }, body }) => {
      const given = { session: name, chat, labels: body.labels.map(({ id }) => id) }
      await setLabels(dependencies, principal, given)
      return { status: 200, body: SUCCESS }
    },
  }),
  route({
    method: 'GET',
    path: '/api/:name/labels/:label/chats',
    operationId: 'listChatsOfLabel',
    tag: TAG,
    summary: 'List the chats that have a label',
    description: `The one with the newest message first. ${STORED}`,
    roles: READERS,
    request: { params: ofLabel },
    answers: { 200: { description: 'The chats.', schema: z.array(chatSchema) } },
    problems: ['unknown-session', 'unknown-there'],
    run: async ({ dependencies, principal, params: { name, label } }) => ({
      status: 200,
      body: await chatsOfLabel(dependencies, principal, { session: name, label }),
    }),
  }),
]
