import { z } from 'zod'
import {
  changeGroup,
  changeParticipants,
  createGroup,
  groupAnswer,
  inviteCode,
  joinGroup,
  leaveGroup,
  listGroups,
  refreshGroups,
  showGroup,
} from '../use-cases/directory/groups.ts'
import { ASKING_PROBLEMS } from './asking-problems.ts'
import { groupSchema, inGroup, listQuery, pageOf, personsSchema, SUCCESS, successSchema } from './directory-schemas.ts'
import { READERS, type Route, route, SENDERS } from './route.ts'
import { label, named, requiredString, unknownField } from './schemas.ts'

const TAG = 'Groups'
const EXAMPLE = { participants: [{ id: '5511999990000@c.us' }] }

const personsBody = z
  .object({ participants: personsSchema })
  .catchall(unknownField)
  .meta({ id: 'GroupMembers', example: EXAMPLE })

const done = { description: 'It is done.', schema: successSchema }
const group = { description: 'The group.', schema: groupSchema }

const ACTIONS = [
  ['add', 'participants/add', 'addGroupMembers', 'Add members to a group'],
  ['remove', 'participants/remove', 'removeGroupMembers', 'Remove members from a group'],
  ['promote', 'admin/promote', 'promoteGroupMembers', 'Make members admins'],
  ['demote', 'admin/demote', 'demoteGroupMembers', 'Make admins members'],
] as const

const actions: readonly Route[] = ACTIONS.map(([action, path, operationId, summary]) =>
  route({
    method: 'POST',
    path: `/api/:name/groups/:group/${path}`,
    operationId,
    tag: TAG,
    summary,
    roles: SENDERS,
    request: { params: inGroup, body: personsBody },
    answers: {
      200: {
        description: 'What WhatsApp says of each: 200 for done.',
        schema: z.array(z.strictObject({ id: z.string(), status: z.int() })),
      },
    },
    problems: ASKING_PROBLEMS,
    run: async ({ dependencies, principal, params, body }) => ({
      status: 200,
      body: await changeParticipants(dependencies, principal, { session: params.name, ...params, ...body, action }),
    }),
  }),
)

const isRequired = z.boolean({ error: 'is required: true or false' })

/** A setting of a group, under the name that callers know it by. */
const flag = (key: string, id: string) => ({
  key,
  schema: z.strictObject({ [key]: z.boolean() }).meta({ id }),
  body: z
    .object({ [key]: isRequired })
    .catchall(unknownField)
    .meta({ id: `${id}ToSet`, example: { [key]: true } }),
})

const ADMINS_ONLY = flag('adminsOnly', 'AdminsOnly')
const MEMBERS_MAY_ADD = flag('membersCanAddNewMember', 'MembersCanAddNewMember')

const SETTINGS = [
  ['info-admin-only', 'restrict', 'InfoAdminOnly', 'Who changes subject, description and settings', ADMINS_ONLY],
  ['messages-admin-only', 'announce', 'MessagesAdminOnly', 'Who writes messages', ADMINS_ONLY],
  ['member-add-mode', 'memberAdd', 'MemberAddMode', 'Who adds members', MEMBERS_MAY_ADD],
] as const

const settings: readonly Route[] = SETTINGS.flatMap(([path, field, id, summary, { key, schema, body: toSet }]) => [
  route({
    method: 'GET',
    path: `/api/:name/groups/:group/settings/security/${path}`,
    operationId: `get${id}`,
    tag: TAG,
    summary,
    roles: READERS,
    request: { params: inGroup },
    answers: { 200: { description: 'The setting.', schema } },
    problems: ASKING_PROBLEMS,
    run: async ({ dependencies, principal, params }) => {
      const found = await showGroup(dependencies, principal, { session: params.name, group: params.group })
      return { status: 200, body: { [key]: found[field] } }
    },
  }),
  route({
    method: 'PUT',
    path: `/api/:name/groups/:group/settings/security/${path}`,
    operationId: `set${id}`,
    tag: TAG,
    summary: `${summary}: set it`,
    roles: SENDERS,
    request: { params: inGroup, body: toSet },
    answers: { 200: done },
    problems: ASKING_PROBLEMS,
    run: async ({ dependencies, principal, params, body }) => {
      const change = { [field]: body[key] }
      await changeGroup(dependencies, principal, { session: params.name, group: params.group, ...change })
      return { status: 200, body: SUCCESS }
    },
  }),
])

