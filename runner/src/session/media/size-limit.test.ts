import { expect, it } from 'vitest'
import { upTo } from './size-limit.ts'

async function* parts(...sizes: readonly number[]) {
  for (const size of sizes) yield Buffer.alloc(size)
}

async function read(mostBytes: number, ...sizes: readonly number[]): Promise<number> {
  let seen = 0
  for await (const _ of upTo(mostBytes, parts(...sizes), (all) => (seen = all)));
  return seen
}

it('a medium of exactly the limit passes, and one byte more ends it, whatever its sender said', async () => {
  expect(await read(10, 4, 6)).toBe(10)
  await expect(read(10, 4, 6, 1)).rejects.toMatchObject({ reason: 'too-large' })
})
