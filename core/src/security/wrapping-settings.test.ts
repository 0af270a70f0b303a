import { describe, expect, it } from 'vitest'
import { z } from 'zod'
import { isHoldfastError } from '../platform/errors.ts'
import { projectId, readSettings } from '../platform/settings.ts'
import { wrappingOf, wrappingRules, wrappingSettings } from './wrapping-settings.ts'

const base64 = (byte: number): string => Buffer.alloc(32, byte).toString('base64')
const key = (byte: number): Buffer => Buffer.alloc(32, byte)
const read = (environment: Record<string, string>) =>
  wrappingOf(
    readSettings(
      z.object({ GOOGLE_CLOUD_PROJECT: projectId, ...wrappingSettings }),
      { GOOGLE_CLOUD_PROJECT: 'p', ...environment },
      wrappingRules,
    ),
  )

const complaint = (environment: Record<string, string>): string => {
  try {
    read(environment)
  } catch (error) {
    if (isHoldfastError(error, 'bad-configuration')) return error.message
    throw error
  }
  return 'nothing'
}

describe('the settings of wrapping keys', () => {
  it('are one key', () => {
    expect(read({ SESSION_ENCRYPTION_KEY: base64(1) })).toEqual({ keys: [{ label: '', key: key(1) }], kms: null })
  })

  it('are several keys, the current one first, in base64 or in hex, with spaces between', () => {
    expect(read({ SESSION_ENCRYPTION_KEYS: `v2:${base64(2)}, v1:${'01'.repeat(32)}\n` })).toEqual({
      keys: [
        { label: 'v2', key: key(2) },
        { label: 'v1', key: key(1) },
      ],
      kms: null,
    })
  })

  it('are both: the plain key opens, and the first of the several wraps', () => {
    expect(read({ SESSION_ENCRYPTION_KEY: base64(1), SESSION_ENCRYPTION_KEYS: `v2:${base64(2)}` }).keys).toEqual([
      { label: 'v2', key: key(2) },
      { label: '', key: key(1) },
    ])
    const named = { SESSION_ENCRYPTION_KEY: base64(1), SESSION_ENCRYPTION_KEYS: `v2:${base64(2)},v1:${base64(1)}` }
    expect(read(named).keys.map(({ label }) => label)).toEqual(['v2', 'v1'])
  })

  it('are a key of Cloud KMS, beside others or alone', () => {
    const name = 'projects/p/locations/us-central1/keyRings/r/cryptoKeys/k'
    const kms = { projectId: 'p', key: name, emulator: null }
    expect(read({ KMS_KEY: name })).toEqual({ keys: [], kms })
    expect(read({ KMS_KEY: name, SESSION_ENCRYPTION_KEY: base64(1) })).toEqual({ keys: [{ label: '', key: key(1) }], kms })
    for (const wrong of ['wrapping', `${name}/cryptoKeyVersions/1`, `/${name}`])
      expect(complaint({ KMS_KEY: wrong })).toContain('KMS_KEY: must be the full name of a key')
  })

  it('are missing: the complaint says how to make a key', () => {
    expect(complaint({})).toMatch(
      /SESSION_ENCRYPTION_KEY: is required: .*openssl rand -base64 32.*SESSION_ENCRYPTION_KEYS or KMS_KEY/,
    )
  })

  it.each([
    ['entry 1 must begin with a label', base64(2)],
    ['entry 2 must begin with a label', `v2:${base64(2)},${base64(1)}`],
    ['entry 2 must begin with a label', `v2:${base64(2)},`],
    ['the key of entry 2 must be 32 bytes', `v2:${base64(2)},v1:dG9vIHNob3J0`],
    ['entry 2 has the label of an earlier one', `v1:${base64(2)},v1:${base64(1)}`],
    ['entry 2 has the key of an earlier one', `v2:${base64(1)},v1:${base64(1)}`],
  ])('are refused, and never shown: %s', (expected, value) => {
    const message = complaint({ SESSION_ENCRYPTION_KEYS: value })
    expect(message).toContain('SESSION_ENCRYPTION_KEYS: must be labels and keys, the current one first')
    expect(message).toContain(expected)
    for (const part of value.split(/[:,]/).filter(({ length }) => length > 5)) expect(message).not.toContain(part)
  })
})
