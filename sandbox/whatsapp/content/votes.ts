// A vote in a poll: sealed with the secret of the poll's message, and readable for those who have it.
import { createDecipheriv, createHash, hkdfSync } from 'node:crypto'
import { proto } from '@whiskeysockets/baileys'

type Poll = {
  id: string
  secret: Uint8Array
  options: readonly string[]
  /** All names of who made the poll, and of who votes. A client tries those that the chat knows. */
  creators: readonly string[]
  voters: readonly string[]
}

const TAG_BYTES = 16
const NONCE_BYTES = 12

const sha256 = (text: string): string => createHash('sha256').update(text).digest('base64')

/** Returns the chosen options. Undefined when the vote opens under no names, or names an option that the poll lacks. */
export const openVote = ({ encPayload, encIv }: proto.Message.IPollEncValue, poll: Poll): string[] | undefined => {
  if (!encPayload || encIv?.length !== NONCE_BYTES) return undefined
  for (const creator of poll.creators) {
    for (const voter of poll.voters) {
      const plain = open(encPayload, encIv, poll, creator, voter)
      if (plain) return chosenIn(proto.Message.PollVoteMessage.decode(plain), poll.options)
    }
  }
  return undefined
}

const open = (
  sealed: Uint8Array,
  nonce: Uint8Array,
  { id, secret }: Poll,
  creator: string,
  voter: string,
): Buffer | undefined => {
  const info = `${id}${creator}${voter}Poll Vote`
  const key = Buffer.from(hkdfSync('sha256', secret, Buffer.alloc(0), info, 32))
  const decipher = createDecipheriv('aes-256-gcm', key, nonce)
  decipher.setAAD(Buffer.from(`${id}\0${voter}`)).setAuthTag(sealed.subarray(-TAG_BYTES))
  try {
    return Buffer.concat([decipher.update(sealed.subarray(0, -TAG_BYTES)), decipher.final()])
  } catch {
    return undefined
  }
}

const chosenIn = ({ selectedOptions }: proto.Message.IPollVoteMessage, options: readonly string[]): string[] | undefined => {
  const chosen = (selectedOptions ?? []).map((hash) =>
    options.find((option) => sha256(option) === Buffer.from(hash).toString('base64')),
  )
  return chosen.includes(undefined) ? undefined : chosen.filter((option) => option !== undefined)
}
