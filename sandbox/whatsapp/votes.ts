// Votes and answers as WhatsApp's clients encrypt them: once more, with the secret of the poll or the event.
import { createCipheriv, createHash, createHmac, randomBytes } from 'node:crypto'
import { proto } from '@whiskeysockets/baileys'

/** The message that is answered, as its author's client named it. */
export type Asked = { id: string; author: string; secret: Uint8Array; key: proto.IMessageKey }

const hmac = (key: Uint8Array, data: Uint8Array): Buffer => createHmac('sha256', key).update(data).digest()

const sealed = ({ id, author, secret }: Asked, writer: string, purpose: string, plain: Uint8Array) => {
  const info = Buffer.concat([Buffer.from(`${id}${author}${writer}${purpose}`), Buffer.of(1)])
  const encIv = randomBytes(12)
  const cipher = createCipheriv('aes-256-gcm', hmac(hmac(Buffer.alloc(32), secret), info), encIv)
  cipher.setAAD(Buffer.from(`${id}\u0000${writer}`))
  return { encIv, encPayload: Buffer.concat([cipher.update(plain), cipher.final(), cipher.getAuthTag()]) }
}

export const voteFor = (asked: Asked, voter: string, options: readonly string[]): proto.IMessage => {
  const selectedOptions = options.map((option) => createHash('sha256').update(option).digest())
  const plain = proto.Message.PollVoteMessage.encode({ selectedOptions }).finish()
  const vote = sealed(asked, voter, 'Poll Vote', plain)
  return { pollUpdateMessage: { pollCreationMessageKey: asked.key, vote, senderTimestampMs: Date.now() } }
}

export const answerTo = (asked: Asked, responder: string, response: 'GOING' | 'NOT_GOING' | 'MAYBE'): proto.IMessage => {
  const { EventResponseType } = proto.Message.EventResponseMessage
  const plain = proto.Message.EventResponseMessage.encode({
    response: EventResponseType[response],
    timestampMs: Date.now(),
  }).finish()
  return { encEventResponseMessage: { eventCreationMessageKey: asked.key, ...sealed(asked, responder, 'Event Response', plain) } }
}
