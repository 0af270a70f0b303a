// Peer messages from a phone to its own companions, which no chat shows: app-state keys and references to history.
import type { proto } from '@whiskeysockets/baileys'
import { lidAttr } from '../names.ts'
import { encryptFor, newMessageId } from '../contact-messages.ts'
import type { LinkedDevice } from '../linked-device.ts'
import type { Account } from '../account.ts'
import type { PeerNotice } from './peer-log.ts'

export class PeerMessages {
  /** Resolves with the id when the message is queued for the companion. */
  async send(
    account: Account,
    device: LinkedDevice,
    protocolMessage: proto.Message.IProtocolMessage,
    notice: Omit<PeerNotice, 'id' | 'receipts'>,
  ): Promise<string> {
    const id = newMessageId()
    const attrs = { from: account.pn, type: 'text', category: 'peer', ...lidAttr('sender_lid', account) }
    const sent = { message: { protocolMessage }, attrs }
    account.main.sent.set(id, sent)
    device.peerLog.add({ id, ...notice })
    await account.endpoint.inTurn(() => encryptFor(account.main, device, id, sent))
    return id
  }
}
