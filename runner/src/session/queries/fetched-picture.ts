import { isHoldfastError } from '@holdfast/core/platform/errors'
import type { Bytes } from '@holdfast/core/platform/object-streams'
import { QuestionRefused } from '../../whatsapp/questions.ts'

/** What a caller may send in a request, so that both ways take the same pictures. */
const MOST_BYTES = 500 * 1024

/**
 * Fetches a picture from a host outside. Returns its bytes in base64.
 *
 * @throws QuestionRefused `not-possible` for anything but a JPEG of at most 500 KiB, and when the host does not give it
 */
export async function fetchedPicture(
  fetchFile: (url: string) => Promise<{ readonly bytes: Bytes }>,
  url: string,
): Promise<string> {
  const parts: Uint8Array[] = []
  let bytes = 0
  try {
    const file = await fetchFile(url)
    for await (const part of file.bytes) {
      bytes += part.length
      if (bytes > MOST_BYTES) break
      parts.push(part)
    }
  } catch (error) {
    if (!isHoldfastError(error)) throw error
    throw new QuestionRefused('not-possible', error.message)
  }
  if (bytes > MOST_BYTES) throw new QuestionRefused('not-possible', 'The picture may have at most 500 KiB.')
  const picture = Buffer.concat(parts)
  const isJpeg = picture[0] === 0xff && picture[1] === 0xd8 && picture[2] === 0xff
  if (!isJpeg) throw new QuestionRefused('not-possible', 'The file at the address is no JPEG.')
  return picture.toString('base64')
}
