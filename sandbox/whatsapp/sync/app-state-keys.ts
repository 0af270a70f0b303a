// Keys of the app state, which a phone shares with its companions. The server has none of them.
import { randomBytes } from 'node:crypto'
import { hkdf, proto } from '@whiskeysockets/baileys'

export type AppStateKey = {
  id: Buffer
  data: Buffer
  createdAt: number
  /** Keys derived from `data`, each for one use. */
  index: Buffer
  encryption: Buffer
  valueMac: Buffer
  snapshotMac: Buffer
  patchMac: Buffer
}

const PART = 32

export const newAppStateKey = (): AppStateKey => {
  const data = randomBytes(PART)
  const derived = Buffer.from(hkdf(data, 5 * PART, { info: 'WhatsApp Mutation Keys' }))
  const part = (n: number): Buffer => derived.subarray(n * PART, (n + 1) * PART)
  return {
    id: randomBytes(6),
    data,
    createdAt: Math.floor(Date.now() / 1000),
    index: part(0),
    encryption: part(1),
    valueMac: part(2),
    snapshotMac: part(3),
    patchMac: part(4),
  }
}

export const keyName = (id: Uint8Array): string => Buffer.from(id).toString('base64')

/** The message by which a phone hands keys to a companion. */
export const keyShare = (keys: readonly AppStateKey[]): proto.Message.IProtocolMessage => ({
  type: proto.Message.ProtocolMessage.Type.APP_STATE_SYNC_KEY_SHARE,
  appStateSyncKeyShare: {
    keys: keys.map(({ id, data, createdAt }, n) => ({
      keyId: { keyId: id },
      keyData: {
        keyData: data,
        timestamp: createdAt,
        fingerprint: { rawId: 1, currentIndex: n + 1, deviceIndexes: [0] },
      },
    })),
  },
})
