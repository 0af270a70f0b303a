import { describe, expect, it } from 'vitest'
import { z } from 'zod'
import { isHoldfastError } from './errors.ts'
import { encryptionKey, insecureTls, integer, readSettings, requiredText } from './settings.ts'

const schema = z.object({
  SESSION_ENCRYPTION_KEY: encryptionKey,
  STORAGE_BUCKET: requiredText('the bucket'),
  MAX_CONNECTIONS: integer({ min: 1, max: 100, default: 50 }),
})

const base64 = Buffer.alloc(32, 7).toString('base64')
const good = { SESSION_ENCRYPTION_KEY: base64, STORAGE_BUCKET: 'bucket' }

const complaint = (environment: Record<string, string | undefined>): string => {
  try {
    readSettings(schema, environment)
  } catch (error) {
    if (isHoldfastError(error, 'bad-configuration')) return error.message
    throw error
  }
  return 'nothing'
}

describe('the reader of settings', () => {
  it('returns typed values and defaults', () => {
    expect(readSettings(schema, { ...good, MAX_CONNECTIONS: '7', UNRELATED: 'x' })).toEqual({
      SESSION_ENCRYPTION_KEY: Buffer.alloc(32, 7),
      STORAGE_BUCKET: 'bucket',
      MAX_CONNECTIONS: 7,
    })
    expect(readSettings(schema, good).MAX_CONNECTIONS).toBe(50)
  })

  it('treats an empty value as missing', () => {
    expect(readSettings(schema, { ...good, MAX_CONNECTIONS: '' }).MAX_CONNECTIONS).toBe(50)
    expect(complaint({ ...good, STORAGE_BUCKET: '' })).toContain('STORAGE_BUCKET: is required: the bucket')
  })

  it('reports all problems at once', () => {
    const message = complaint({ MAX_CONNECTIONS: 'many' })
    expect(message).toContain('3 problem(s)')
    for (const name of ['SESSION_ENCRYPTION_KEY', 'STORAGE_BUCKET', 'MAX_CONNECTIONS']) expect(message).toContain(name)
  })

  it.each(['0', '101', '1.5', 'x', 'NaN', 'Infinity'])('refuses %s connections', (value) => {
    expect(complaint({ ...good, MAX_CONNECTIONS: value })).toContain('MAX_CONNECTIONS: must be')
  })
})

describe('the encryption key', () => {
  it('is 32 bytes in base64 or in hex', () => {
    const hex = '07'.repeat(32)
    expect(readSettings(schema, { ...good, SESSION_ENCRYPTION_KEY: hex }).SESSION_ENCRYPTION_KEY).toEqual(Buffer.alloc(32, 7))
  })

  it.each(['\n', '\r\n', ' '])('may come from a file, with its end of line', (end) => {
    const settings = readSettings(schema, { ...good, SESSION_ENCRYPTION_KEY: `${base64}${end}` })
    expect(settings.SESSION_ENCRYPTION_KEY).toEqual(Buffer.alloc(32, 7))
  })

  it.each(['short-secret', '07'.repeat(16), '07'.repeat(33), base64.slice(4), `${base64}AAAA`, `!${base64.slice(1)}`])(
    'is refused in any other form, and never shown',
    (value) => {
      const message = complaint({ ...good, SESSION_ENCRYPTION_KEY: value })
      expect(message).toContain('SESSION_ENCRYPTION_KEY: must be 32 bytes')
      expect(message).not.toContain(value)
    },
  )

  it('is not shown when another setting is wrong', () => {
    expect(complaint({ SESSION_ENCRYPTION_KEY: base64 })).not.toContain(base64)
  })
})

it('a process with certificate checks switched off does not start', () => {
  expect(insecureTls({ NODE_TLS_REJECT_UNAUTHORIZED: '0' })).toContain('NODE_TLS_REJECT_UNAUTHORIZED')
  expect(insecureTls({})).toBeNull()
})
