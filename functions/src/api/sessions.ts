import { randomBytes } from 'node:crypto'
import { UNCONDITIONAL_ACTION_TYPES } from '@holdfast/core/operations/recovery-action-document'
import { configureSession } from '../use-cases/configure-session.ts'
import { createSession } from '../use-cases/create-session.ts'
import { exists } from '../use-cases/find-session.ts'
import { type OperatorAction, requestOfOperator } from '../use-cases/recovery-actions.ts'
import { requestPurge, takePurgeBack } from '../use-cases/purge/request-purge.ts'
import { removeSession } from '../use-cases/remove-session.ts'
import { shownSession } from '../use-cases/shown-session.ts'
import { showSession } from '../use-cases/show-sessions.ts'
import { startSession, stopSession } from '../use-cases/want-session.ts'
import { removalQuery, removalSchema } from './purge-schemas.ts'
import { ADMINS, READERS, type Route, route } from './route.ts'
import { named } from './schemas.ts'
import { listRoute } from './session-list.ts'
import {
  actionRequestSchema,
  configurationSchema,
  meSchema,
  newSessionSchema,
  sessionSchema,
  startedSchema,
  startQuery,
  withActionSchema,
} from './session-schemas.ts'

const answered = { 200: { description: 'The session.', schema: sessionSchema } } as const
const made = { 201: { description: 'The session.', schema: sessionSchema } } as const

const generatedName = (): string => `session_${randomBytes(13).toString('hex')}`

const SUMMARIES: Record<OperatorAction, string> = {
  restart: 'Reconnect a session, whatever it waits for',
  logout: 'Back up a session and unlink it from the phone',
}

function actionRoute(type: OperatorAction): Route {
  return route({
    method: 'POST',
    path: `/api/sessions/:name/${type}`,
    operationId: `${type}Session`,
    tag: 'Recovery',
    summary: SUMMARIES[type],
    description:
      "The session's runner performs the action. While it is open, a repeated request returns the same action. A restart of a stopped " +
      'session starts it.',
    roles: ADMINS,
    request: { params: named, body: actionRequestSchema },
    isBodyOptional: true,
    answers: { 201: { description: 'The session and the action.', schema: withActionSchema } },
    problems: ['unknown-session', 'tenant-deleting', 'session-exported'],
    async run({ dependencies, principal, params: { name }, body: { reason } }) {
      const action = await requestOfOperator(dependencies, principal, { name, type, reason })
      const session = await (action ? showSession : startSession)(dependencies, principal, name)
      return { status: 201, body: { ...shownSession(session), action } }
    },
  })
}

