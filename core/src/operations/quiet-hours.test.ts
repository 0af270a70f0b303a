import { expect, it } from 'vitest'
import { quietUntil } from './quiet-hours.ts'

const night = { from: '22:00', to: '07:00' }

it.each([
  ['2026-11-29T21:59:30Z', null],
  ['2026-11-29T22:00:00Z', '2026-11-30T07:00:00Z'],
  ['2026-11-30T06:59:59Z', '2026-11-30T07:00:00Z'],
  ['2026-11-30T07:00:00Z', null],
])('at %s in UTC it is quiet until %s', (now, until) => {
  expect(quietUntil(Date.parse(now), night, 'UTC')).toBe(until && Date.parse(until))
})

it('counts in the time zone', () => {
  expect(quietUntil(Date.parse('2026-11-30T01:30:00Z'), night, 'America/Sao_Paulo')).toBe(Date.parse('2026-11-30T10:00:00Z'))
  expect(quietUntil(Date.parse('2026-11-30T00:30:00Z'), night, 'America/Sao_Paulo')).toBeNull()
})

it('no hour is quiet without quiet hours, and with the same time twice', () => {
  expect(quietUntil(0, null, 'UTC')).toBeNull()
  expect(quietUntil(0, { from: '00:00', to: '00:00' }, 'UTC')).toBeNull()
})
