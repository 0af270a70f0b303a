import { describe, expect, it } from 'vitest'
import { RecentReads } from './recent-reads.ts'

function newReads(results: Record<string, string> = {}) {
  let now = 0
  const asked: string[] = []
  const waiting: (() => void)[] = []
  let isHeld = false
  const reads = new RecentReads<string>({
    clock: { monotonic: () => now },
    freshForMs: 4000,
    most: 2,
    isWorthless: (result) => result === 'nothing',
    async read(id) {
      asked.push(id)
      const result = results[id]
      if (isHeld) await new Promise<void>((resolve) => waiting.push(resolve))
      if (result === 'error') throw new Error('away')
      return result ?? 'nothing'
    },
  })
  return {
    reads,
    asked,
    pass: (ms: number) => (now += ms),
    hold: () => (isHeld = true),
    /** What waits goes on waiting. */
    holdNoMore: () => (isHeld = false),
    release: () => {
      isHeld = false
      for (const go of waiting.splice(0)) go()
    },
  }
}

describe('a recent read', () => {
  it('serves later callers until it is too old, counted from its beginning', async () => {
    const { reads, asked, pass, hold, release } = newReads({ a: 'A' })
    hold()
    const first = reads.get('a')
    pass(3000)
    release()
    expect([await first, await reads.get('a')]).toEqual(['A', 'A'])
    pass(999)
    await reads.get('a')
    expect(asked).toEqual(['a'])
    pass(1)
    await reads.get('a')
    expect(asked).toEqual(['a', 'a'])
  })

  it('is shared by callers at one time', async () => {
    const { reads, asked } = newReads({ a: 'A' })
    expect(await Promise.all([reads.get('a'), reads.get('a'), reads.get('a')])).toEqual(['A', 'A', 'A'])
    expect(asked).toEqual(['a'])
  })

  it('that hangs for longer than it would be fresh is not waited for by later callers', async () => {
    const { reads, pass, hold, release } = newReads({ a: 'A' })
    hold()
    const first = reads.get('a')
    pass(4000)
    const second = reads.get('a')
    release()
    expect(await Promise.all([first, second])).toEqual(['A', 'A'])
  })

  it('that failed is made again', async () => {
    const results: Record<string, string> = { a: 'error' }
    const { reads } = newReads(results)
    await expect(reads.get('a')).rejects.toThrow('away')
    results['a'] = 'A'
    expect(await reads.get('a')).toBe('A')
  })

  it('that is forgotten serves nobody any more, also when it ends after a newer one', async () => {
    const results = { a: 'old' }
    const { reads, asked, hold, holdNoMore, release } = newReads(results)
    hold()
    const older = reads.get('a')
    reads.forget('a')
    results.a = 'new'
    holdNoMore()
    expect(await reads.get('a')).toBe('new')
    release()
    expect(await older).toBe('old')
    expect(await reads.get('a')).toBe('new')
    expect(asked).toEqual(['a', 'a'])
  })

  it('is forgotten when there are too many, but never for the sake of a worthless one', async () => {
    const { reads, asked } = newReads({ a: 'A', b: 'B', c: 'C' })
    await reads.get('a')
    await reads.get('b')
    for (const wrong of ['x', 'y', 'z', 'x', 'z']) await reads.get(wrong)
    await reads.get('a')
    await reads.get('b')
    // `x` was pushed out by `z` and read again; `z` was kept.
    expect(asked).toEqual(['a', 'b', 'x', 'y', 'z', 'x'])
    await reads.get('c')
    await reads.get('a')
    expect(asked.slice(6)).toEqual(['c', 'a'])
  })
})
