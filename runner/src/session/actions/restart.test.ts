import { expect, test } from 'vitest'
import type { RunningAction } from './action-handler.ts'
import { restart, type RestartSession } from './restart.ts'

/** A session without a state. It records the calls that it gets. */
function fakeSession(reach: RestartSession['keeper']['reach'], isHalted = false) {
  const calls: string[] = []
  const call = (name: string) => () => void calls.push(name)
  const session: RestartSession = {
    opening: { hasten: call('hasten') },
    quarantine: { forgive: call('forgive') },
    reconnection: { isHalted, resume: call('resume') },
    keeper: { reach, close: async () => call('close')() },
    engine: () => null,
  }
  return { session, calls }
}

const action = (isInTime: boolean): RunningAction => ({
  id: 'a1',
  approved: null,
  restoreTo: null,
  backup: null,
  cleanUp: null,
  step: null,
  requestedBy: 'api',
  begunBy: null,
  isInTime,
  note: () => {},
})

test('a restart ends every wait before it closes the connection', async () => {
  const { session, calls } = fakeSession('on-its-way')
  await restart.begin?.(session, action(true))
  expect(calls).toEqual(['forgive', 'resume', 'hasten', 'close'])
})

test('a restart waits for the new connection', async () => {
  expect(await restart.advance(fakeSession('on-its-way').session, action(true))).toBeNull()
})

test.each([
  { reach: 'connected', isHalted: false, isInTime: true, says: 'has reconnected.' },
  { reach: 'pairing', isHalted: false, isInTime: true, says: 'waits for a phone' },
  { reach: 'on-its-way', isHalted: false, isInTime: false, says: 'has not succeeded yet' },
  { reach: 'on-its-way', isHalted: true, isInTime: true, says: 'waits for an operator' },
] as const)('a restart reports how it ended: %o', async ({ reach, isHalted, isInTime, says }) => {
  const result = await restart.advance(fakeSession(reach, isHalted).session, action(isInTime))
  expect(result).toEqual({ code: 'restarted', sentence: expect.stringContaining(says) })
})
