import { createHash, randomBytes } from 'node:crypto'
import type { Media } from '@holdfast/core/message/media-document'
import { incomingFolder, mediaObjectOf } from '@holdfast/core/message/media-document'
import { OPUS_WITHIN_BYTES } from '@holdfast/core/message/ogg-opus'
import type { Bytes } from '@holdfast/core/platform/object-streams'
import { SessionCipher } from '@holdfast/core/security/envelope'
import { openMedia, sealedMedia } from '@holdfast/core/security/media-cipher'
import type { Principal } from '../app/principal.ts'
import type { Dependencies } from './dependencies.ts'
import { discardFile } from './discard-file.ts'
import { cipherOf, findSession } from './find-session.ts'

type Needed = Pick<Dependencies, 'documents' | 'media' | 'wrappingKey' | 'clock' | 'logger'>

export type StoredSource = Extract<Media['source'], { kind: 'stored' }>

/** A file in the object store. */
export interface StoredFile {
  /**
   * Returns the file as a part of a message that this session sends. Bytes that came before their session was known are sealed anew.
   */
  readonly of: (sessionId: string) => Promise<StoredSource>
  /** Removes all that was stored of it. For a request that makes no message. */
  readonly discard: () => Promise<void>
  /** Its first bytes, which tell whether it is a voice message. */
  readonly head: Buffer
}

/**
 * Stores the bytes of a request while they arrive, sealed for the session that it names. A request may name its session behind the
 * bytes: they are then sealed with a key that only this process has, until the session is known.
 *
 * @param session the name of the session; null when it is not known yet
 * @throws Refusal `unknown-session`
 */
export async function storeFile(
  dependencies: Needed,
  principal: Principal,
  { session, bytes }: { readonly session: string | null; readonly bytes: Bytes },
): Promise<StoredFile> {
  const { documents, media, wrappingKey } = dependencies
  const beginning = new Beginning()
  const given = beginning.of(bytes)
  const made = new Set<string>()
  const noted = (source: StoredSource): StoredSource => {
    made.add(source.object)
    return source
  }
  const discard = async (): Promise<void> => {
    await Promise.all([...made].map((object) => discardFile(dependencies, object)))
  }
  if (session !== null) {
    const { id } = await findSession(documents, principal, session)
    const source = noted(await store(dependencies, await cipherOf(documents, id, wrappingKey), mediaObjectOf(id, newId()), given))
    return {
      head: beginning.head,
      discard,
      of: async (sessionId) =>
        sessionId === id ? source : noted(await sealedAnew(dependencies, source, { from: id, to: sessionId })),
    }
  }
  const own = new SessionCipher(`${principal.tenant}.`, new Map([[1, randomBytes(32)]]), 1)
  const source = noted(await store(dependencies, own, `${incomingFolder(principal.tenant)}${newId()}`, given))
  return {
    head: beginning.head,
    discard,
    of: async (sessionId) => {
      const sealed = noted(await copied(dependencies, own, source, sessionId))
      // Not every account may remove objects. Maintenance removes what stays.
      media.remove(source.object).catch(() => {})
      return sealed
    },
  }
}

/** Keeps the first bytes of a stream that passes. */
class Beginning {
  head: Buffer = Buffer.alloc(0)

  async *of(bytes: Bytes): AsyncGenerator<Uint8Array> {
    for await (const part of bytes) {
      if (this.head.length < OPUS_WITHIN_BYTES) this.head = Buffer.concat([this.head, part]).subarray(0, OPUS_WITHIN_BYTES)
      yield part
    }
  }
}

const newId = (): string => randomBytes(20).toString('hex')

async function sealedAnew(
  dependencies: Needed,
  source: StoredSource,
  { from, to }: { from: string; to: string },
): Promise<StoredSource> {
  return copied(dependencies, await cipherOf(dependencies.documents, from, dependencies.wrappingKey), source, to)
}

async function copied(dependencies: Needed, cipher: SessionCipher, source: StoredSource, to: string): Promise<StoredSource> {
  const { documents, media, wrappingKey } = dependencies
  const opened = await openMedia(media, cipher, source.object)
  if (!opened) throw new Error('The bytes of a request are gone.')
  return store(dependencies, await cipherOf(documents, to, wrappingKey), mediaObjectOf(to, newId()), opened.read())
}

async function store({ media }: Needed, cipher: SessionCipher, object: string, given: Bytes): Promise<StoredSource> {
  const hash = createHash('sha256')
  let bytes = 0
  const counted = async function* () {
    for await (const part of given) {
      hash.update(part)
      bytes += part.length
      yield part
    }
  }
  await media.createFrom(object, sealedMedia(cipher, object, counted()))
  return { kind: 'stored', object, bytes, sha256: hash.digest('hex') }
}
