import type { ReadableSpan } from '@opentelemetry/sdk-trace'
import { expect, test, vi } from 'vitest'
import { createLogger } from '../../platform/logging.ts'
import { BoundedSpans } from './bounded-spans.ts'

const SPAN = {} as ReadableSpan

function spansOf(most: number) {
  let now = 0
  const logger = createLogger('test', 'silent')
  const told: unknown[] = []
  vi.spyOn(logger, 'warn').mockImplementation((fields: unknown) => void told.push(fields))
  let passed = 0
  const nothing = async (): Promise<void> => {}
  const next = { onStart: () => {}, onEnd: () => void passed++, forceFlush: nothing, shutdown: nothing }
  const spans = new BoundedSpans({ most, clock: { monotonic: () => now }, logger }).handsTo(next)
  const end = (count: number): void => {
    for (let one = 0; one < count; one++) spans.onEnd(SPAN)
  }
  return { spans, end, told, passed: () => passed, pass: (ms: number) => void (now += ms) }
}

const line = (dropped: number, waiting: number) => ({ event: 'spans-dropped', dropped, waiting })

test('spans beyond those that may wait are dropped, until some have left', () => {
  const { spans, end, passed, told } = spansOf(3)
  end(3)
  expect([passed(), told]).toEqual([3, []])
  end(1)
  expect([passed(), told]).toEqual([3, [line(1, 3)]])
  spans.taken(2)
  end(3)
  expect(passed()).toBe(5)
})

test('the log says once a minute at most how many were dropped since, and the rest at the end', async () => {
  const { spans, end, told, pass } = spansOf(1)
  end(5)
  pass(59_999)
  end(10)
  expect(told).toEqual([line(1, 1)])
  pass(1)
  end(1)
  expect(told).toEqual([line(1, 1), line(14, 1)])
  end(2)
  await spans.shutdown()
  await spans.shutdown()
  expect(told).toEqual([line(1, 1), line(14, 1), line(2, 1)])
})
