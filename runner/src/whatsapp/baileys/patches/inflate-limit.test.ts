import { MAX_INFLATED_BYTES, timesInflated } from './inflate-limit.ts'
import { constants, deflateRawSync, deflateSync } from 'node:zlib'
import { decodeBinaryNode, encodeBinaryNode } from '@whiskeysockets/baileys'
import { expect, test } from 'vitest'

const PACKED = 2

const NODE = { tag: 'message', attrs: { id: '1', from: '1@s.whatsapp.net' }, content: Buffer.alloc(100_000, 'a') }

test('a compressed frame within the limit is decoded', async () => {
  const frame = Buffer.concat([Buffer.of(PACKED), deflateSync(encodeBinaryNode(NODE).subarray(1))])
  const before = timesInflated()
  expect(await decodeBinaryNode(frame)).toMatchObject({ tag: 'message', attrs: NODE.attrs, content: NODE.content })
  expect(timesInflated()).toBe(before + 1)
})

test('a frame that would inflate to one gigabyte is refused without taking that memory', async () => {
  const piece = deflateRawSync(Buffer.alloc(16 * 1024 * 1024), { finishFlush: constants.Z_FULL_FLUSH })
  const bomb = Buffer.concat([Buffer.of(PACKED, 0x78, 0x01), ...Array.from({ length: 64 }, () => piece), Buffer.of(3, 0)])
  const before = process.resourceUsage().maxRSS
  await expect(decodeBinaryNode(bomb)).rejects.toMatchObject({ code: 'ERR_BUFFER_TOO_LARGE' })
  expect((process.resourceUsage().maxRSS - before) * 1024).toBeLessThan(3 * MAX_INFLATED_BYTES)
})
