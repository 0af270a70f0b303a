import { createHash } from 'node:crypto'
import { expect, test } from 'vitest'
import { participantHash } from './participant-hash.ts'

test('the hash covers all sorted names with agent and device written out, and has six bytes', () => {
  const names = '5511800000001.0:0@s.whatsapp.net5511800000001.0:12@s.whatsapp.net'
  const hash = `2:${createHash('sha256').update(names).digest().subarray(0, 6).toString('base64')}`
  expect(participantHash(['5511800000001:12@s.whatsapp.net', '5511800000001@s.whatsapp.net'])).toBe(hash)
  expect(hash).toMatch(/^2:[A-Za-z0-9+/]{8}$/)
})

test('the hash differs between devices and between addresses', () => {
  const hashes = ['1@lid', '1:1@lid', '1@s.whatsapp.net'].map((jid) => participantHash([jid]))
  expect(new Set(hashes).size).toBe(3)
})
