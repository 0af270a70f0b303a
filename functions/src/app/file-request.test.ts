import { expect, test } from 'vitest'
import { BadBody, BodyTooLarge } from './file-in-body.ts'
import { limited } from './file-request.ts'

async function* body(parts: readonly string[], end?: Error): AsyncGenerator<Uint8Array> {
  for (const part of parts) yield Buffer.from(part)
  if (end) throw end
}

async function read(bytes: AsyncIterable<Uint8Array>): Promise<string> {
  const parts: Uint8Array[] = []
  for await (const part of limited(bytes, 4)) parts.push(part)
  return Buffer.concat(parts).toString()
}

test('a body of the largest size is read', async () => expect(await read(body(['ab', 'cd']))).toBe('abcd'))

test('a body that is larger ends there', async () => {
  const parts = body(['ab', 'cd', 'e', 'never asked for'])
  await expect(read(parts)).rejects.toBeInstanceOf(BodyTooLarge)
  expect(await parts.next()).toMatchObject({ done: true })
})

test('a caller that goes away in the middle has sent a bad body, and nothing of ours has failed', async () => {
  await expect(read(body(['ab'], new Error('aborted')))).rejects.toBeInstanceOf(BadBody)
})
