import type { RunnerDocument } from '@holdfast/core/operations/runner-document'
import { describe, expect, test } from 'vitest'
import { chooseSlot, type SlotSeen } from './slots.ts'

const FIRST_LOOK = 1_000_000

/** A slot whose holder wrote its document at the first look or before. */
const held = (number: number, more: Partial<{ state: string; silentForMs: number; updatedAtMicros: number }> = {}): SlotSeen => {
  const { state = 'active', silentForMs = 500, updatedAtMicros = FIRST_LOOK } = more
  const document = { state, deadAfterMs: 12_000, slot: number } as RunnerDocument
  return { number, holder: { document, silentForMs, updatedAtMicros } }
}

const free = (number: number): SlotSeen => ({ number, holder: null })
const alive = (number: number): SlotSeen => held(number, { updatedAtMicros: FIRST_LOOK + 1 })
const dead = (number: number): SlotSeen => held(number, { silentForMs: 12_001 })

const chosen = (slots: readonly SlotSeen[], maySkip = false) => {
  const first = new Map(slots.map(({ number, holder }) => [number, holder ? FIRST_LOOK : 0]))
  const choice = chooseSlot(slots, first, maySkip)
  return choice && { number: choice.number, counts: choice.inherits !== null }
}

describe('a process that starts', () => {
  test.each([
    ['is the first one', [], { number: 1, counts: false }],
    ['comes after one that left in order', [free(1)], { number: 1, counts: false }],
    ['comes after one that died', [alive(1), dead(2)], { number: 2, counts: true }],
    ['comes after one that died and finds a free slot', [free(1), dead(2)], { number: 2, counts: true }],
    ['joins runners that are alive', [alive(1), alive(2)], { number: 3, counts: false }],
    ['joins them and finds a free slot', [alive(1), free(2), alive(3)], { number: 2, counts: false }],
    ['joins one that leaves', [held(1, { state: 'draining' })], { number: 2, counts: false }],
    ['joins one that may have died a moment ago', [alive(1), held(2)], null],
    ['joins one that is silent, not yet for too long', [held(1, { silentForMs: 12_000 })], null],
  ])('that %s', (_, slots, expected) => {
    expect(chosen(slots)).toEqual(expected)
  })

  test('that has waited for long enough leaves a silent runner its slot', () => {
    expect(chosen([held(1)], true)).toEqual({ number: 2, counts: false })
  })

  test('takes a runner for alive that registered after its first look', () => {
    expect(chooseSlot([held(1)], new Map(), false)).toEqual({ number: 2, inherits: null })
  })
})
