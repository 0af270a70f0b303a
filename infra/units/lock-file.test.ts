import { expect, test } from 'vitest'
import { cutLock, type LockFile, type Manifest } from './lock-file.ts'

const lock: LockFile = {
  name: 'repository',
  version: '1.0.0',
  lockfileVersion: 3,
  requires: true,
  packages: {
    '': { version: '1.0.0' },
    core: { version: '0.1.0', dependencies: { shared: '2.0.0' } },
    'node_modules/@holdfast/core': { resolved: 'core', link: true },
    'node_modules/direct': {
      version: '1.2.3',
      dependencies: { shared: '^1.0.0' },
      optionalDependencies: { 'binary-of-another-system': '1.0.0' },
      peerDependencies: { peer: '*', 'absent-peer': '*' },
      peerDependenciesMeta: { 'absent-peer': { optional: true } },
    },
    'node_modules/direct/node_modules/shared': { version: '1.0.0', dependencies: { deep: '1.0.0' } },
    'node_modules/shared': { version: '2.0.0' },
    'node_modules/deep': { version: '1.0.0', dependencies: { direct: '1.2.3' } },
    'node_modules/peer': { version: '5.0.0' },
    'node_modules/test-tool': { version: '9.0.0' },
  },
}

const manifest = (fields: Partial<Manifest>): Manifest => ({ name: 'unit', version: '0.1.0', ...fields })

test('the cut lock file holds the packages that the manifest needs, nested ones included, and no others', () => {
  const cut = cutLock(lock, manifest({ dependencies: { direct: '1.2.3' } }), {})
  expect(Object.keys(cut.packages)).toEqual([
    '',
    'node_modules/deep',
    'node_modules/direct',
    'node_modules/direct/node_modules/shared',
    'node_modules/peer',
  ])
  expect(cut.packages['']).toMatchObject({ name: 'unit', version: '0.1.0', dependencies: { direct: '1.2.3' } })
  expect(cut.packages['node_modules/direct']).toBe(lock.packages['node_modules/direct'])
})

test('a workspace remains a link to its folder', () => {
  const core = manifest({ name: '@holdfast/core', dependencies: { shared: '2.0.0' } })
  const cut = cutLock(lock, manifest({ workspaces: ['core'] }), { core })
  expect(Object.keys(cut.packages)).toEqual(['', 'core', 'node_modules/@holdfast/core', 'node_modules/shared'])
  expect(cut.packages['node_modules/@holdfast/core']).toEqual({ resolved: 'core', link: true })
})

test('a needed package without an entry in the lock file is an error', () => {
  const { 'node_modules/peer': _, ...packages } = lock.packages
  const cut = () => cutLock({ ...lock, packages }, manifest({ dependencies: { direct: '1.2.3' } }), {})
  expect(cut).toThrow('The lock file has no peer, which node_modules/direct needs.')
})

test('a version other than the locked one is an error', () => {
  const cut = () => cutLock(lock, manifest({ dependencies: { direct: '1.2.4' } }), {})
  expect(cut).toThrow('unit names direct 1.2.4, but the lock file has 1.2.3.')
})
