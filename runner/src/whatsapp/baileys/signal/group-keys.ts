import { BufferJSON, proto } from '@whiskeysockets/baileys'
import type { Transaction } from './transaction.ts'

/** The number of steps by which a sender key can be moved ahead to reach a message. */
const REACH = 2000

/** The shape in which Baileys stores the keys of one sender in one group. */
interface SenderKeyState {
  readonly senderKeyId: number
  readonly senderChainKey: { readonly iteration: number }
  readonly senderSigningKey: { readonly public: Uint8Array }
}

/**
 * Returns true when a received sender key is already stored. A sender sends its key again with every message that is asked for
 * again, and a stanza may be delivered twice. Baileys would store the key each time as one more key, with the counter that it
 * arrives with: after five times it pushes out the key in use, whose counter then falls back.
 *
 * A stored key that is too far behind to reach the received counter is dropped, since Baileys would find it first.
 *
 * @param sender `user.device`, as Signal addresses are written
 */
export function isOldKey(
  transaction: Transaction,
  sender: string,
  { groupId, axolotlSenderKeyDistributionMessage: distribution }: proto.Message.ISenderKeyDistributionMessage,
): boolean {
  if (!groupId || !distribution) return false
  const name = `${groupId}::${sender.replace('.', '::')}`
  const stored = transaction.get('sender-key', [name])[name]
  if (!stored) return false
  const states = JSON.parse(Buffer.from(stored).toString(), BufferJSON.reviver) as SenderKeyState[]
  const { id = 0, iteration = 0, signingKey } = proto.SenderKeyDistributionMessage.decode(distribution.slice(1))
  const isSame = ({ senderKeyId, senderSigningKey }: SenderKeyState): boolean =>
    senderKeyId === id && Buffer.from(senderSigningKey.public).equals(Buffer.from(signingKey ?? []))
  const same = states.find(isSame)
  if (!same) return false
  if ((iteration ?? 0) <= same.senderChainKey.iteration + REACH) return true
  const others = JSON.stringify(states.filter((state) => !isSame(state)))
  transaction.set({ 'sender-key': { [name]: Buffer.from(others) } })
  return false
}
