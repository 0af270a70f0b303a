import { expect, test } from 'vitest'
import { tellFindings } from './findings.ts'

const toldOf = (findings: readonly string[]): string[] => {
  const told: string[] = []
  tellFindings(findings, (line) => told.push(line))
  return told
}

test('what differs only in which message it speaks of is told once, with how many there are', () => {
  const late = ['3EB00EC100A8B97B6DD841', '3EB06B23BD759972EC80AE'].map(
    (id) => `message ${id} of chaos-3 is not with its contact`,
  )
  expect(toldOf([...late, 'message 3EB0772D7E16F55024B207 of chaos-4 is not with its contact'])).toEqual([
    'Not as it should be: message 3EB00EC100A8B97B6DD841 of chaos-3 is not with its contact, and 1 more like it',
    'Not as it should be: message 3EB0772D7E16F55024B207 of chaos-4 is not with its contact',
  ])
})

test('of very many kinds the first are told', () => {
  const told = toldOf(Array.from({ length: 23 }, (_, index) => `the device ${index} is not connected`))
  expect(told).toHaveLength(21)
  expect(told.at(-1)).toBe('... and 3 more kinds.')
})