const TEXTS = [
  ['subject', 'setGroupSubject', 'Name a group', label('like "Our team"')],
  [
    'description',
    'setGroupDescription',
    'Describe a group',
    requiredString('a text; an empty one removes it').max(2048, 'must have at most 2048 characters'),
  ],
] as const

const texts: readonly Route[] = TEXTS.map(([field, operationId, summary, schema]) =>
  route({
    method: 'PUT',
    path: `/api/:name/groups/:group/${field}`,
    operationId,
    tag: TAG,
    summary,
    roles: SENDERS,
    request: {
      params: inGroup,
      body: z
        .object({ [field]: schema })
        .catchall(unknownField)
        .meta({ id: `Group_${field}`, example: { [field]: 'Our team' } }),
    },
    answers: { 200: done },
    problems: ASKING_PROBLEMS,
    run: async ({ dependencies, principal, params, body }) => {
      const text = (body as Record<string, string>)[field]
      await changeGroup(dependencies, principal, { session: params.name, group: params.group, [field]: text })
      return { status: 200, body: SUCCESS }
    },
  }),
)

const INVITES = [
  ['GET', 'invite-code', 'getInviteCode', 'Show the code of the invitation', 'invite-code', READERS],
  ['POST', 'invite-code/revoke', 'revokeInviteCode', 'Make a new invitation, and end the old one', 'revoke-invite', SENDERS],
] as const

const invites: readonly Route[] = INVITES.map(([method, path, operationId, summary, kind, roles]) =>
  route({
    method,
    path: `/api/:name/groups/:group/${path}`,
    operationId,
    tag: TAG,
    summary,
    roles,
    request: { params: inGroup },
    answers: { 200: { description: 'The code, as a text in JSON.', schema: z.string() } },
    problems: ASKING_PROBLEMS,
    run: async ({ dependencies, principal, params }) => ({
      status: 200,
      body: await inviteCode(dependencies, principal, { session: params.name, group: params.group, kind }),
    }),
  }),
)

