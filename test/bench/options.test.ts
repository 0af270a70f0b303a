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

test('what stands for Firestore is the light one of 5 ms unless the run names another', () => {
  expect(parseOptions([]).firestore).toEqual({ latencyMs: 5 })
  expect(parseOptions(['--firestore', 'light:20']).firestore).toEqual({ latencyMs: 20 })
  expect(parseOptions(['--firestore', 'light:0']).firestore).toEqual({ latencyMs: 0 })
  expect(parseOptions(['--firestore', 'emulator']).firestore).toBe('emulator')
  for (const wrong of ['heavy', 'light:', 'light:1001', 'emulator:5']) {
    expect(() => parseOptions(['--firestore', wrong])).toThrow('firestore')
  }
})

test('parts can be measured by themselves', () => {
  expect(parseOptions(['--media', '--webhooks', '--events', '50'])).toMatchObject({ media: true, webhooks: true, events: 50 })
  expect(() => parseOptions(['--events', '0'])).toThrow('--events must be 1 to 1000.')
})
