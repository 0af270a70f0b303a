import { createPrivateKey, createPublicKey } from 'node:crypto'
import { z } from 'zod'
import type { MovedKind } from './entry-names.ts'
import { readStored } from './stored-json.ts'

/** The shapes in which Baileys and libsignal keep their values. Fields that are not named here are moved as they are. */

const bytes = (...lengths: number[]) =>
  z
    .custom<Buffer>((value) => Buffer.isBuffer(value), 'must be bytes')
    .refine((value) => lengths.length === 0 || lengths.includes(value.length), 'has the wrong length')

/** Bytes in a protobuf, which writes itself as JSON with base64. */
const protobufBytes = z.union([bytes(), z.base64()])

/** Public keys of libsignal may carry a byte for their type in front. */
const keyPair = z
  .looseObject({ public: bytes(32, 33), private: bytes(32) })
  .refine(belongTogether, 'the two keys do not belong together')

const PKCS8 = Buffer.from('302e020100300506032b656e04220420', 'hex')

/** Whether the public key is that of the private one. The check of the lengths comes before, and does not end the reading. */
function belongTogether(pair: { readonly public: Buffer; readonly private: Buffer }): boolean {
  try {
    const key = createPrivateKey({ key: Buffer.concat([PKCS8, pair.private]), format: 'der', type: 'pkcs8' })
    const derived = createPublicKey(key).export({ format: 'der', type: 'spki' }).subarray(-32)
    return derived.equals(pair.public.subarray(-32))
  } catch {
    return false
  }
}

export const credsShape = z.looseObject({
  noiseKey: keyPair,
  signedIdentityKey: keyPair,
  signedPreKey: z.looseObject({ keyPair, signature: bytes(64), keyId: z.int() }),
  registrationId: z.int(),
  advSecretKey: z.string(),
  nextPreKeyId: z.int().positive(),
  firstUnuploadedPreKeyId: z.int().positive(),
  me: z.looseObject({ id: z.string().regex(/^\d+(:\d+)?@s\.whatsapp\.net$/, 'is no JID of a phone') }),
  account: z.looseObject({
    details: protobufBytes,
    accountSignature: protobufBytes,
    deviceSignature: protobufBytes,
  }),
  myAppStateKeyId: z.string().optional(),
})

export type MovedCreds = z.infer<typeof credsShape>

const chain = z.looseObject({
  chainKey: z.looseObject({ counter: z.int() }),
  chainType: z.int(),
  messageKeys: z.record(z.string(), z.string()),
})

const signalSession = z.looseObject({
  currentRatchet: z.looseObject({
    ephemeralKeyPair: z.looseObject({ pubKey: z.string(), privKey: z.string() }),
    lastRemoteEphemeralKey: z.string(),
    rootKey: z.string(),
  }),
  indexInfo: z.looseObject({ baseKey: z.string(), closed: z.number(), used: z.number(), created: z.number() }),
  _chains: z.record(z.string(), chain),
})

const senderKeyState = z.looseObject({
  senderKeyId: z.number(),
  senderChainKey: z.looseObject({ iteration: z.number(), seed: z.unknown() }),
  senderSigningKey: z.looseObject({ public: z.unknown() }),
})

/** Bytes that hold JSON: the states of the keys of one sender in one group. */
const senderKey = bytes().refine((value) => {
  try {
    return z.array(senderKeyState).safeParse(readStored(value.toString())).success
  } catch {
    return false
  }
}, 'does not hold the keys of a sender')

export const VALUE_SHAPES: Readonly<Record<MovedKind, z.ZodType>> = {
  'pre-key': keyPair,
  session: z.looseObject({ _sessions: z.record(z.string(), signalSession) }),
  'sender-key': senderKey,
  'sender-key-memory': z.record(z.string(), z.boolean()),
  'app-state-sync-key': z.looseObject({ keyData: protobufBytes }),
  'app-state-sync-version': z.looseObject({ version: z.number(), hash: bytes(), indexValueMap: z.looseObject({}) }),
  'lid-mapping': z.string().min(1),
  'device-list': z.array(z.string()),
  tctoken: z.looseObject({}),
  'identity-key': bytes(32, 33),
}
