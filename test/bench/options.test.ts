import { expect, test } from 'vitest'
import { parseOptions } from './options.ts'

test('a run without options compares everything', () => {
  expect(parseOptions([])).toMatchObject({
    sessions: 50,
    events: 200,
    chats: false,
    media: false,
    webhooks: false,
    groups: false,
  })
})

test('parts can be measured by themselves', () => {
  expect(parseOptions(['--media', '--webhooks', '--events', '50'])).toMatchObject({ media: true, webhooks: true, events: 50 })
  expect(() => parseOptions(['--events', '0'])).toThrow('--events must be 1 to 1000.')
})
