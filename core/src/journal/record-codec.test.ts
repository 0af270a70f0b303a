import { constants, deflateRawSync } from 'node:zlib'
import { expect, test } from 'vitest'
import { newSessionKeys, unwrapSessionKeys, WrappingKey } from '../security/envelope.ts'
import { openGroup, sealGroup } from './record-codec.ts'

const wrappingKey = new WrappingKey(Buffer.alloc(32, 7))
const cipher = await unwrapSessionKeys('default.test', await newSessionKeys('default.test', wrappingKey), wrappingKey)

test('a record that unpacks to more than any state holds is damaged, and its check needs no such memory', () => {
  const head = { sequence: 1, epoch: 1, hash: 'h' }
  const [record] = sealGroup({ kind: 'data', mutations: [{ creds: 'c' }], head, runnerId: 'r', nonce: 'n', cipher })
  if (!record) throw new Error('There is no record.')
  // The content unpacks to 1 GiB of zeros. Its pieces are independent, so that they can be repeated.
  const piece = deflateRawSync(Buffer.alloc(16 * 1024 * 1024), { finishFlush: constants.Z_FULL_FLUSH })
  const bomb = Buffer.concat([Buffer.of(1), ...Array.from({ length: 64 }, () => piece), Buffer.of(3, 0)])
  const bytes = cipher.seal('journal', bomb, JSON.stringify([1, 'data', 2, 1, 'h', 1, 1]))
  const before = process.resourceUsage().maxRSS
  const open = () => openGroup([{ ...record, bytes }], cipher)
  expect(open).toThrow(
    expect.objectContaining({ code: 'journal-damaged', cause: expect.objectContaining({ code: 'ERR_BUFFER_TOO_LARGE' }) }),
  )
  expect((process.resourceUsage().maxRSS - before) / 1024).toBeLessThan(700)
})
