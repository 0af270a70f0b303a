import { randomBytes } from 'node:crypto'
import { expect, test } from 'vitest'
import { Crc32c } from './crc32c.ts'

function sumOf(...parts: readonly Buffer[]): string {
  const sum = new Crc32c()
  for (const part of parts) sum.update(part)
  return sum.toString()
}

test('the checksum is the one of RFC 3720', () => {
  expect(Buffer.from(sumOf(Buffer.from('123456789')), 'base64').toString('hex')).toBe('e3069283')
  expect(sumOf(Buffer.alloc(32))).toBe(Buffer.from('8a9136aa', 'hex').toString('base64'))
})

test('it is the same however the bytes are cut', () => {
  const bytes = randomBytes(1001)
  const whole = sumOf(bytes)
  expect(sumOf(bytes.subarray(0, 1), bytes.subarray(1, 500), bytes.subarray(500, 500), bytes.subarray(500))).toBe(whole)
})
