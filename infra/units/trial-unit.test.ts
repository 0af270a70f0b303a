import { existsSync, globSync, mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, expect, test } from 'vitest'
import { buildUnit } from './build-unit.ts'
import type { LockFile } from './lock-file.ts'
import { UNITS } from './repository.ts'

const parent = mkdtempSync(join(tmpdir(), 'holdfast-units-'))
afterAll(() => rmSync(parent, { recursive: true, force: true }))

test('the trial has the simulator and no packages of tests, and what is deployed has no simulator', async () => {
  const { folder } = await buildUnit('trial', parent)
  const { packages } = JSON.parse(readFileSync(join(folder, 'package-lock.json'), 'utf8')) as LockFile
  expect(existsSync(join(folder, 'sandbox/trust-simulator.ts'))).toBe(true)
  expect(globSync('**/*.test.ts', { cwd: folder })).toEqual([])
  expect(packages['node_modules/ws']).toBeDefined()
  expect(packages['node_modules/fast-check']).toBeUndefined()
  expect(readFileSync(join(folder, 'test/package.json'), 'utf8')).not.toContain('devDependencies')
  expect(packages['test']?.devDependencies).toBeUndefined()

  expect(UNITS).not.toContain('trial')
  const runner = await buildUnit('runner', parent)
  expect(globSync('**/*simulator*', { cwd: runner.folder })).toEqual([])
})
