import { createECDH, createPublicKey, verify } from 'node:crypto'
import { expect, test } from 'vitest'
import { encryptPush, hasPushKeys, newPushKeys, pushAuthorization } from './web-push.ts'

/** The example of RFC 8291, section 5 and appendix A. */
const RFC = {
  message: 'When I grow up, I want to be a watermelon',
  p256dh: 'BCVxsr7N_eNgVRqvHtD0zTZsEc6-VV-JvLexhqUzORcxaOzi6-AYWXvTBHm4bjyPjs7Vd8pZGH6SRpkNtoIAiw4',
  auth: 'BTBZMqHH6r4Tts7J_aSIgg',
  privateKey: 'yfWPiYE-n46HLnH0KqZOF1fJJU3MYrct3AELtAQ-oRw',
  salt: 'DGv6ra1nlYgDCS1FRnbzlw',
  body:
    'DGv6ra1nlYgDCS1FRnbzlwAAEABBBP4z9KsN6nGRTbVYI_c7VJSPQTBtkgcy27mlmlMoZIIgDll6e3vCYLocInmYWAmS6TlzAC8wEqKK6PBru3jl7A_yl95bQpu6cVPT' +
    'pK4Mqgkf1CXztLVBSt2Ks3oZwbuwXPXLWyouBWLVWGNWQexSgSxsj_Qulcy4a-fN',
}

test('a message is encrypted as in the example of RFC 8291', () => {
  const { message, p256dh, auth, privateKey, salt, body } = RFC
  const fixed = { privateKey, salt: Buffer.from(salt, 'base64url') }
  expect(encryptPush(Buffer.from(message), { p256dh, auth }, fixed).toString('base64url')).toBe(body)
})

test('a request is signed for its push service, for half a day', () => {
  const keys = newPushKeys()
  const nowMs = 1_700_000_000_000
  const header = pushAuthorization('https://push.example.net/send/abc', keys, { contact: 'mailto:ops@example.com', nowMs })
  const [, token = '', key] = /^vapid t=([\w.-]+), k=([\w-]+)$/.exec(header) ?? []
  expect(key).toBe(keys.publicKey)
  const [head = '', claims = '', signature = ''] = token.split('.')
  expect(JSON.parse(Buffer.from(claims, 'base64url').toString())).toEqual({
    aud: 'https://push.example.net',
    exp: 1_700_000_000 + 12 * 3600,
    sub: 'mailto:ops@example.com',
  })
  const point = Buffer.from(keys.publicKey, 'base64url')
  const [x, y] = [point.subarray(1, 33).toString('base64url'), point.subarray(33).toString('base64url')]
  const publicKey = createPublicKey({ key: { kty: 'EC', crv: 'P-256', x, y }, format: 'jwk' })
  const signed = Buffer.from(`${head}.${claims}`)
  const isValid = verify('sha256', signed, { key: publicKey, dsaEncoding: 'ieee-p1363' }, Buffer.from(signature, 'base64url'))
  expect(isValid).toBe(true)
})

test('keys of a subscription that are none are told apart', () => {
  const { p256dh, auth } = RFC
  expect(hasPushKeys({ p256dh, auth })).toBe(true)
  expect(hasPushKeys({ p256dh, auth: 'c2hvcnQ' })).toBe(false)
  expect(hasPushKeys({ p256dh: 'AAAA', auth })).toBe(false)
  const point = Buffer.from(createECDH('prime256v1').generateKeys())
  point[40] = (point[40] ?? 0) ^ 1
  expect(hasPushKeys({ p256dh: point.toString('base64url'), auth })).toBe(false)
})
