import { expect, test } from 'vitest'
import { all, target } from '../resources/fixtures/target.ts'
import type { Answers } from '../resources/resource.ts'
import { checksOfVersions } from './checks-of-versions.ts'

const problem = (name: string, answers: Answers) => {
  const check = checksOfVersions(target, all).find((one) => one.name === name)
  if (!check) throw new Error(`There is no check ${name}.`)
  return check.problem(answers)
}

/** Functions with versions of their secrets: `{ api: { API_KEY: '1' } }`. */
const functions = (pinned: Record<string, Record<string, string>>) => ({
  functions: Object.entries(pinned).map(([name, secrets]) => ({
    name: `functions/${name}`,
    labels: { 'firebase-functions-codebase': 'holdfast' },
    serviceConfig: {
      secretEnvironmentVariables: Object.entries(secrets).map(([key, version]) => ({ key, version })),
    },
  })),
})

const runners = (key: string) => {
  const env = [
    { name: 'PLAIN', value: '1' },
    { name: 'SESSION_ENCRYPTION_KEY', valueFrom: { secretKeyRef: { name: 'SESSION_ENCRYPTION_KEY', key } } },
  ]
  return { spec: { template: { spec: { containers: [{ env }] } } } }
}

/** Versions of a secret, the newest first, as Google lists them. */
const versions = (...states: readonly string[]) => ({
  versions: states.map((state, index) => ({ name: `projects/1/secrets/S/versions/${states.length - index}`, state })),
})

test('an API that has an older version of its key is told, and a newer one that is disabled does not count', () => {
  const name = 'the API has the newest version of its key'
  const present = functions({ api: { API_KEY: '1' } })
  expect(problem(name, [present, versions('ENABLED')])).toBeNull()
  expect(problem(name, [present, versions('DISABLED', 'ENABLED')])).toBeNull()
  expect(problem(name, [present, versions('ENABLED', 'ENABLED')])).toBe('it has version 1, and 2 is the newest')
})

test('a version in use that is disabled, destroyed or gone is told', () => {
  const name = 'every version of a secret that is in use is enabled'
  const present = functions({ api: { API_KEY: '1', SESSION_ENCRYPTION_KEY: '1' } })
  expect(problem(name, [present, runners('latest'), versions('ENABLED'), versions('ENABLED')])).toBeNull()
  expect(problem(name, [present, runners('1'), versions('ENABLED', 'DESTROYED'), versions('DISABLED')])).toBe(
    'api has version 1 of API_KEY, which is DESTROYED; api has version 1 of SESSION_ENCRYPTION_KEY, which is DISABLED; ' +
      'runner has version 1 of SESSION_ENCRYPTION_KEY, which is DISABLED',
  )
  expect(problem(name, [present, runners('2'), versions('ENABLED'), versions('ENABLED')])).toContain('which is MISSING')
})

test('functions that seal with another version than the runners are told', () => {
  const name = 'runners and functions have the same version of SESSION_ENCRYPTION_KEY'
  const present = functions({ api: { SESSION_ENCRYPTION_KEY: '2' }, sweep: { SESSION_ENCRYPTION_KEY: '2' } })
  expect(problem(name, [present, runners('2'), versions('ENABLED', 'ENABLED')])).toBeNull()
  expect(problem(name, [present, runners('latest'), versions('ENABLED', 'ENABLED')])).toBeNull()
  expect(problem(name, [present, runners('1'), versions('ENABLED', 'ENABLED')])).toBe('api, sweep: 2; runner: 1')
})

test('runners of another version than the API are told, dead ones are not', () => {
  const name = 'API and runners are of the same version'
  const runner = (version: string | null, state = 'active') => ({ version, revision: 'holdfast-runner-00002', state })
  const health = (...given: readonly object[]) => [{}, { version: '0.2.0', runners: given }]
  expect(problem(name, health(runner('0.2.0'), runner('0.1.0', 'dead')))).toBeNull()
  expect(problem(name, health(runner('0.2.0'), runner('0.1.0')))).toBe(
    'the API is 0.2.0, and runners are 0.1.0 (holdfast-runner-00002)',
  )
  expect(problem(name, health(runner(null)))).toContain('an older one')
  expect(problem(name, [{}, null])).toBeNull()
})
