import { expect, test } from 'vitest'
import { differentPackages } from './earlier.ts'

const lock = (packages: Record<string, object>) => ({ packages })

test('an earlier version runs with the packages of this one only if those that it needs are the same', () => {
  const theirs = lock({
    '': {},
    core: { version: '0.1.0' },
    'node_modules/zod': { version: '4.6.7', integrity: 'a' },
    'node_modules/pino': { version: '9.0.0', integrity: 'b' },
    'node_modules/gone': { version: '1.0.0', integrity: 'c' },
    'node_modules/vitest': { version: '5.0.0', integrity: 'd', dev: true },
  })
  const ours = lock({
    'node_modules/zod': { version: '4.6.7', integrity: 'a' },
    'node_modules/pino': { version: '9.0.0', integrity: 'another' },
    'node_modules/vitest': { version: '5.1.1', integrity: 'e', dev: true },
  })
  expect(differentPackages(theirs, ours)).toEqual(['pino', 'gone'])
  expect(differentPackages(theirs, theirs)).toEqual([])
})
