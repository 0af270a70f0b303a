import { expect, test } from 'vitest'
import { keysIn, nextStep } from './rotation.ts'

const standing = (value: string, ...older: readonly string[]) => ({ newest: '9', older, keys: keysIn(value) })

test('a rotation begins with one key, and goes on where there are two', () => {
  expect(nextStep(standing('one'), { finish: false })).toEqual({ kind: 'begin' })
  expect(nextStep(standing('new, one\n', '1'), { finish: false })).toEqual({ kind: 'go on' })
  // What an earlier one has left is no reason not to begin.
  expect(nextStep(standing('one', '1'), { finish: false })).toEqual({ kind: 'begin' })
})

test('it is finished by the newest key alone, then by disabling what is older, and then by nothing', () => {
  expect(nextStep(standing('new, one', '1'), { finish: true })).toEqual({ kind: 'finish', keep: 'new' })
  expect(nextStep(standing('new', '2', '1'), { finish: true })).toEqual({ kind: 'tidy' })
  expect(nextStep(standing('new'), { finish: true })).toEqual({ kind: 'nothing' })
})
