import { expect, test } from 'vitest'
import { changeOf, fieldsOf, groupsOf } from './fields.ts'

const IN_FORCE = {
  pacing: { enabled: true, dailyLimit: 500, ramp: [20, 50] },
  quotas: { keys: null },
  timeZone: 'UTC',
  alerts: { quietHours: null },
}
const OWN = { pacing: { dailyLimit: 200 } }

test('a setting with one value has a field, with what the tenant has set', () => {
  expect(fieldsOf(IN_FORCE, OWN)).toEqual([
    { path: 'pacing.enabled', kind: 'boolean', own: null, inForce: 'true' },
    { path: 'pacing.dailyLimit', kind: 'number', own: '200', inForce: '500' },
    { path: 'quotas.keys', kind: 'number', own: null, inForce: '–' },
    { path: 'timeZone', kind: 'text', own: null, inForce: 'UTC' },
  ])
})

test('settings stand with those of the same part, the ones of their own first', () => {
  const groups = groupsOf(fieldsOf(IN_FORCE, OWN)).map(([name, fields]) => [name, ...fields.map(({ path }) => path)])
  expect(groups).toEqual([
    ['', 'timeZone'],
    ['pacing', 'pacing.enabled', 'pacing.dailyLimit'],
    ['quotas', 'quotas.keys'],
  ])
})

test('a change names what was typed, and nothing else; an empty text removes the value of the tenant', () => {
  const texts = { 'pacing.dailyLimit': ' ', 'pacing.enabled': 'false', 'quotas.keys': '12', timeZone: 'Europe/Berlin' }
  expect(changeOf(fieldsOf(IN_FORCE, OWN), texts)).toEqual({
    pacing: { dailyLimit: null, enabled: false },
    quotas: { keys: 12 },
    timeZone: 'Europe/Berlin',
  })
  expect(changeOf(fieldsOf(IN_FORCE, OWN), {})).toEqual({})
})

test.each(['1,000', '1.000', '1e3', '0x10', '12 a day', '9'.repeat(400)])('%s is no number: the API gets the text', (text) => {
  expect(changeOf(fieldsOf(IN_FORCE, OWN), { 'pacing.dailyLimit': text })).toEqual({ pacing: { dailyLimit: text } })
})
