import { expect, test } from 'vitest'
import { release, spent } from './release.ts'

const held = (): number => process.memoryUsage().arrayBuffers

test('released bytes take no memory from then on', () => {
  const bytes = Buffer.alloc(1_000_000)
  const before = held()
  release(bytes)
  expect(before - held()).toBeGreaterThanOrEqual(1_000_000)
})

test('bytes that share their memory stay', () => {
  const all = Buffer.from('a part of something larger')
  release(all.subarray(0, 6))
  expect(all.toString()).toBe('a part of something larger')
  const shared = new Uint8Array(new SharedArrayBuffer(4))
  release(shared)
  expect(shared).toHaveLength(4)
})

test('bytes that were released before are left alone', () => {
  const bytes = Buffer.alloc(10_000)
  release(bytes)
  release(bytes)
  release(Buffer.of())
  expect(bytes).toHaveLength(0)
})

test('a spent part has its bytes until the next one is asked for', async () => {
  const parts = [Buffer.alloc(10_000, 'a'), Buffer.alloc(10_000, 'b')]
  const seen: string[] = []
  for await (const part of spent(gives(parts))) seen.push(`${part.length} ${parts.map(({ length }) => length).join(' ')}`)
  expect(seen).toEqual(['10000 10000 10000', '10000 0 10000'])
  expect(parts.map(({ length }) => length)).toEqual([0, 0])
})

async function* gives(parts: readonly Buffer[]): AsyncGenerator<Buffer> {
  yield* parts
}
