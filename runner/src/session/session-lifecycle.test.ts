import { describe, expect, test } from 'vitest'
import {
  DEFAULT_RECONNECT_POLICY,
  verdict,
  type Disconnect,
  type DisconnectContext,
} from '@holdfast/core/session/disconnect-policy'
import { SESSION_STATES, isHalted, type SessionState } from '@holdfast/core/session/session-states'
import { CLAIMS, TRANSITIONS, stateAfterClaim } from './session-lifecycle.ts'

/** The states that documents can have. MUTED is only in the heartbeat, where it replaces another state. */
const STORED = SESSION_STATES.filter((state) => state !== 'MUTED')

const followersOf = (state: SessionState): readonly SessionState[] => [...TRANSITIONS[state], ...CLAIMS[state]]

describe('the tables of a session’s states', () => {
  test('lead from a new session to every state', () => {
    const reached = new Set<SessionState>(['NEW'])
    // The set grows during the loop, and the loop visits the new members too.
    for (const state of reached) for (const next of followersOf(state)) reached.add(next)

    expect([...reached].toSorted()).toEqual(STORED.toSorted())
  })

  test.each(STORED)('lead out of %s', (state) => {
    expect(followersOf(state).filter((next) => next !== state)).not.toEqual([])
  })

  test.each(STORED.filter((state) => TRANSITIONS[state].length > 0))('let the owner of a session in %s release it', (state) => {
    expect(TRANSITIONS[state]).toEqual(expect.arrayContaining(['STOPPED', 'BACKOFF']))
  })

  test.each(STORED.flatMap((state) => [true, false].map((isQuarantined) => ({ state, isQuarantined }))))(
    'list the state after a claim of $state, quarantined: $isQuarantined',
    ({ state, isQuarantined }) => {
      // A new session has had no owner that could crash.
      if (state === 'NEW' && isQuarantined) return
      expect(CLAIMS[state]).toContain(stateAfterClaim(state, isQuarantined))
    },
  )

  test('let no claim end a state that waits for an operator', () => {
    for (const state of STORED.filter(isHalted)) expect(CLAIMS[state].filter((next) => !isHalted(next))).toEqual([])
  })

  test('never show MUTED in a document, and name no state twice', () => {
    for (const state of SESSION_STATES) {
      expect(followersOf(state)).not.toContain('MUTED')
      for (const row of [TRANSITIONS[state], CLAIMS[state]]) expect(new Set(row).size).toBe(row.length)
    }
  })
})

const CODES = [undefined, 400, 401, 402, 403, 405, 406, 408, 411, 428, 440, 500, 501, 503, 515, 516]
const DISCONNECTS: readonly Disconnect[] = [
  ...CODES.map((code) => ({ code })),
  { code: 401, conflict: 'replaced' },
  { code: undefined, transport: 'broken' },
  { code: undefined, transport: 'untrusted' },
]

/** The states in which a connection can end, with how far the device is linked. */
const LINKED: readonly (readonly [SessionState, Pick<DisconnectContext, 'everLoggedIn' | 'paired' | 'qrShown'>])[] = [
  ['CONNECTING', { everLoggedIn: false, paired: false, qrShown: false }],
  ['CONNECTING', { everLoggedIn: false, paired: true, qrShown: false }],
  ['CONNECTING', { everLoggedIn: true, paired: true, qrShown: false }],
  ['PAIRING', { everLoggedIn: false, paired: false, qrShown: true }],
  ['PAIRING', { everLoggedIn: false, paired: true, qrShown: true }],
  ['CONNECTED', { everLoggedIn: true, paired: true, qrShown: false }],
]

describe('the end of a connection', () => {
  test.each(LINKED)('in %s, %j, leads to a state in the table, whatever its code', (state, linking) => {
    for (const count of [1, 2, 10]) {
      for (const disconnect of DISCONNECTS) {
        const rows = { networkFailures: count, whatsappFailures: count, restarts: count, pairingRounds: count }
        const context = { ...linking, ...rows, replacedWithinHour: count - 1 }
        const random = { fraction: () => 0.5, bytes: (length: number) => Buffer.alloc(length) }
        const next = verdict(disconnect, context, DEFAULT_RECONNECT_POLICY, random)
        expect(TRANSITIONS[state], JSON.stringify(disconnect)).toContain(next.state)
      }
    }
  })
})

