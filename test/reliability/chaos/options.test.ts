import { expect, test } from 'vitest'
import { BadOption } from '../../support/command-options.ts'
import { parseOptions } from './options.ts'
import { FLEET_STRIKES } from './fleet/kinds.ts'
import { WAYS } from './strikes/outage-plan.ts'
import { TROUBLE_CHOICES } from './choices.ts'

test('the default options kill runners', () => {
  expect(parseOptions([])).toMatchObject({
    what: 'kill',
    kills: 25,
    sessions: 4,
    runners: 1,
    troubles: [],
    how: WAYS,
    store: 'each',
  })
})

test('a pause needs a second runner', () => {
  expect(parseOptions(['--what', 'pause'])).toMatchObject({ runners: 2 })
  expect(() => parseOptions(['--what', 'pause', '--runners', '1'])).toThrow(BadOption)
})

test('minutes, or a choice of its strikes, mean a fleet of four runners', () => {
  expect(parseOptions(['--minutes', '5'])).toMatchObject({ what: 'fleet', runners: 4, minutes: 5, strikes: FLEET_STRIKES })
  expect(parseOptions(['--strikes', 'kill,deaf'])).toMatchObject({ what: 'fleet', strikes: ['kill', 'deaf'] })
  expect(() => parseOptions(['--minutes', '5', '--storage', 'local'])).toThrow('needs a second runner')
})

test('a list option takes several names or "all"', () => {
  expect(parseOptions(['--how', 'refuse,cut']).how).toEqual(['refuse', 'cut'])
  expect(parseOptions(['--with', 'all']).troubles).toEqual(TROUBLE_CHOICES)
  expect(parseOptions(['--with', 'faults, retries']).troubles).toEqual(['faults', 'retries'])
})

test('an error about a wrong option names the valid choices', () => {
  expect(() => parseOptions(['--what', 'sleep'])).toThrow('--what must be one of: kill, pause, outage, everything, mixed, fleet.')
  expect(() => parseOptions(['--how', 'refuse,melt'])).toThrow(/--how must be one of: .*cut, all/)
  expect(() => parseOptions(['--with', 'rain'])).toThrow(/--with must be one of: faults/)
  expect(() => parseOptions(['--sessions', '100'])).toThrow('--sessions must be 1 to 99.')
  expect(() => parseOptions(['--seconds', '0'])).toThrow(BadOption)
  expect(() => parseOptions(['--kill', '3'])).toThrow(BadOption)
})
