// Messages from a phone to one of its own companions, which no chat shows: keys of the app state, and where history lies.
import { randomBytes } from 'node:crypto'
import type { proto } from '@whiskeysockets/baileys'
import type { LinkedDevice } from '../linked-device.ts'
import { timestamp } from '../stanzas.ts'
import type { Account } from '../world.ts'
import type { PeerNotice } from './peer-log.ts'

export class PeerMessages {
  /** Resolves with the id when the message is queued for the companion. */
  async send(
    account: Account,
    device: LinkedDevice,
    protocolMessage: proto.Message.IProtocolMessage,
    notice: Omit<PeerNotice, 'id' | 'receipts'>,
  ): Promise<string> {
    const id = `3A${randomBytes(9).toString('hex').toUpperCase()}`
    const attrs = { from: account.pn, type: 'text', category: 'peer', sender_lid: account.lid }
    const message = { protocolMessage }
    account.main.sent.set(id, { message, attrs })
    device.peerLog.add({ id, ...notice })
    await account.endpoint.inTurn(async () => {
      const { type, ciphertext } = await account.endpoint.encrypt(device.peer, message)
      const enc = { tag: 'enc', attrs: { v: '2', type }, content: ciphertext }
      device.queue.put({ tag: 'message', attrs: { ...attrs, id, t: timestamp() }, content: [enc] })
    })
    return id
  }
}
