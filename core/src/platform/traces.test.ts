import { expect, test } from 'vitest'
import { below, NO_SPAN, NO_TRACES, traceContextOf, type Traces } from './traces.ts'

const [TRACE, SPAN] = ['4bf92f3577b34da6a3ce929d0e0e4736', '00f067aa0ba902b7']

test('a trace context is read as W3C says', () => {
  expect(traceContextOf(`00-${TRACE}-${SPAN}-01`)).toEqual({ traceId: TRACE, spanId: SPAN, isSampled: true })
  expect(traceContextOf(` 00-${TRACE}-${SPAN}-00 `)).toEqual({ traceId: TRACE, spanId: SPAN, isSampled: false })
  // Later versions add fields, and flags.
  expect(traceContextOf(`cc-${TRACE}-${SPAN}-0b-what-else`)).toMatchObject({ isSampled: true })
})

test.each([
  undefined,
  null,
  '',
  'hello',
  `ff-${TRACE}-${SPAN}-01`,
  `00-${TRACE}-${SPAN}-01-more`,
  `00-${'0'.repeat(32)}-${SPAN}-01`,
  `00-${TRACE}-${'0'.repeat(16)}-01`,
  `00-${TRACE.toUpperCase()}-${SPAN}-01`,
  `00-${TRACE}-${SPAN}`,
])('%j is no trace context', (text) => {
  expect(traceContextOf(text)).toBeNull()
})

test('nothing begins below a span that there is not', () => {
  const traces: Traces = {
    begin: () => {
      throw new Error('A span began.')
    },
    close: async () => {},
  }
  for (const parent of [null, undefined, '', 'hello', `00-${'0'.repeat(32)}-${SPAN}-01`])
    expect(below(traces, parent, 'frame')).toBe(NO_SPAN)
  expect(NO_TRACES.begin('frame').traceparent).toBeNull()
})
