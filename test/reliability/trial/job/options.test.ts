import { expect, test } from 'vitest'
import { parseOptions } from './options.ts'

const STORES = ['--project', 'p', '--database', 'holdfast-verify-a1b2', '--bucket', 'p-holdfast-verify-a1b2']

test('the job kills runners, as often as it is told', () => {
  expect(parseOptions(['chaos', ...STORES, '--kills', '3', '--seed', '7'])).toMatchObject({
    what: 'chaos',
    stores: { project: 'p', database: 'holdfast-verify-a1b2', bucket: 'p-holdfast-verify-a1b2' },
    chaos: { what: 'kill', kills: 3, seed: 7, runners: 2, sessions: 4, storage: 'hybrid' },
  })
})

test('the job names what it lacks', () => {
  expect(() => parseOptions(['outage', ...STORES])).toThrow('`chaos` or `latency`')
  expect(() => parseOptions(['latency', ...STORES.slice(2)])).toThrow('--project, --database and --bucket')
})
