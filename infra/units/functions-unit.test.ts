import { expect, test } from 'vitest'
import { undeclaredPackages } from './functions-unit.ts'

test('imports of undeclared packages are found, each once', () => {
  const imports = ['node:fs', 'zod', 'hono/cors', '@google-cloud/storage', 'left-pad', 'left-pad/deep', '@scope/unknown/part']
  const declared = { zod: '4.0.0', hono: '4.0.0', '@google-cloud/storage': '8.0.0' }
  expect(undeclaredPackages(imports, declared)).toEqual(['@scope/unknown', 'left-pad'])
})
