import type { proto } from '@whiskeysockets/baileys'
import type { MediaContent } from '@holdfast/core/message/media-content'
import type { UploadedMedia } from '@holdfast/core/message/uploaded-media'

const VOICE = 'audio/ogg; codecs=opus'

/** Makes the body of a message whose file WhatsApp already has. */
export function mediaBody(
  content: MediaContent,
  upload: UploadedMedia,
  context: { contextInfo?: proto.IContextInfo },
): proto.IMessage {
  const { media, caption } = content
  const text = caption ? { caption } : {}
  const file = {
    ...(upload.url === null ? {} : { url: upload.url }),
    directPath: upload.directPath,
    ...keyOf(upload),
    fileSha256: Buffer.from(upload.fileSha256, 'base64'),
    fileLength: upload.bytes,
    mimetype: upload.mimetype,
    ...context,
  }
  const length = upload.seconds === null ? {} : { seconds: upload.seconds }
  switch (content.type) {
    case 'image':
      return { imageMessage: { ...file, ...text, ...upload.size } }
    case 'video':
      return content.isNote ? { ptvMessage: { ...file, ...length } } : { videoMessage: { ...file, ...text, ...length } }
    case 'voice':
      // A phone plays a voice message only under this type.
      return {
        audioMessage: {
          ...file,
          ptt: true,
          ...length,
          mimetype: upload.mimetype.startsWith('audio/ogg') ? VOICE : upload.mimetype,
        },
      }
    case 'sticker':
      return { stickerMessage: { ...file, ...upload.size, ...(upload.isAnimated ? { isAnimated: true } : {}) } }
    case 'document': {
      const fileName = media.filename ?? 'file'
      const documentMessage = { ...file, fileName, title: fileName, ...text }
      return caption ? { documentWithCaptionMessage: { message: { documentMessage } } } : { documentMessage }
    }
  }
}

/** What opens an encrypted file. One of a channel is not encrypted. */
function keyOf({ mediaKey, fileEncSha256, atMs }: UploadedMedia) {
  if (mediaKey === '') return {}
  return {
    mediaKey: Buffer.from(mediaKey, 'base64'),
    mediaKeyTimestamp: Math.floor(atMs / 1000),
    fileEncSha256: Buffer.from(fileEncSha256, 'base64'),
  }
}
