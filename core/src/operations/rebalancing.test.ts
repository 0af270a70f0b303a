import { describe, expect, test } from 'vitest'
import type { SessionState } from '../session/session-states.ts'
import { type FleetRunner, nextMove } from './rebalancing.ts'

const runner = (id: string, sessions: number, more: Partial<FleetRunner> = {}): FleetRunner => ({
  id,
  revision: 'r1',
  isAtWork: true,
  seesOutage: false,
  capacity: 50,
  states: Array.from({ length: sessions }, (): SessionState => 'CONNECTED'),
  ...more,
})

const states = (connected: number, passing: number, state: SessionState = 'CONNECTING'): readonly SessionState[] => [
  ...Array.from({ length: connected }, (): SessionState => 'CONNECTED'),
  ...Array.from({ length: passing }, () => state),
]

describe('the next move', () => {
  test.each([
    [
      'leads from the fullest runner to one that joined',
      [runner('a', 20), runner('b', 22), runner('c', 0)],
      { from: 'b', to: 'c' },
    ],
    ['is the same for all when several are as full', [runner('a', 20), runner('b', 20), runner('c', 0)], { from: 'b', to: 'c' }],
    [
      'leads past an empty runner without capacity',
      [runner('a', 20), runner('b', 0, { capacity: 0 }), runner('c', 2)],
      { from: 'a', to: 'c' },
    ],
    [
      'is made when a session or two are on their way',
      [runner('a', 20), runner('c', 0, { states: states(0, 2) })],
      { from: 'a', to: 'c' },
    ],
    [
      'is made for sessions that wait for a person',
      [runner('a', 0, { states: states(0, 20, 'LOGGED_OUT') }), runner('c', 0)],
      { from: 'a', to: 'c' },
    ],
  ])('%s', (_, runners, expected) => {
    expect(nextMove(runners)).toEqual(expected)
  })

  test.each([
    ['only one runner is there', [runner('a', 20)]],
    ['the difference is small', [runner('a', 4), runner('b', 1)]],
    ['the difference is small beside the average', [runner('a', 40), runner('b', 32)]],
    ['the other runner does not work yet', [runner('a', 20), runner('b', 0, { isAtWork: false })]],
    ['all others are full', [runner('a', 20), runner('b', 5, { capacity: 5 })]],
    ['a roll-out is under way', [runner('a', 20), runner('b', 0, { revision: 'r2' })]],
    ['a runner sees an outage', [runner('a', 20), runner('b', 0, { seesOutage: true })]],
    ['a fail-over is under way', [runner('a', 0, { states: states(17, 3) }), runner('b', 0)]],
    ['Firestore does not hear a runner', [runner('a', 0, { states: states(0, 20, 'MUTED') }), runner('b', 0)]],
  ])('does not exist while %s', (_, runners) => {
    expect(nextMove(runners)).toBeNull()
  })
})

test('moves one after another end, with fewer moves than sessions that the new runner could take', () => {
  let fleet = [runner('a', 40), runner('b', 40), runner('c', 40), runner('d', 0)]
  let moves = 0
  for (let move = nextMove(fleet); move; move = nextMove(fleet)) {
    const { from, to } = move
    fleet = fleet.map((each) => {
      if (each.id === from) return runner(each.id, each.states.length - 1)
      return each.id === to ? runner(each.id, each.states.length + 1) : each
    })
    moves++
  }
  expect(fleet.map(({ states: { length } }) => length)).toEqual([32, 32, 31, 25])
  expect(moves).toBe(25)
})
