import { expect, test } from 'vitest'
import { target, targetOf } from '../resources/fixtures/target.ts'
import type { Answers } from '../resources/resource.ts'
import { checksOfWrapping } from './checks-of-wrapping.ts'

const wrapped = targetOf({}, { wrapping: { kmsKey: 'own' } })
const key = wrapped.wrappingKey!

function found(name: string) {
  const check = checksOfWrapping(wrapped).find((one) => one.name === name)
  if (!check) throw new Error(`There is no check ${name}.`)
  return check
}

const problem = (name: string, answers: Answers) => found(name).problem(answers)

const versions = (...states: readonly string[]) => ({
  cryptoKeyVersions: states.map((state, index) => ({ name: `${key}/cryptoKeyVersions/${index + 1}`, state })),
})

test('where no key of Cloud KMS wraps, nothing is looked at', () => {
  expect(checksOfWrapping(target)).toEqual([])
})

test('a key that is missing, of another purpose, or without an enabled primary version is told', () => {
  const name = 'the key that wraps the keys of sessions exists, and its primary version is enabled'
  const present = { purpose: 'ENCRYPT_DECRYPT', primary: { name: `${key}/cryptoKeyVersions/2`, state: 'ENABLED' } }
  expect(problem(name, [present])).toBeNull()
  expect(problem(name, [null])).toBe(`there is no ${key}`)
  expect(problem(name, [{ ...present, purpose: 'MAC' }])).toContain('it is for MAC')
  expect(problem(name, [{ ...present, primary: { ...present.primary, state: 'DESTROY_SCHEDULED' } }])).toBe(
    'its primary version 2 is DESTROY_SCHEDULED',
  )
  expect(problem(name, [{ purpose: 'ENCRYPT_DECRYPT' }])).toContain('MISSING')
})

test('a version of the wrapping key that is not enabled is told', () => {
  const name = 'every version of the key that wraps the keys of sessions is enabled'
  expect(problem(name, [versions('ENABLED', 'ENABLED')])).toBeNull()
  expect(problem(name, [versions('DISABLED', 'ENABLED', 'DESTROY_SCHEDULED')])).toBe(
    'version 1 is DISABLED; version 3 is DESTROY_SCHEDULED',
  )
  const ofTenant = 'projects/acme/locations/us-central1/keyRings/r/cryptoKeys/k'
  const withTenant = targetOf({}, { wrapping: { kmsKey: 'own', tenantKeys: [ofTenant] } })
  const check = checksOfWrapping(withTenant).find(
    (one) => one.name === `every version of the tenant's key ${ofTenant} is enabled`,
  )
  expect(check?.problem([versions('DISABLED')])).toContain('DISABLED')
})

test('stored keys that name a version that cannot be used are counted, and read only when there is such a version', () => {
  const name = 'no stored key needs a version of the key that wraps the keys of sessions that cannot be used'
  const stored = (...wrappers: readonly (readonly number[])[]) =>
    wrappers.map((numbers) => ({
      document: {
        fields: {
          keys: {
            mapValue: {
              fields: Object.fromEntries(
                numbers.map((number, index) => [
                  index + 1,
                  { mapValue: { fields: { wrappedBy: { stringValue: `${key}/cryptoKeyVersions/${number}` } } } },
                ]),
              ),
            },
          },
        },
      },
    }))
  const later = found(name).reads.flatMap((read) => (typeof read === 'function' ? [read] : []))
  expect(later.map((read) => read([versions('ENABLED')]))).toEqual([null, null])
  expect(later.map((read) => read([versions('DESTROYED')])?.url)).toEqual(Array(2).fill(expect.stringContaining(':runQuery')))
  const bad = versions('DESTROYED', 'ENABLED', 'DESTROY_SCHEDULED')
  expect(problem(name, [bad, stored([2]), []])).toBeNull()
  // A list that was cut cannot say that nothing needs a version.
  expect(problem(name, [bad, stored(...Array.from({ length: 5000 }, () => [2])), []])).toContain('only the first 5000')
  expect(problem(name, [bad, stored([1, 2], [1], [2]), stored([3])])).toBe(
    'version 1 is DESTROYED, and wraps keys of 2 documents; version 3 is DESTROY_SCHEDULED, and wraps keys of 1 documents',
  )
})
