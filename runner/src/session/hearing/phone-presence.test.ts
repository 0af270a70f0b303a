import { expect, test } from 'vitest'
import type { Clock } from '@holdfast/core/platform/ports'
import { systemClock } from '@holdfast/core/platform/system-clock'
import type { Heard } from '../../whatsapp/heard.ts'
import { PhonePresence } from './phone-presence.ts'

const HOUR_MS = 60 * 60_000
const NOW = Date.UTC(2026, 10, 29)

function presence(stored: Date | null = null) {
  let nowMs = NOW
  const clock: Clock = { ...systemClock, now: () => nowMs }
  const phone = new PhonePresence(clock, stored)
  const heard = (isFromPhone: boolean, atMs: number | null = nowMs): boolean =>
    phone.heard({ kind: 'receipt', id: '1', atMs, isBacklog: false, isFromPhone } satisfies Heard)
  return { phone, heard, pass: (ms: number) => (nowMs += ms) }
}

test('nobody knows when the phone was online before it tells, links or is stored', () => {
  expect(presence().phone.seenAt).toBeNull()
  expect(presence(new Date(NOW)).phone.seenAt).toEqual(new Date(NOW))
  const { phone } = presence()
  expect(phone.linked()).toBe(true)
  expect(phone.seenAt).toEqual(new Date(NOW))
})

test('what others send says nothing of the phone', () => {
  const { phone, heard } = presence()
  expect(heard(false)).toBe(false)
  expect(phone.seenAt).toBeNull()
})

test('a sign that comes late counts for the time at which the phone gave it, and none for the future', () => {
  const { phone, heard } = presence()
  heard(true, NOW - 30 * HOUR_MS)
  expect(phone.seenAt).toEqual(new Date(NOW - 30 * HOUR_MS))
  heard(true, NOW + HOUR_MS)
  expect(phone.seenAt).toEqual(new Date(NOW))
})

test('the time is stored at once when it is new, and then every six hours at most', () => {
  const { phone, heard, pass } = presence()
  expect(heard(true)).toBe(true)
  phone.stored()
  pass(5 * HOUR_MS)
  expect(heard(true)).toBe(false)
  pass(HOUR_MS)
  expect(heard(true)).toBe(true)
})
