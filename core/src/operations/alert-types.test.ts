import { readFileSync } from 'node:fs'
import { expect, it } from 'vitest'
import { ALERT_TYPES } from './alert-document.ts'
import { anchorOf, DESCRIBED_TYPES, runbookOf } from './alert-types.ts'

it('the runbook has a section for each type of alert', () => {
  const runbook = readFileSync(new URL('../../../docs/RUNBOOK.md', import.meta.url), 'utf8')
  const headings = [...runbook.matchAll(/^##+ (.+)$/gm)].map(([, heading = '']) => heading)
  expect(headings).toEqual(expect.arrayContaining(ALERT_TYPES.map((type) => DESCRIBED_TYPES[type].heading)))
  expect(new Set(headings.map(anchorOf)).size).toBe(headings.length)
})

it('a link to it is as GitHub makes it', () => {
  expect(runbookOf('disconnected')).toBe('a-session-is-disconnected')
  expect(anchorOf('What `doctor` finds, about versions')).toBe('what-doctor-finds-about-versions')
})
