import { createCipheriv, createHash, createHmac, randomBytes } from 'node:crypto'
import { isLidUser, jidNormalizedUser, normalizeMessageContent, proto } from '@whiskeysockets/baileys'
import type { ContentOf } from '@holdfast/core/message/content'
import { HoldfastError } from '@holdfast/core/platform/errors'
import { pollIn } from '../receive/message-kinds.ts'
import type { ComposeOptions } from './compose-options.ts'
import { authorOf, keyOf } from './names-in-messages.ts'

/**
 * A vote in a poll, sealed with the secret that the poll's message carries, so that only those who have the poll can read it.
 *
 * @throws HoldfastError `cannot-compose` when the poll is gone, is none, or lacks an option
 */
export function voteBody(content: ContentOf<'poll-vote'>, { source, me, nowMs }: ComposeOptions): proto.IMessage {
  const message = source && proto.Message.decode(source)
  const poll = normalizeMessageContent(message ?? undefined) ?? {}
  const created = pollIn(poll)
  const secret = (message?.messageContextInfo ?? poll.messageContextInfo)?.messageSecret
  if (!created || !secret)
    throw new HoldfastError('cannot-compose', 'The message to vote in is no poll, or is not stored any more.')
  const options = created.options?.map(({ optionName }) => optionName) ?? []
  if (!content.options.every((option) => options.includes(option))) {
    throw new HoldfastError('cannot-compose', 'The poll does not have the option to vote for.')
  }
  const limit = created.selectableOptionsCount ?? 0
  if (limit > 0 && content.options.length > limit) {
    throw new HoldfastError('cannot-compose', `The poll takes at most ${limit} of its options.`)
  }
  const author = authorOf(content.poll, me)
  const voter = jidNormalizedUser((isLidUser(author) && me.lid) || me.id)
  const selectedOptions = content.options.map((option) => createHash('sha256').update(option).digest())
  const plain = proto.Message.PollVoteMessage.encode({ selectedOptions }).finish()
  const vote = sealed(plain, { secret, pollId: content.poll.messageId, author, voter })
  return { pollUpdateMessage: { pollCreationMessageKey: keyOf(content.poll), vote, senderTimestampMs: nowMs, metadata: {} } }
}

/** Seals a vote by WhatsApp's rule: AES-256-GCM, with a key made of the poll's secret and of who votes in what. */
function sealed(
  plain: Uint8Array,
  { secret, pollId, author, voter }: { secret: Uint8Array; pollId: string; author: string; voter: string },
): proto.Message.IPollEncValue {
  const purpose = Buffer.concat([Buffer.from(`${pollId}${author}${voter}Poll Vote`), Buffer.of(1)])
  const pseudoRandom = createHmac('sha256', Buffer.alloc(32)).update(secret).digest()
  const key = createHmac('sha256', pseudoRandom).update(purpose).digest()
  const encIv = randomBytes(12)
  const cipher = createCipheriv('aes-256-gcm', key, encIv).setAAD(Buffer.from(`${pollId}\0${voter}`))
  const encPayload = Buffer.concat([cipher.update(plain), cipher.final(), cipher.getAuthTag()])
  return { encPayload, encIv }
}