/** Changes that the tests of the engine and of the whole system make. */
const SEEN: Partial<Record<SessionState, readonly SessionState[]>> = {
  CLAIMING: ['RESTORING', 'CONNECTING', 'BACKOFF', 'REPLACED', 'NEEDS_ATTENTION', 'STOPPED'],
  RESTORING: ['CONNECTING', 'NEEDS_ATTENTION'],
  CONNECTING: ['CONNECTING', 'PAIRING', 'CONNECTED', 'BACKOFF', 'REPLACED', 'LOGGED_OUT', 'BANNED', 'NEEDS_ATTENTION', 'STOPPED'],
  PAIRING: ['PAIRING', 'CONNECTING', 'BACKOFF', 'NEEDS_ATTENTION', 'STOPPED'],
  CONNECTED: ['CONNECTING', 'BACKOFF', 'REPLACED', 'LOGGED_OUT', 'NEEDS_ATTENTION', 'STOPPED'],
  BACKOFF: ['CONNECTING', 'BACKOFF', 'STOPPED'],
  REPLACED: ['CONNECTING', 'BACKOFF'],
  LOGGED_OUT: ['CONNECTING', 'STOPPED'],
  BANNED: ['CONNECTING'],
  NEEDS_ATTENTION: ['CONNECTING', 'RESTORING', 'NEEDS_ATTENTION'],
  QUARANTINED: ['CONNECTING'],
}

const CODE = 'WhatsApp may end any connection with this code'
const READ_AGAIN = 'the state is read again for the next attempt, and cannot be read (storage mode cloud)'
const RESTARTED = 'an operator restarts the session, and its state cannot be read'
const LEAVES = 'the runner leaves while the session is not wanted online'
const STOPS = 'an operator stops the session'

/** Changes that no test makes, with their causes. */
const UNSEEN: Partial<Record<SessionState, Partial<Record<SessionState, string>>>> = {
  RESTORING: {
    RESTORING: 'the stores fail to answer a second time',
    BACKOFF: 'the runner leaves; or an earlier owner was waiting',
    REPLACED: 'an earlier owner was waiting',
    STOPPED: STOPS,
  },
  CONNECTING: { RESTORING: READ_AGAIN },
  PAIRING: { REPLACED: CODE, BANNED: CODE, RESTORING: RESTARTED },
  CONNECTED: { BANNED: CODE, RESTORING: RESTARTED },
  BACKOFF: {
    REPLACED: 'its trial begins, and an earlier owner was waiting',
    RESTORING: READ_AGAIN,
    NEEDS_ATTENTION: READ_AGAIN,
  },
  REPLACED: { RESTORING: READ_AGAIN, NEEDS_ATTENTION: READ_AGAIN, STOPPED: STOPS },
  LOGGED_OUT: { RESTORING: RESTARTED, BACKOFF: LEAVES, NEEDS_ATTENTION: 'the next owner finds the state damaged' },
  BANNED: {
    RESTORING: RESTARTED,
    BACKOFF: LEAVES,
    NEEDS_ATTENTION: 'the next owner finds the state damaged',
    STOPPED: STOPS,
  },
  NEEDS_ATTENTION: { BACKOFF: LEAVES, REPLACED: 'the state is repaired, and an earlier owner was waiting', STOPPED: STOPS },
  QUARANTINED: { RESTORING: RESTARTED, BACKOFF: LEAVES, NEEDS_ATTENTION: RESTARTED, STOPPED: STOPS },
}

test('each change in the table was seen in a test or has a known cause', () => {
  for (const state of SESSION_STATES) {
    const known = [...(SEEN[state] ?? []), ...Object.keys(UNSEEN[state] ?? {})]
    expect(known.toSorted(), state).toEqual(TRANSITIONS[state].toSorted())
  }
})
