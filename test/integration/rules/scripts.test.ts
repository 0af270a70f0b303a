import { spawnSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { expect, test } from 'vitest'

const root = fileURLToPath(new URL('../../..', import.meta.url))

const tracked = spawnSync('git', ['ls-files'], { cwd: root, encoding: 'utf8' }).stdout.trim().split('\n')

const isScript = (path: string): boolean =>
  path.endsWith('.sh') || /^#!.*\b(ba)?sh\b/.test(readFileSync(join(root, path), 'utf8').slice(0, 80))

const scripts = tracked.filter((path) => !/\.(ts|mjs|json|md|svg|png)$/.test(path)).filter(isScript)

test('there are scripts to look at', () => {
  expect(scripts).toContain('.ci/run')
})

test.each(scripts)('%s is valid', (path) => {
  expect(spawnSync('bash', ['-n', path], { cwd: root, encoding: 'utf8' })).toMatchObject({ status: 0, stderr: '' })
})

const hasShellcheck = spawnSync('shellcheck', ['--version']).status === 0

test.skipIf(!hasShellcheck).each(scripts)('shellcheck finds nothing in %s', (path) => {
  expect(spawnSync('shellcheck', [path], { cwd: root, encoding: 'utf8' })).toMatchObject({ status: 0, stdout: '' })
})
