import { StateImage } from '@holdfast/core/journal/state-image'
import { expect, it } from 'vitest'
import type { Journal } from './journal.ts'
import { JournaledState } from './journaled-state.ts'

it('ends whatever comes after another image has replaced it, and appends none of it', () => {
  const appended: unknown[] = []
  const journal = { append: (entry: unknown) => appended.push(entry) } as unknown as Journal
  const state = new JournaledState(new StateImage(), journal)
  state.later({ meta: { archived: '1' } })
  state.retire()
  const ends: Error[] = []
  const onEnd = (error: Error): void => void ends.push(error)
  expect(state.append({ onEnd })).toBe(Number.POSITIVE_INFINITY)
  expect(state.change({ keys: { meta: { archived: null } } }, { onEnd })).toBe(Number.POSITIVE_INFINITY)
  expect(ends).toMatchObject([{ code: 'journal-closed' }, { code: 'journal-closed' }])
  expect([appended.length, state.image.get('meta', 'archived')]).toEqual([1, '1'])
})
