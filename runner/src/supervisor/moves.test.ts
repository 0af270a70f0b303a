import { expect, test } from 'vitest'
import { leavesToOthers } from './moves.ts'

const move = (to: string | null) => ({ from: 'old', to })
const others = (...ids: readonly string[]) => new Set(ids)

test.each([
  ['is free for all', null, 'me', others('a'), 0, false],
  ['is meant for this runner', move('me'), 'me', others('a'), 0, false],
  ['is meant for another one', move('a'), 'me', others('a'), 0, true],
  ['is meant for another one, and came from here', move('a'), 'old', others('a'), 0, true],
  ['was meant for another one for too long', move('a'), 'old', others('a'), 5001, false],
  ['is meant for one that is dead or full', move('a'), 'me', others('b'), 0, false],
  ['is meant for anybody else, and came from here', move(null), 'old', others('b'), 0, true],
  ['is meant for anybody else, and nobody else has room', move(null), 'old', others(), 0, false],
  ['is meant for anybody but its last runner', move(null), 'me', others('old'), 0, false],
])('a session that %s', (_, to, own, living, releasedForMs, expected) => {
  expect(leavesToOthers(to, own, living, releasedForMs)).toBe(expected)
})
