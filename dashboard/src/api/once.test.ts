import { expect, test } from 'vitest'
import { once } from './once.ts'

test('calls that come during a run become one more run, which begins after it', async () => {
  const ends: (() => void)[] = []
  const run = once(() => new Promise((resolve) => ends.push(resolve)))
  const first = run()
  const [second, third] = [run(), run()]
  expect([ends.length, second === third]).toEqual([1, true])
  ends[0]?.()
  await first
  await expect.poll(() => ends.length).toBe(2)
  ends[1]?.()
  await Promise.all([second, third])
  expect(ends.length).toBe(2)
})

test('a run that fails keeps no later one away', async () => {
  let runs = 0
  const run = once(async () => {
    if (++runs === 1) throw new Error('away')
  })
  const [first, second] = [run(), run()]
  await expect(first).rejects.toThrow('away')
  await second
  expect(runs).toBe(2)
})
