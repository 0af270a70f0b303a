import { readFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import { EXIT } from '@holdfast/core/platform/exit-codes'

const runbook = readFileSync(new URL('../../../docs/RUNBOOK.md', import.meta.url), 'utf8')

test.each(Object.entries(EXIT))('the runbook has the exit code of a process: %s', (_name, code) => {
  expect(runbook).toMatch(new RegExp(`\\n\\| ${code} \\| \\w`))
})
