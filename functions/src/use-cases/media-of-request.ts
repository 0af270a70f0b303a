import type { Media } from '@holdfast/core/message/media-document'
import type { Principal } from '../app/principal.ts'
import { namedSession } from './find-session.ts'
import { type FileKind, mediaTypeOf } from './media-type.ts'
import { Refusal } from './refusal.ts'
import type { StoredFile } from './store-file.ts'

/** A file as a caller gives it. */
export interface GivenFile {
  readonly mimetype?: string | null | undefined
  readonly filename?: string | null | undefined
  readonly url?: string | null | undefined
}

/**
 * Returns the file of a message. The owner of the session fetches it if it has an address only.
 *
 * @param stored the bytes that came with the request
 * @throws Refusal `no-file` without bytes and without an address, or `unknown-session`
 */
export async function mediaOfRequest(
  principal: Principal,
  { session, kind }: { readonly session: string; readonly kind: FileKind },
  { mimetype, filename, url }: GivenFile,
  stored: StoredFile | null,
): Promise<Media> {
  const source = stored ? await stored.of(namedSession(principal, session)) : addressIn(url)
  return { source, mimetype: mimetype || mediaTypeOf(kind, filename, url), filename: filename || null }
}

function addressIn(url: string | null | undefined): Media['source'] {
  if (!url) throw new Refusal('no-file', 'The field file needs an address in url, or the bytes in data.')
  if (URL.canParse(url) && /^https?:$/.test(new URL(url).protocol)) return { kind: 'url', url }
  throw new Refusal('no-file', 'The address in file.url must begin with https:// or http://.')
}
