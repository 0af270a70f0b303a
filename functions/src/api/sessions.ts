import { RUNNERS, runnerPath } from '@holdfast/core/operations/runner-document'
import { type SessionDocument, SESSIONS, sessionPath } from '@holdfast/core/session/session-document'
import { sessionKeyPath } from '@holdfast/core/security/session-key-document'
import { newSessionKeys } from '@holdfast/core/security/envelope'
import { isDamage } from '@holdfast/core/platform/errors'
import { DEFAULT_TENANT, SESSION_NAME, sessionIdOf } from '@holdfast/core/session/ids'
import { ofSession } from '@holdfast/core/platform/logging'
import type { DocumentSnapshot, DocumentStore } from '@holdfast/core/platform/ports'
import { Hono } from 'hono'
import { z } from 'zod'
import type { ApiDependencies } from '../app/app.ts'
import { findSession, unknownSession } from '../use-cases/find-session.ts'
import { newSession } from '../use-cases/new-session.ts'
import { problem } from '../app/problems.ts'
import { requestAction } from './recovery-actions.ts'
import { readBody, unknownField } from '../app/request.ts'
import { concerns } from '../app/request-context.ts'
import { type SessionAnswer, damagedSessionAnswer, sessionAnswer } from '../use-cases/session-answer.ts'

type Wanted = SessionDocument['wanted']

/** Routes below `/api` begin with these or with a session's name. */
const RESERVED_NAMES: readonly string[] = ['sessions', 'messages']

const newSessionSchema = z
  .object({
    name: z
      .string({ error: 'is required' })
      .regex(SESSION_NAME, 'must begin with a letter or digit and have at most 54 letters, digits, "-" and "_"')
      .refine((name) => !RESERVED_NAMES.includes(name), 'is a reserved word'),
    start: z.boolean('must be true or false').default(true),
  })
  .catchall(unknownField)

export function sessionRoutes({ documents, wrappingKey, logger }: ApiDependencies): Hono {
  const routes = new Hono()

  routes.post('/sessions', async (context) => {
    const { name, start } = await readBody(context, newSessionSchema)
    const id = sessionIdOf(DEFAULT_TENANT, name)
    try {
      // In one commit, so that no session is ever without its key.
      await documents.commit([
        { kind: 'create', path: sessionPath(id), fields: newSession(name, start ? 'online' : 'offline') },
        { kind: 'create', path: sessionKeyPath(id), fields: { ...newSessionKeys(id, wrappingKey) } },
      ])
    } catch (error) {
      await refuseExisting(documents, id, name)
      throw error
    }
    concerns(ofSession(id))
    logger.info({ start }, 'A session was created.')
    return context.json(await answerOne(name), 201)
  })

  routes.get('/sessions', async (context) => {
    // Sessions first: a runner that one of them names is then found by the second query.
    const sessions = await documents.query({ collection: SESSIONS, where: [['tenant', '==', DEFAULT_TENANT]] })
    const runners = await documents.query({ collection: RUNNERS })
    const byId = new Map(runners.map((runner) => [runner.id, runner]))
    const answers = sessions.map((snapshot) => answerOf(snapshot, byId.get(String(snapshot.fields['runnerId'])) ?? null))
    return context.json(answers.sort((one, other) => (one.name < other.name ? -1 : 1)))
  })

  routes.get('/sessions/:name', async (context) => context.json(await answerOne(context.req.param('name'))))

  const want = async (name: string, wanted: Wanted): Promise<void> => {
    if (!SESSION_NAME.test(name)) throw unknownSession(name)
    const id = sessionIdOf(DEFAULT_TENANT, name)
    try {
      await documents.commit([{ kind: 'update', path: sessionPath(id), fields: { wanted } }])
    } catch (error) {
      if (!(await documents.read(sessionPath(id)))) throw unknownSession(name)
      throw error
    }
    concerns(ofSession(id))
    logger.info({ wanted }, 'A session is wanted otherwise.')
  }

  routes.post('/sessions/:name/start', async (context) => {
    const name = context.req.param('name')
    await want(name, 'online')
    const answer = await answerOne(name)
    // It is wanted online already and waits for somebody: that it is wanted tells it nothing new.
    if (answer.status === 'FAILED') {
      await requestAction(documents, {
        sessionId: sessionIdOf(DEFAULT_TENANT, name),
        type: 'restart',
        why: 'Started while it was waiting for somebody.',
      })
    }
    return context.json(answer)
  })

  routes.post('/sessions/:name/stop', async (context) => {
    const name = context.req.param('name')
    await want(name, 'offline')
    return context.json(await answerOne(name))
  })

  /** The damage is not hidden from the operator, but kept from hiding the other sessions. */
  const answerOf = (snapshot: DocumentSnapshot, runner: DocumentSnapshot | null): SessionAnswer => {
    try {
      return sessionAnswer(snapshot, runner)
    } catch (error) {
      if (!isDamage(error)) throw error
      logger.error({ error, ...ofSession(snapshot.id) }, 'A session document does not parse.')
      return damagedSessionAnswer(snapshot.id.slice(DEFAULT_TENANT.length + 1), error)
    }
  }

  const answerOne = async (name: string): Promise<SessionAnswer> => {
    const { snapshot } = await findSession(documents, name)
    return answerOf(snapshot, await ownerOf(documents, snapshot))
  }

  return routes
}

/** The heartbeat of the session's owner, if it has one. */
export async function ownerOf(documents: DocumentStore, session: DocumentSnapshot): Promise<DocumentSnapshot | null> {
  const runnerId = session.fields['runnerId']
  return typeof runnerId === 'string' ? documents.read(runnerPath(runnerId)) : null
}

/** Why a creation was refused is read, not taken from the error. Returns when nothing of that name is there. */
async function refuseExisting(documents: DocumentStore, id: string, name: string): Promise<void> {
  if (await documents.read(sessionPath(id))) {
    throw problem('session-exists', `Use it as it is (POST /api/sessions/${name}/start), or choose another name.`)
  }
  if (await documents.read(sessionKeyPath(id))) {
    throw problem(
      'session-exists',
      `The key of an earlier session of this name is kept. Choose another name, or bring that session back: POST /api/sessions/${name}/restore.`,
    )
  }
}
