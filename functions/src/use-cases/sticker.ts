import type { Media } from '@holdfast/core/message/media-document'
import { isWebp, WEBP } from '@holdfast/core/message/webp'
import { Refusal } from './refusal.ts'

/**
 * Returns a picture as the file of a sticker. Bytes tell more than what their sender calls them; the owner looks at those that it fetches
 * from an address.
 *
 * @param head the first bytes; null for a picture that has an address only
 * @throws Refusal `not-possible`
 */
export function stickerOf(media: Media, head: Buffer | null): Media {
  const isSticker = head ? isWebp(head) : media.mimetype.toLowerCase().split(';')[0]?.trim() === WEBP
  if (isSticker) return { ...media, mimetype: WEBP }
  throw new Refusal('not-possible', 'A sticker has to be a WebP picture (image/webp). Nothing here converts pictures.')
}
