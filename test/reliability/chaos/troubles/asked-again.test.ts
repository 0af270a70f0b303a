import { expect, test } from 'vitest'
import type { Ledger, Outcome } from '../../../support/figures.ts'
import { withoutAskedAgain } from './asked-again.ts'

const nack = (id: string, error = 500) => ({
  kind: 'nack',
  detail: `551:1@s.whatsapp.net answered message ${id} with error ${error}`,
})

test('only the refusal of a message that was issued, and is read in the end, counts for nothing', () => {
  const violations = [nack('3A1'), nack('3A2'), nack('3A3'), nack('3A1', 495), { kind: 'undecryptable', detail: 'message 3A1 ' }]
  const stored = new Map([
    [
      'main',
      [
        { id: '3A1', body: 'text' },
        { id: '3A2', body: null },
        { id: '3A3', body: 'of nobody' },
      ],
    ],
  ])
  const outcome = { state: { violations }, stored } as unknown as Outcome
  const issued = [{ id: '3A1' }, { id: '3A2' }] as Ledger['issued']
  expect(withoutAskedAgain(outcome, { issued }).state.violations).toEqual(violations.slice(1))
})
