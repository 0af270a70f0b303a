import { randomBytes } from 'node:crypto'
import { recoveryActionPath } from '@holdfast/core/operations/recovery-action-document'
import { type DocumentStore, type Fields, type ListenerEvent, SERVER_TIME } from '@holdfast/core/platform/ports'
import { newSessionKeys, WrappingKey } from '@holdfast/core/security/envelope'
import { sessionPath } from '@holdfast/core/session/session-document'
import { expect, test } from 'vitest'
import { runnersOfThisFile } from '../../support/engine/runners-of-a-file.ts'

/** An owner and somebody else who decide about an action at the same time: one of them wins, and both know it. */

const { clients, startRunner } = runnersOfThisFile()
const wrappingKey = new WrappingKey(randomBytes(32))
const SESSION = 'default.asked'
const pathOf = (number: number): string => recoveryActionPath(`${SESSION}-restart-00000${number}`)
const PATH = pathOf(1)

/** Resolves when a runner has heard that a session is not wanted online any more. */
const stopHeard = Promise.withResolvers<void>()

/** Starts a connected session whose runner is interrupted right after it has found the action open. */
async function connected(afterLook: () => Promise<void>) {
  const session = { v: 1, tenant: 'default', name: 'asked', wanted: 'online', createdAt: SERVER_TIME, runnerId: null }
  await clients.documents.commit([
    { kind: 'create', path: sessionPath(SESSION), fields: session },
    { kind: 'create', path: `session_keys/${SESSION}`, fields: { ...(await newSessionKeys(SESSION, wrappingKey)) } },
  ])
  let looks = 0
  const documents: DocumentStore = {
    commit: (changes) => clients.documents.commit(changes),
    read: async (path) => {
      const found = await clients.documents.read(path)
      if (path === PATH && looks++ === 0) await afterLook()
      return found
    },
    query: (query) => clients.documents.query(query),
    listen: (query, onEvents, onError) => {
      const onHeard = (events: ListenerEvent[]) => {
        onEvents(events)
        if (events.some(({ document }) => document.fields['wanted'] === 'offline')) stopHeard.resolve()
      }
      return clients.documents.listen(query, onHeard, onError)
    },
  }
  const runner = await startRunner({ wrappingKey, documents })
  await expect.poll(() => runner.dials.length).toBe(1)
  runner.dials[0]?.events.onOpen()
  await expect.poll(async () => (await fieldsOf(sessionPath(SESSION)))?.['state']).toBe('CONNECTED')
  return runner
}

const fieldsOf = async (path: string): Promise<Fields | undefined> => (await clients.documents.read(path))?.fields

const ask = (path = PATH) => {
  const action = {
    v: 1,
    tenant: 'default',
    sessionId: SESSION,
    type: 'restart',
    state: 'pending',
    requestedBy: 'api',
    why: 'A test.',
  }
  return clients.documents.commit([{ kind: 'create', path, fields: { ...action, steps: [], requestedAt: SERVER_TIME } }])
}

const change = (fields: Fields) => clients.documents.commit([{ kind: 'update', path: PATH, fields }])

test('an action that is cancelled between the look of its owner and its beginning is not performed', async () => {
  const runner = await connected(() => change({ state: 'cancelled', cancelledBy: 'operator' }))
  await ask()
  await expect.poll(() => fieldsOf(PATH)).toMatchObject({ state: 'cancelled' })
  await ask(pathOf(2))
  await expect.poll(() => runner.dials.length).toBe(2)
  runner.dials[1]?.events.onOpen()
  await expect.poll(() => fieldsOf(pathOf(2))).toMatchObject({ state: 'done' })
  // One of two restarts was performed.
  expect(runner.dials.length).toBe(2)
  const { state, cancelledBy, runnerId = null, startedAt = null } = (await fieldsOf(PATH)) ?? {}
  expect([state, cancelledBy, runnerId, startedAt]).toEqual(['cancelled', 'operator', null, null])
})

test('an action that is changed otherwise meanwhile is performed all the same', async () => {
  const runner = await connected(() => change({ why: 'Another reason.' }))
  await ask()
  await expect.poll(() => runner.dials.length).toBe(2)
  runner.dials[1]?.events.onOpen()
  await expect.poll(() => fieldsOf(PATH)).toMatchObject({ state: 'done', why: 'Another reason.', result: { code: 'restarted' } })
})

test('a halted session that is stopped while its owner is at an action is let go when the action has ended', async () => {
  const runner = await connected(async () => {
    await change({ state: 'cancelled', cancelledBy: 'operator' })
    await clients.documents.commit([{ kind: 'update', path: sessionPath(SESSION), fields: { wanted: 'offline' } }])
    await stopHeard.promise
  })
  // Nothing else is due in a session that waits for a person.
  runner.dials[0]?.events.onLogin()
  runner.dials[0]?.events.onClose(403)
  await expect.poll(async () => (await fieldsOf(sessionPath(SESSION)))?.['state']).toBe('BANNED')
  await ask()
  await expect.poll(() => fieldsOf(sessionPath(SESSION))).toMatchObject({ state: 'STOPPED', runnerId: null })
})
