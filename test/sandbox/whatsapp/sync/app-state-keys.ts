// The keys with which a phone and its companions encrypt the app state. The server has none of them.
import { randomBytes } from 'node:crypto'
import { proto } from '@whiskeysockets/baileys'

export type AppStateKey = { id: Buffer; data: Buffer; createdAt: number }

export const newAppStateKey = (): AppStateKey => ({
  id: randomBytes(6),
  data: randomBytes(32),
  createdAt: Math.floor(Date.now() / 1000),
})

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
