import { expect, test } from 'vitest'
import { inLanes } from './lanes.ts'

test('items of one lane come one after the other, and lanes at the same time', async () => {
  const events: string[] = []
  const items = ['a1', 'b1', 'a2', 'c1', 'b2']
  await inLanes(
    items,
    ([lane = '']) => lane,
    async (item) => {
      events.push(`${item} begins`)
      await new Promise((resolve) => setImmediate(resolve))
      events.push(`${item} ends`)
    },
  )
  expect(events.slice(0, 3)).toEqual(['a1 begins', 'b1 begins', 'c1 begins'])
  for (const lane of ['a', 'b']) {
    expect(events.filter((event) => event.startsWith(lane))).toEqual([
      `${lane}1 begins`,
      `${lane}1 ends`,
      `${lane}2 begins`,
      `${lane}2 ends`,
    ])
  }
})
