import { isJidNewsletter, proto } from '@whiskeysockets/baileys'
import type { Medium, MediumKind } from '../../media.ts'
import { unwrapped } from '../receive/message-reader.ts'

type Content = proto.IMessage

/** The parts of a message that carry a file. */
const PARTS = {
  imageMessage: 'image',
  videoMessage: 'video',
  ptvMessage: 'ptv',
  audioMessage: 'audio',
  documentMessage: 'document',
  stickerMessage: 'sticker',
} as const satisfies { readonly [Part in keyof Content]?: MediumKind }

/**
 * Returns the medium of an encoded message in a chat. WhatsApp's own clients show a medium for one view on the phone only.
 *
 * The files of channels have no key. Without one nothing but the hash shows whether the bytes are those of the message.
 */
export function mediumIn(message: Uint8Array, chat: string): Medium | null {
  const { content, isViewOnce } = unwrapped(proto.Message.decode(message))
  if (isViewOnce) return null
  for (const [part, kind] of Object.entries(PARTS) as [keyof typeof PARTS, MediumKind][]) {
    const file = content[part]
    if (!file) continue
    const { mediaKey, directPath, fileSha256, fileEncSha256, fileLength, mimetype } = file
    const isInClear = isJidNewsletter(chat) === true && !mediaKey?.length && Boolean(fileSha256?.length)
    if (!directPath || !(mediaKey?.length || isInClear)) return null
    const bytes = Number(fileLength ?? 0)
    return {
      kind,
      mediaKey: mediaKey?.length ? mediaKey : null,
      directPath,
      fileSha256: fileSha256?.length ? fileSha256 : null,
      fileEncSha256: fileEncSha256?.length ? fileEncSha256 : null,
      bytes: bytes > 0 && Number.isSafeInteger(bytes) ? bytes : null,
      mimetype: mimetype || 'application/octet-stream',
      filename: 'fileName' in file ? (file.fileName ?? null) : null,
    }
  }
  return null
}
