import type { MediaContent } from '@holdfast/core/message/media-content'
import { convertedObjectOf, fetchedObjectOf, sessionOfMedia } from '@holdfast/core/message/media-document'
import type { UploadedMedia } from '@holdfast/core/message/uploaded-media'
import { parseChatId } from '@holdfast/core/message/chat-id'
import { HoldfastError, isHoldfastError } from '@holdfast/core/platform/errors'
import type { Bytes, ObjectStreams } from '@holdfast/core/platform/object-streams'
import type { Clock } from '@holdfast/core/platform/ports'
import { spent } from '@holdfast/core/platform/release'
import { tenantOf } from '@holdfast/core/session/ids'
import type { SessionCipher } from '@holdfast/core/security/envelope'
import { openMedia, type OpenedMedia, sealedMedia } from '@holdfast/core/security/media-cipher'
import type { MediaUploads, MediumKind } from '../../whatsapp/media.ts'
import { factsOf, isSticker, isVoiceAlready } from './media-facts.ts'
import type { VoiceConverter } from './voice-converter.ts'

export interface OutgoingMediaOptions {
  readonly sessionId: string
  readonly cipher: SessionCipher
  /** Loads the key of another session of the tenant: a message of a pool may have been accepted for another one. */
  readonly cipherOf: (sessionId: string) => Promise<SessionCipher | null>
  readonly store: ObjectStreams
  /** Fetches from hosts outside. Each part is the reader's, who may `release` it. */
  readonly fetchFile: (url: string) => Promise<{ readonly bytes: Bytes }>
  readonly converter: VoiceConverter
  readonly clock: Clock
}

/** WhatsApp's word for a type of content. */
const kindOf = (content: MediaContent): MediumKind => {
  if (content.type === 'video') return content.isNote ? 'ptv' : 'video'
  return content.type === 'voice' ? 'audio' : content.type
}

const cannotUse = (sentence: string, cause?: unknown): HoldfastError =>
  new HoldfastError('cannot-use-media', sentence, cause === undefined ? {} : { cause })

/** A job whose file WhatsApp is to have. */
export interface JobWithFile {
  readonly id: string
  readonly chat: string
}

interface Opened extends OpenedMedia {
  readonly mimetype: string
}

/**
 * Brings the bytes of a message to WhatsApp: from a host outside to the object store, if they are not there yet, and from there to
 * WhatsApp's media host. Each step leaves an object under a name that follows from the job, so that a repeated attempt goes on
 * where the last one ended.
 */
export class OutgoingMedia {
  readonly #options: OutgoingMediaOptions
  /** Uploads under way, by job: a new connection does not begin one anew. */
  readonly #underway = new Map<string, Promise<UploadedMedia>>()

  constructor(options: OutgoingMediaOptions) {
    this.#options = options
  }

  /**
   * Returns the file at WhatsApp.
   *
   * @throws HoldfastError `cannot-use-media` or `address-refused` when no repetition can help; any other error may pass
   */
  upload({ id: jobId, chat }: JobWithFile, content: MediaContent, uploads: MediaUploads): Promise<UploadedMedia> {
    const known = this.#underway.get(jobId)
    if (known) return known
    const upload = this.#upload({ id: jobId, chat }, content, uploads).finally(() => this.#underway.delete(jobId))
    this.#underway.set(jobId, upload)
    return upload
  }

  async #upload({ id: jobId, chat }: JobWithFile, content: MediaContent, uploads: MediaUploads): Promise<UploadedMedia> {
    const { cipher, clock } = this.#options
    const given = await this.#open(jobId, content)
    const opened = content.type === 'voice' && content.converts ? await this.#asVoice(jobId, given) : given
    if (content.type === 'sticker' && !(await isSticker(opened.bytes, (range) => opened.read(range)))) {
      throw cannotUse('A sticker has to be a WebP picture.')
    }
    const facts = await factsOf(opened.mimetype, opened.bytes, (range) => opened.read(range))
    const isForAll = parseChatId(chat)?.kind === 'newsletter'
    const mediaKey = isForAll ? null : cipher.objectKey(`upload/${jobId}`, Buffer.alloc(0), cipher.currentVersion)
    const { bytes } = opened
    const file = await uploads.uploadMedium({ kind: kindOf(content), mediaKey, bytes, read: () => opened.read() })
    return {
      url: file.url,
      directPath: file.directPath,
      mediaKey: mediaKey?.toString('base64') ?? '',
      fileSha256: Buffer.from(file.fileSha256).toString('base64'),
      fileEncSha256: Buffer.from(file.fileEncSha256 ?? []).toString('base64'),
      handle: file.handle,
      bytes,
      mimetype: opened.mimetype,
      atMs: clock.now(),
      ...facts,
    }
  }

  async #open(jobId: string, { media }: MediaContent): Promise<Opened> {
    const { source, mimetype } = media
    if (source.kind === 'stored') {
      const opened = await this.#opened(source.object)
      if (!opened) throw cannotUse('The bytes of the message are no longer kept.')
      return { ...opened, mimetype }
    }
    const { sessionId } = this.#options
    const object = fetchedObjectOf(sessionId, jobId)
    const known = await this.#opened(object)
    if (known) return { ...known, mimetype }
    const fetched = await this.#fetch(source.url)
    await this.#keep(object, fetched.bytes)
    const opened = await this.#opened(object)
    if (!opened) throw new Error('The fetched bytes are not there.')
    return { ...opened, mimetype }
  }

  async #fetch(url: string): Promise<{ readonly bytes: Bytes }> {
    try {
      return await this.#options.fetchFile(url)
    } catch (error) {
      // A host that does not answer now may answer later. Only an error without a code of ours is tried again.
      if (isHoldfastError(error, 'no-answer')) throw new Error(error.message, { cause: error })
      throw error
    }
  }

  /** Programs ask for a conversion by default, also of what needs none, and of hosts that cannot do it. */
  async #asVoice(jobId: string, given: Opened): Promise<Opened> {
    const mimetype = 'audio/ogg; codecs=opus'
    const isVoice = await isVoiceAlready(given.bytes, (range) => given.read(range))
    return isVoice ? { ...given, mimetype } : this.#converted(jobId, given, mimetype)
  }

  async #converted(jobId: string, given: Opened, mimetype: string): Promise<Opened> {
    const { converter, sessionId } = this.#options
    const object = convertedObjectOf(sessionId, jobId)
    const known = await this.#opened(object)
    if (known) return { ...known, mimetype }
    await this.#keep(object, converter.toVoice(given.read()))
    const opened = await this.#opened(object)
    if (!opened) throw new Error('The converted bytes are not there.')
    return { ...opened, mimetype }
  }

  async #keep(object: string, bytes: AsyncIterable<Uint8Array>): Promise<void> {
    const { store, cipher } = this.#options
    try {
      await store.createFrom(object, sealedMedia(cipher, object, spent(bytes)))
    } catch (error) {
      if (!isHoldfastError(error, 'already-exists')) throw error
    }
  }

  async #opened(object: string): Promise<OpenedMedia | null> {
    const { store, cipher, cipherOf, sessionId } = this.#options
    const owner = sessionOfMedia(object)
    if (owner === null || tenantOf(owner) !== tenantOf(sessionId)) {
      throw cannotUse('The bytes of the message lie elsewhere.')
    }
    const key = owner === sessionId ? cipher : await cipherOf(owner)
    return key && openMedia(store, key, object)
  }
}
