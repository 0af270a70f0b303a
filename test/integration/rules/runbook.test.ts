import { readFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import { anchorOf } from '@holdfast/core/operations/alert-types'
import { EXIT } from '@holdfast/core/platform/exit-codes'

const runbook = readFileSync(new URL('../../../docs/RUNBOOK.md', import.meta.url), 'utf8')

test.each(Object.entries(EXIT))('the runbook has the exit code of a process: %s', (_name, code) => {
  expect(runbook).toMatch(new RegExp(`\\n\\| ${code} \\| \\w`))
})

test.each([
  ['RUNBOOK.md', runbook],
  ['STATES.md', readFileSync(new URL('../../../docs/STATES.md', import.meta.url), 'utf8')],
])('each link of %s to a section of the runbook leads somewhere', (name, text) => {
  const anchors = new Set([...runbook.matchAll(/^##+ (.+)$/gm)].map(([, heading = '']) => anchorOf(heading)))
  const links = [...text.matchAll(name === 'RUNBOOK.md' ? /\]\(#([^)]+)\)/g : /\]\(RUNBOOK\.md#([^)]+)\)/g)]
  expect(links.length).toBeGreaterThan(2)
  for (const [, anchor = ''] of links) expect(anchors).toContain(anchor)
})
