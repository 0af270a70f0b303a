import { expect, test } from 'vitest'
import { tellFindings } from './findings.ts'

const linesOf = (findings: readonly string[]): string[] => {
  const lines: string[] = []
  tellFindings(findings, (line) => lines.push(line))
  return lines
}

test('findings that differ only in their message ids are printed once with their number', () => {
  const late = ['3EB00EC100A8B97B6DD841', '3EB06B23BD759972EC80AE'].map(
    (id) => `message ${id} of chaos-3 is not with its contact`,
  )
  expect(linesOf([...late, 'message 3EB0772D7E16F55024B207 of chaos-4 is not with its contact'])).toEqual([
    'Finding: message 3EB00EC100A8B97B6DD841 of chaos-3 is not with its contact, and 1 more like it',
    'Finding: message 3EB0772D7E16F55024B207 of chaos-4 is not with its contact',
  ])
})

test('only the first 20 kinds of findings are printed', () => {
  const lines = linesOf(Array.from({ length: 23 }, (_, index) => `the device ${index} is not connected`))
  expect(lines).toHaveLength(21)
  expect(lines.at(-1)).toBe('... and 3 more kinds.')
})
