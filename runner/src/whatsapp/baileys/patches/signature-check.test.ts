import { Curve, WA_CERT_DETAILS } from '@whiskeysockets/baileys'
import { expect, test } from 'vitest'
import { patchSignatureCheck } from './signature-check.ts'

const signer = Curve.generateKeyPair()
const stranger = Curve.generateKeyPair()
const message = Buffer.from('signed by the one, said to be by the other')
const signature = Curve.sign(signer.private, message)

// One story, in this order: the mend freezes what it mends, for the rest of the process.

test('Baileys as it is takes any signature for a good one', () => {
  expect(
    [
      Curve.verify(stranger.public, message, signature),
      Curve.verify(signer.public, Buffer.from('another message'), signature),
      Curve.verify(signer.public, message, Buffer.alloc(64, 7)),
    ],
    'Baileys looks at the result of the check: signature-check.ts, its use in mends.ts and the setting SIGNATURE_CHECK can go.',
  ).toEqual([true, true, true])
})

test('mended: only the right signature passes, and each wrong one is reported', () => {
  let invalid = 0
  patchSignatureCheck('enforce', () => invalid++)
  expect(Curve.verify(signer.public, message, signature)).toBe(true)
  expect(invalid).toBe(0)
  expect(Curve.verify(stranger.public, message, signature)).toBe(false)
  expect(Curve.verify(signer.public, Buffer.from('another message'), signature)).toBe(false)
  expect(Curve.verify(signer.public, message, Buffer.alloc(64, 7))).toBe(false)
  expect(Curve.verify(signer.public, message, Buffer.alloc(10))).toBe(false)
  expect(Curve.verify(null as never, message, signature)).toBe(false)
  expect(invalid).toBe(5)
})

test('mended: neither the check nor the pinned key of WhatsApp can be exchanged any more', () => {
  expect(() => Object.assign(Curve, { verify: () => true })).toThrow(TypeError)
  expect(() => Object.assign(WA_CERT_DETAILS, { PUBLIC_KEY: Buffer.alloc(32) })).toThrow(TypeError)
})