/** The routes with a fixed word come before those with the id of a group in its place. */
export const GROUP_ROUTES: readonly Route[] = [
  route({
    method: 'GET',
    path: '/api/:name/groups',
    operationId: 'listGroups',
    tag: TAG,
    summary: 'List the groups of the account',
    roles: READERS,
    request: { params: named, query: listQuery.extend({ exclude: z.string().optional() }) },
    answers: { 200: { description: 'A page of them.', schema: z.array(groupSchema) } },
    problems: ASKING_PROBLEMS,
    run: async ({ dependencies, principal, params: { name }, query }) => {
      const groups = await listGroups(dependencies, principal, name)
      const isWhole = query.exclude !== 'participants'
      return {
        status: 200,
        body: pageOf(
          groups.map((one) => groupAnswer(one, isWhole)),
          query,
        ),
      }
    },
  }),
  route({
    method: 'POST',
    path: '/api/:name/groups',
    operationId: 'createGroup',
    tag: TAG,
    summary: 'Create a group',
    roles: SENDERS,
    request: {
      params: named,
      body: z
        .object({ name: label('like "Our team"'), participants: personsSchema })
        .catchall(unknownField)
        .meta({ id: 'GroupToCreate', example: { name: 'Our team', ...EXAMPLE } }),
    },
    answers: { 201: group },
    problems: ASKING_PROBLEMS,
    run: async ({ dependencies, principal, params: { name }, body }) => {
      const made = { session: name, subject: body.name, participants: body.participants }
      return { status: 201, body: groupAnswer(await createGroup(dependencies, principal, made)) }
    },
  }),
  route({
    method: 'GET',
    path: '/api/:name/groups/count',
    operationId: 'countGroups',
    tag: TAG,
    summary: 'Count the groups of the account',
    roles: READERS,
    request: { params: named },
    answers: { 200: { description: 'Their number.', schema: z.strictObject({ count: z.int() }) } },
    problems: ASKING_PROBLEMS,
    run: async ({ dependencies, principal, params: { name } }) => ({
      status: 200,
      body: { count: (await listGroups(dependencies, principal, name)).length },
    }),
  }),
  route({
    method: 'POST',
    path: '/api/:name/groups/refresh',
    operationId: 'refreshGroups',
    tag: TAG,
    summary: 'Ask WhatsApp for all groups anew',
    roles: SENDERS,
    request: { params: named },
    answers: { 200: done },
    problems: ASKING_PROBLEMS,
    run: async ({ dependencies, principal, params: { name } }) => {
      await refreshGroups(dependencies, principal, name)
      return { status: 200, body: SUCCESS }
    },
  }),
  route({
    method: 'POST',
    path: '/api/:name/groups/join',
    operationId: 'joinGroup',
    tag: TAG,
    summary: 'Join a group by its invitation',
    roles: SENDERS,
    request: {
      params: named,
      body: z
        .object({ code: requiredString('the code or the whole link') })
        .catchall(unknownField)
        .meta({ id: 'Invitation', example: { code: 'https://chat.whatsapp.com/AbCdEfGhIjKlMnOpQrStUv' } }),
    },
    answers: { 200: { description: 'The id of the group.', schema: z.strictObject({ id: z.string() }) } },
    problems: ASKING_PROBLEMS,
    run: async ({ dependencies, principal, params: { name }, body }) => ({
      status: 200,
      body: { id: await joinGroup(dependencies, principal, { session: name, code: body.code }) },
    }),
  }),
  route({
    method: 'GET',
    path: '/api/:name/groups/:group',
    operationId: 'getGroup',
    tag: TAG,
    summary: 'Show a group',
    roles: READERS,
    request: { params: inGroup },
    answers: { 200: group },
    problems: ASKING_PROBLEMS,
    run: async ({ dependencies, principal, params }) => ({
      status: 200,
      body: groupAnswer(await showGroup(dependencies, principal, { session: params.name, group: params.group })),
    }),
  }),
  ...['participants', 'participants/v2'].map((path) =>
    route({
      method: 'GET',
      path: `/api/:name/groups/:group/${path}`,
      operationId: path === 'participants' ? 'listGroupMembersOld' : 'listGroupMembers',
      tag: TAG,
      summary: 'List the members of a group',
      roles: READERS,
      request: { params: inGroup },
      answers: { 200: { description: 'All members.', schema: z.array(groupSchema.shape.participants.unwrap().element) } },
      problems: ASKING_PROBLEMS,
      run: async ({ dependencies, principal, params }) => {
        const found = await showGroup(dependencies, principal, { session: params.name, group: params.group })
        return { status: 200, body: groupAnswer(found).participants ?? [] }
      },
    }),
  ),
  ...actions,
  ...texts,
  route({
    method: 'POST',
    path: '/api/:name/groups/:group/leave',
    operationId: 'leaveGroup',
    tag: TAG,
    summary: 'Leave a group',
    roles: SENDERS,
    request: { params: inGroup },
    answers: { 200: done },
    problems: ASKING_PROBLEMS,
    run: async ({ dependencies, principal, params }) => {
      await leaveGroup(dependencies, principal, { session: params.name, group: params.group })
      return { status: 200, body: SUCCESS }
    },
  }),
  ...invites,
  ...settings,
]
