import { recoveryActionPath } from '@holdfast/core/operations/recovery-action-document'
import { sessionKeyPath } from '@holdfast/core/security/session-key-document'
import { sessionPath } from '@holdfast/core/session/session-document'
import type { KeyWrapping } from '@holdfast/core/security/key-wrapping'
import { HoldfastError } from '@holdfast/core/platform/errors'
import { SERVER_TIME } from '@holdfast/core/platform/ports'
import { expect, test } from 'vitest'
import type { SessionUnderTest } from '../../support/engine/session-under-test.ts'
import { newSessionWithPast } from '../../support/engine/session-with-past.ts'
import { runnersOfThisFile } from '../../support/engine/runners-of-a-file.ts'

const { clients, startRunner } = runnersOfThisFile()

/** The wrapping key of a session, at a service that a test takes away. */
function atService({ wrappingKey }: SessionUnderTest) {
  const service = { isAway: true, asked: 0 }
  const answer = () => {
    service.asked++
    if (service.isAway) throw new HoldfastError('wrapping-key-unavailable', 'The test took the service away.')
  }
  const wrapping: KeyWrapping = {
    currentAt: () => wrappingKey.currentAt(),
    wrap: (dataKey, place) => wrappingKey.wrap(dataKey, place),
    unwrap: async (wrapped, wrappedBy, place) => {
      answer()
      return wrappingKey.unwrap(wrapped, wrappedBy, place)
    },
  }
  return { service, wrapping }
}

const shownOf = async ({ sessionId }: SessionUnderTest) => {
  const { state, reason, epoch, runnerId } = (await clients.documents.read(sessionPath(sessionId)))?.fields ?? {}
  return { state, reason, epoch, runnerId }
}

test('a runner that cannot unwrap a data key takes no session, says why, makes no new key, and goes on by itself', async () => {
  const session = await newSessionWithPast(clients)
  const before = await shownOf(session)
  const key = await clients.documents.read(sessionKeyPath(session.sessionId))
  const action = recoveryActionPath(`${session.sessionId}-restart-1`)
  const fields = {
    v: 1,
    tenant: 'default',
    sessionId: session.sessionId,
    type: 'restart',
    state: 'pending',
    requestedAt: SERVER_TIME,
  }
  await clients.documents.commit([
    { kind: 'create', path: action, fields: { ...fields, requestedBy: 'operator', why: 'A test.' } },
  ])
  const { service, wrapping } = atService(session)
  const runner = await startRunner({ wrappingKey: wrapping })
  await expect.poll(() => shownOf(session)).toMatchObject({ state: 'NEEDS_ATTENTION', reason: 'wrapping-key-unavailable' })
  const { epoch, runnerId } = await shownOf(session)
  expect([epoch, runnerId, runner.dials.length]).toEqual([before.epoch, before.runnerId, 0])
  const now = await clients.documents.read(sessionKeyPath(session.sessionId))
  expect(now?.updatedAtMicros).toBe(key?.updatedAtMicros)
  // The key may be back soon, so that what was asked of the session waits for it.
  expect((await clients.documents.read(action))?.fields['state']).toBe('pending')
  service.isAway = false
  await expect.poll(() => runner.dials.length, { timeout: 30_000 }).toBeGreaterThan(0)
  expect((await shownOf(session)).epoch).toBeGreaterThan(Number(before.epoch))
})