export const SESSION_ROUTES: readonly Route[] = [
  route({
    method: 'POST',
    path: '/api/sessions',
    operationId: 'createSession',
    tag: 'Sessions',
    summary: 'Create a session',
    description: 'Unless `start` is false, a runner then takes the session and shows a QR code.',
    roles: ADMINS,
    request: { body: newSessionSchema },
    isBodyOptional: true,
    answers: { 201: { description: 'The new session.', schema: sessionSchema } },
    problems: [
      'session-exists',
      'session-purging',
      'quota-exceeded',
      'tenant-deleting',
      'contradictory-configuration',
      'not-possible',
    ],
    async run({ dependencies, principal, body: { name = generatedName(), start, config } }) {
      await createSession(dependencies, principal, { name, start, config })
      return { status: 201, body: shownSession(await showSession(dependencies, principal, name)) }
    },
  }),
  listRoute,
  route({
    method: 'POST',
    path: '/api/sessions/start',
    operationId: 'createAndStartSession',
    tag: 'Sessions',
    summary: 'Create or configure a session, and start it (former form)',
    roles: ADMINS,
    request: { body: startedSchema },
    answers: made,
    problems: [
      'session-exists',
      'session-purging',
      'quota-exceeded',
      'tenant-deleting',
      'contradictory-configuration',
      'not-possible',
      'unknown-session',
      'session-exported',
    ],
    async run({ dependencies, principal, body: { name, config } }) {
      if (await exists(dependencies, principal, name)) {
        if (config) await configureSession(dependencies, principal, { name, config })
        return { status: 201, body: shownSession(await startSession(dependencies, principal, name)) }
      }
      await createSession(dependencies, principal, { name, start: true, config })
      return { status: 201, body: shownSession(await showSession(dependencies, principal, name)) }
    },
  }),
  route({
    method: 'GET',
    path: '/api/sessions/:name',
    operationId: 'getSession',
    tag: 'Sessions',
    summary: 'Show a session',
    roles: READERS,
    request: { params: named },
    answers: answered,
    problems: ['unknown-session'],
    run: async ({ dependencies, principal, params }) => ({
      status: 200,
      body: shownSession(await showSession(dependencies, principal, params.name)),
    }),
  }),
  route({
    method: 'PUT',
    path: '/api/sessions/:name',
    operationId: 'configureSession',
    tag: 'Sessions',
    summary: 'Replace the configuration of a session',
    description: 'The whole configuration. The connection stays.',
    roles: ADMINS,
    request: { params: named, body: configurationSchema },
    answers: answered,
    problems: ['unknown-session', 'contradictory-configuration', 'not-possible'],
    async run({ dependencies, principal, params: { name }, body: { config } }) {
      await configureSession(dependencies, principal, { name, config })
      return { status: 200, body: shownSession(await showSession(dependencies, principal, name)) }
    },
  }),
  route({
    method: 'DELETE',
    path: '/api/sessions/:name',
    operationId: 'deleteSession',
    tag: 'Sessions',
    summary: 'Unlink and stop a session, and remove it; or purge it',
    description:
      'What it has not sent is canceled. Its documents stay, and a session that is created under its name goes on with them. An unknown ' +
      'session is answered in the same way, so that the call may be repeated.\n\n' +
      'With `purge=true&confirm={name}` all that it has stored is removed, too, after a grace in which the purge can be taken back. The ' +
      'answer names the dates. `GET /api/sessions/{name}/purge` says how far it is.',
    roles: ADMINS,
    request: { params: named, query: removalQuery },
    answers: { 200: { description: 'It is removed, and hidden.', schema: removalSchema } },
    problems: ['unknown-session', 'purge-not-confirmed', 'not-possible'],
    async run({ dependencies, principal, params: { name }, query }) {
      if (query.purge === 'true') {
        const purge = await requestPurge(dependencies, principal, { name, confirm: query.confirm })
        return { status: 200, body: { removed: true as const, purge } }
      }
      await removeSession(dependencies, principal, name)
      return { status: 200, body: { removed: true as const } }
    },
  }),
  route({
    method: 'POST',
    path: '/api/sessions/:name/purge/cancel',
    operationId: 'cancelPurge',
    tag: 'Sessions',
    summary: 'Take the purge of a session back',
    description:
      'Possible until its keys are destroyed. The session is there again, stopped, with all that it has stored. If its device was unlinked ' +
      'already, it needs a phone. The call may be repeated.',
    roles: ADMINS,
    request: { params: named },
    answers: made,
    problems: ['unknown-session', 'session-purging', 'tenant-deleting'],
    async run({ dependencies, principal, params: { name } }) {
      await takePurgeBack(dependencies, principal, name)
      return { status: 201, body: shownSession(await showSession(dependencies, principal, name)) }
    },
  }),
  route({
    method: 'GET',
    path: '/api/sessions/:name/me',
    operationId: 'getMe',
    tag: 'Sessions',
    summary: 'Show the linked account',
    roles: READERS,
    request: { params: named },
    answers: { 200: { description: 'Null while no phone is linked.', schema: meSchema.nullable() } },
    problems: ['unknown-session'],
    async run({ dependencies, principal, params }) {
      const { me } = await showSession(dependencies, principal, params.name)
      return { status: 200, body: me && { id: me.id, pushName: me.pushName } }
    },
  }),
  route({
    method: 'POST',
    path: '/api/sessions/:name/start',
    operationId: 'startSession',
    tag: 'Sessions',
    summary: 'Connect a session',
    description: 'The call may be repeated. It restarts a session that waits for an operator.',
    roles: ADMINS,
    request: { params: named, query: startQuery },
    answers: made,
    problems: ['unknown-session', 'tenant-deleting', 'session-exported'],
    run: async ({ dependencies, principal, params, query }) => ({
      status: 201,
      body: shownSession(await startSession(dependencies, principal, params.name, query.confirm)),
    }),
  }),
  route({
    method: 'POST',
    path: '/api/sessions/:name/stop',
    operationId: 'stopSession',
    tag: 'Sessions',
    summary: 'Disconnect a session and keep its state',
    description: 'The answer waits up to three seconds for the runner to disconnect. The call may be repeated.',
    roles: ADMINS,
    request: { params: named },
    answers: made,
    problems: ['unknown-session'],
    run: async ({ dependencies, principal, params }) => ({
      status: 201,
      body: shownSession(await stopSession(dependencies, principal, params.name)),
    }),
  }),
  ...UNCONDITIONAL_ACTION_TYPES.map(actionRoute),
]
