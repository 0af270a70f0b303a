import { expect, test } from 'vitest'
import { hasDisappeared, laterTimer, timerIn } from './disappearing.ts'

const message = { type: 'text', sentAtMs: 1_000_000, facts: { disappearsAfter: 60 } }

test.each([
  ['is shown until its time is over', message, 1_059_999, false],
  ['is shown no longer after that', message, 1_060_000, true],
  ['that somebody keeps stays', { ...message, isKept: true }, 2_000_000, false],
  ['that sets the timer stays', { ...message, type: 'disappearing' }, 2_000_000, false],
  ['without a timer stays', { ...message, facts: {} }, 2_000_000, false],
])('a message %s', (_, one, now, expected) => expect(hasDisappeared(one, now)).toBe(expected))

const DAY = 86_400
const told = {
  chat: '5511900000001@s.whatsapp.net',
  type: 'text',
  sentAtMs: 5000,
  facts: { disappearsAfter: DAY },
  fromHistory: false,
}

test.each([
  ['with a timer tells it', told, { seconds: DAY, atMs: 5000 }],
  ['of a group tells nothing', { ...told, chat: '120363000000000001@g.us' }, null],
  ['without a timer tells nothing', { ...told, facts: {} }, null],
  [
    'that switches the timer off tells it',
    { ...told, type: 'disappearing', facts: { disappearsAfter: 0 } },
    { seconds: 0, atMs: 5000 },
  ],
  ['of the history tells nothing of the present', { ...told, fromHistory: true }, null],
  [
    'of the history that sets the timer tells it',
    { ...told, type: 'disappearing', fromHistory: true },
    { seconds: DAY, atMs: 5000 },
  ],
])('a message %s', (_, message, expected) => expect(timerIn(message)).toEqual(expected))

test('the later one of two timers counts, in whatever order they are told', () => {
  const [on, off] = [
    { seconds: DAY, atMs: 5000 },
    { seconds: 0, atMs: 6000 },
  ]
  expect(laterTimer(undefined, on)).toBe(on)
  expect(laterTimer(on, off)).toBe(off)
  expect(laterTimer(off, on)).toBe(off)
  expect(laterTimer(on, { seconds: DAY, atMs: 9000 })).toBe(on)
})
