import { expect, test } from 'vitest'
import { areOnTheirWay, stanzasFor } from './waiting-stanzas.ts'

const queue = (...waiting: (number | null)[]) => ({
  phone: '551',
  offlineQueue: waiting.length,
  waiting: waiting.map((handedOverMs, index) => ({ what: `receipt|R${index}`, handedOverMs })),
})

test('what waits is named, with the time that the device has had it', () => {
  expect(stanzasFor(queue())).toEqual([])
  expect(stanzasFor(queue(5, null))).toEqual(['2 stanzas wait for 551: receipt|R0 (5 ms), receipt|R1'])
})

test('stanzas that a device has had for a short time are on their way, unless something else is missing', () => {
  const young = queue(100, null)
  expect(areOnTheirWay(stanzasFor(young), [young, queue()])).toBe(true)
  expect(areOnTheirWay([...stanzasFor(young), 'job 1 is pending'], [young])).toBe(false)
})

test('a stanza that a device leaves unanswered for a minute is not on its way, whatever else comes', () => {
  const old = queue(60_000, 100)
  expect(areOnTheirWay(stanzasFor(old), [old])).toBe(false)
  const young = queue(1)
  expect(areOnTheirWay([...stanzasFor(young), ...stanzasFor(old)], [young, old])).toBe(false)
})
