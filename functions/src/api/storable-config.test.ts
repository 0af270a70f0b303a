import { expect, test } from 'vitest'
import { isStorableConfig } from './storable-config.ts'

const nested = (open: string, close: string, times: number): object =>
  JSON.parse(`{"a":${open.repeat(times)}1${close.repeat(times)}}`) as object

test.each<[string, object]>([
  ['nothing', {}],
  ['what WAHA has', { webhooks: [{ url: 'https://a.test', events: ['*'], hmac: null }], metadata: { 'customer.id': '1' } }],
  ['texts that look like names of Firestore', { a: '__x', b__: '"__y__":', __c: 1 }],
  ['14 levels below the first', nested('{"a":', '}', 14)],
  ['a long text', { a: 'x'.repeat(99_000) }],
])('%s is stored', (_, config) => expect(isStorableConfig(config)).toBe(true))

test.each<[string, object]>([
  ['15 levels below the first', nested('{"a":', '}', 15)],
  ['deep objects', nested('{"a":', '}', 100_000)],
  ['deep lists', nested('[', ']', 100_000)],
  ['a list in a list', { a: [[1]] }],
  ['a list in an object in a list in a list', { a: [{ b: [[]] }] }],
  ['a name of Firestore', { a: { __b__: 1 } }],
  ['a prototype', JSON.parse('{"a":{"__proto__":{}}}') as object],
  ['an empty name', { a: { '': 1 } }],
  ['a long name', { ['ä'.repeat(751)]: 1 }],
  ['half a character', { a: ['\uD83D'] }],
  ['half a character in a name', { '\uD83D': 1 }],
  ['too much', { a: 'x'.repeat(100_000) }],
])('%s is not', (_, config) => expect(isStorableConfig(config)).toBe(false))
