import { expect, test } from 'vitest'
import { createLogger } from '@holdfast/core/platform/logging'
import type { Clock } from '@holdfast/core/platform/ports'
import { systemClock } from '@holdfast/core/platform/system-clock'
import { sessionDocumentSchema, sessionPath } from '@holdfast/core/session/session-document'
import { SessionHeartbeats } from '../../../runner/src/supervisor/session-heartbeats.ts'
import { runnersOfThisFile } from '../../support/engine/runners-of-a-file.ts'
import { SessionUnderTest } from '../../support/engine/session-under-test.ts'

const { clients, startRunner } = runnersOfThisFile()

test('a session has a heartbeat of its own every 30 s, unless its runner is muted; a deleted one stays deleted', async () => {
  const session = await new SessionUnderTest(clients.documents).create()
  const runner = await startRunner({ wrappingKey: session.wrappingKey })
  await expect.poll(() => runner.dials.length).toBe(1)
  runner.dials[0]?.events.onProofOfLife()
  let beat = (): void => expect.unreachable()
  const every: Clock['every'] = (intervalMs, callback) => {
    expect(intervalMs).toBe(30_000)
    beat = callback
    return () => {}
  }
  let isMuted = true
  const heartbeats = new SessionHeartbeats({
    documents: clients.documents,
    clock: { ...systemClock, every },
    logger: createLogger('test', 'silent'),
    sessions: runner.sessions,
    isMuted: () => isMuted,
  })
  heartbeats.start()
  const path = sessionPath(session.sessionId)
  const heartbeat = async () => sessionDocumentSchema.parse((await clients.documents.read(path))?.fields).heartbeatAt
  beat()
  isMuted = false
  expect(await heartbeat()).toBeNull()
  beat()
  await expect.poll(heartbeat).toBeInstanceOf(Date)
  expect((await clients.documents.read(path))?.fields['lastProofOfLifeAt']).toBeInstanceOf(Date)
  await clients.documents.commit([{ kind: 'delete', path }])
  beat()
  await expect.poll(() => clients.documents.read(path)).toBeNull()
  heartbeats.stop()
})
