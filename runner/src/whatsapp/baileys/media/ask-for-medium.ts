import {
  decryptMediaRetryData,
  encryptMediaRetryRequest,
  proto,
  type BaileysEventMap,
  type WASocket,
} from '@whiskeysockets/baileys'
import type { Clock } from '@holdfast/core/platform/ports'
import { MediumLost, type Medium, type MediumAddress } from '../../media.ts'

/** A phone that is online answers within seconds. */
const ANSWERED_WITHIN_MS = 30_000

const { SUCCESS, NOT_FOUND } = proto.MediaRetryNotification.ResultType

/** As an attribute of the stanza has it. */
const NOT_FOUND_CODE = `${NOT_FOUND}`

type Update = BaileysEventMap['messages.media-update'][number]

/** Asks the phone to send a file to WhatsApp once more, and returns its new path. Not Baileys' own function, which waits without end. */
export async function askForMedium(
  socket: WASocket,
  { mediaKey }: Medium,
  { messageId, chat, participant, fromMe }: MediumAddress,
  clock: Clock,
): Promise<string> {
  // A post is its channel's: our phone does not keep its file.
  if (!mediaKey) throw new MediumLost('no-longer')
  const me = socket.authState.creds.me?.id
  if (me === undefined) throw new Error('Only a linked device can ask its phone.')
  const key = { id: messageId, remoteJid: chat, fromMe, ...(participant === null ? {} : { participant }) }
  const { promise, resolve, reject } = Promise.withResolvers<Update>()
  // The request may wait for the journal for longer than the phone has time, and nobody waits for the answer yet.
  promise.catch(() => {})
  const hear = (updates: readonly Update[]): void => {
    const own = updates.find((update) => update.key.id === messageId)
    if (own) resolve(own)
  }
  const late = (): void => reject(new Error('The phone did not answer.'))
  const stopWaiting = clock.after(ANSWERED_WITHIN_MS, late, 'media-downloads')
  socket.ev.on('messages.media-update', hear)
  try {
    await socket.sendNode(encryptMediaRetryRequest(key, mediaKey, me))
    return pathIn(await promise, mediaKey, messageId)
  } finally {
    stopWaiting()
    socket.ev.off('messages.media-update', hear)
  }
}

function pathIn({ media, error }: Update, mediaKey: Uint8Array, messageId: string): string {
  if (!media) {
    const { code } = (error?.data ?? {}) as { code?: unknown }
    throw code === NOT_FOUND_CODE
      ? new MediumLost('no-longer', { cause: error })
      : new Error('The phone refused.', { cause: error })
  }
  const { result, directPath } = decryptMediaRetryData(media, mediaKey, messageId)
  if (result === SUCCESS && directPath) return directPath
  throw result === NOT_FOUND ? new MediumLost('no-longer') : new Error(`The phone answered with result ${result}.`)
}
