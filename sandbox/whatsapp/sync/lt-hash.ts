// A hash of a set that members join and leave without knowledge of the others: the sum of 64 words of 16 bits derived from
// each. It is an independent implementation, because it checks the results of Baileys' own.
import { hkdf } from '@whiskeysockets/baileys'

const BYTES = 128
const WORDS = BYTES / 2

export const EMPTY_HASH: Buffer = Buffer.alloc(BYTES)

type Step = (sum: number, word: number) => number

const combine = (hash: Buffer, member: Uint8Array, step: Step): Buffer => {
  const derived = Buffer.from(hkdf(Buffer.from(member), BYTES, { info: 'WhatsApp Patch Integrity' }))
  const result = Buffer.alloc(BYTES)
  for (let n = 0; n < WORDS; n++) {
    result.writeUInt16LE(step(hash.readUInt16LE(2 * n), derived.readUInt16LE(2 * n)) & 0xffff, 2 * n)
  }
  return result
}

export const changeHash = (hash: Buffer, removed: readonly Uint8Array[], added: readonly Uint8Array[]): Buffer => {
  const without = removed.reduce<Buffer>((sum, member) => combine(sum, member, (a, b) => a - b), hash)
  return added.reduce<Buffer>((sum, member) => combine(sum, member, (a, b) => a + b), without)
}
