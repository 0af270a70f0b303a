import { createCipheriv, createECDH, createPrivateKey, type ECDH, hkdfSync, randomBytes, sign } from 'node:crypto'
import { HoldfastError } from '../platform/errors.ts'

/**
 * Messages for browsers that no page has open (web push): encrypted for one browser (RFC 8291, one record of RFC 8188), and signed so that
 * its push service knows the sender (VAPID, RFC 8292). All keys are base64url: public ones the 65 bytes of an uncompressed point of P-256.
 */
const CURVE = 'prime256v1'
const POINT_BYTES = 65
const SECRET_BYTES = 16
const RECORD_BYTES = 4096

/** The largest message. Push services take a body of 4096 bytes, of which the encryption needs 103. */
export const MOST_PUSH_BYTES = 3993

/** The keys by which push services know an installation. */
export interface PushKeys {
  readonly publicKey: string
  readonly privateKey: string
}

/** Where a browser gets its messages, and the keys with which it opens them. */
export interface PushSubscription {
  readonly endpoint: string
  readonly p256dh: string
  readonly auth: string
}

export function newPushKeys(): PushKeys {
  const pair = createECDH(CURVE)
  return { publicKey: pair.generateKeys('base64url'), privateKey: pair.getPrivateKey('base64url') }
}

/** Whether the keys of a subscription have their form. */
export function hasPushKeys({ p256dh, auth }: Pick<PushSubscription, 'p256dh' | 'auth'>): boolean {
  try {
    const pair = createECDH(CURVE)
    pair.generateKeys()
    sharedSecret(pair, p256dh)
    return Buffer.from(auth, 'base64url').length === SECRET_BYTES
  } catch {
    return false
  }
}

/**
 * Encrypts a message for one browser. Both random values are only given by tests.
 *
 * @throws HoldfastError `bad-document` when the subscription's key is none
 */
export function encryptPush(
  message: Buffer,
  { p256dh, auth }: Pick<PushSubscription, 'p256dh' | 'auth'>,
  { privateKey = newPushKeys().privateKey, salt = randomBytes(SECRET_BYTES) } = {},
): Buffer {
  const pair = createECDH(CURVE)
  pair.setPrivateKey(privateKey, 'base64url')
  const [receiver, sender] = [Buffer.from(p256dh, 'base64url'), pair.getPublicKey()]
  const info = Buffer.concat([Buffer.from('WebPush: info\0'), receiver, sender])
  const secret = hkdfSync('sha256', sharedSecret(pair, p256dh), Buffer.from(auth, 'base64url'), info, 32)
  const derived = (label: string, bytes: number): Buffer =>
    Buffer.from(hkdfSync('sha256', Buffer.from(secret), salt, `Content-Encoding: ${label}\0`, bytes))
  const cipher = createCipheriv('aes-128-gcm', derived('aes128gcm', 16), derived('nonce', 12))
  // 2 marks the last record.
  const sealed = [cipher.update(Buffer.concat([message, Buffer.from([2])])), cipher.final(), cipher.getAuthTag()]
  const size = Buffer.alloc(4)
  size.writeUInt32BE(RECORD_BYTES)
  return Buffer.concat([salt, size, Buffer.from([POINT_BYTES]), sender, ...sealed])
}

/** @throws HoldfastError `bad-document` */
function sharedSecret(pair: ECDH, point: string): Buffer {
  try {
    return pair.computeSecret(point, 'base64url')
  } catch (cause) {
    throw new HoldfastError('bad-document', 'The public key of a push subscription is no point of P-256.', { cause })
  }
}

/** How long the token of a request is valid, ms. Push services refuse more than a day. */
const TOKEN_LASTS_MS = 12 * 60 * 60_000

/**
 * Returns the header `Authorization` with which a push service takes a message.
 *
 * @param contact an address (`mailto:` or `https:`) at which the push service reaches whoever sends
 */
export function pushAuthorization(
  endpoint: string,
  { publicKey, privateKey }: PushKeys,
  { contact, nowMs }: { readonly contact: string; readonly nowMs: number },
): string {
  const point = Buffer.from(publicKey, 'base64url')
  const [x, y] = [point.subarray(1, 33).toString('base64url'), point.subarray(33).toString('base64url')]
  const key = createPrivateKey({ key: { kty: 'EC', crv: 'P-256', x, y, d: privateKey }, format: 'jwk' })
  const claims = { aud: new URL(endpoint).origin, exp: Math.floor((nowMs + TOKEN_LASTS_MS) / 1000), sub: contact }
  const encoded = [{ typ: 'JWT', alg: 'ES256' }, claims].map((part) => Buffer.from(JSON.stringify(part)).toString('base64url'))
  const signed = encoded.join('.')
  const signature = sign('sha256', Buffer.from(signed), { key, dsaEncoding: 'ieee-p1363' }).toString('base64url')
  return `vapid t=${signed}.${signature}, k=${publicKey}`
}
