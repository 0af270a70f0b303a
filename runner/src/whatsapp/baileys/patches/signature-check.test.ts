import { Curve, WA_CERT_DETAILS } from '@whiskeysockets/baileys'
import { expect, test } from 'vitest'
import { patchSignatureCheck } from './signature-check.ts'

const signer = Curve.generateKeyPair()
const stranger = Curve.generateKeyPair()
const message = Buffer.from('signed by the one, said to be by the other')
const signature = Curve.sign(signer.private, message)

// The tests need this order: the patch freezes `Curve` for the rest of the process.

test('Baileys without the patch accepts every signature', () => {
  expect(
    [
      Curve.verify(stranger.public, message, signature),
      Curve.verify(signer.public, Buffer.from('another message'), signature),
      Curve.verify(signer.public, message, Buffer.alloc(64, 7)),
    ],
    'Baileys now checks signatures: remove signature-check.ts, its use in install-patches.ts and the setting SIGNATURE_CHECK.',
  ).toEqual([true, true, true])
})

test('Baileys with the patch accepts only the right signature and reports each wrong one', () => {
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

test('Baileys with the patch lets no code replace the check or the pinned key of WhatsApp', () => {
  expect(() => Object.assign(Curve, { verify: () => true })).toThrow(TypeError)
  expect(() => Object.assign(WA_CERT_DETAILS, { PUBLIC_KEY: Buffer.alloc(32) })).toThrow(TypeError)
})
