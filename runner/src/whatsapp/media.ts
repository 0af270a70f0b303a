import type { Bytes } from '@holdfast/core/platform/object-streams'

/** The interfaces between a session and its WhatsApp client about the bytes of media. */

/** The purpose of a file at WhatsApp, which goes into the derivation of its keys. */
export type MediumKind = 'image' | 'video' | 'ptv' | 'audio' | 'document' | 'sticker'

/** A file at WhatsApp, as a message refers to it. */
export interface Medium {
  readonly kind: MediumKind
  /** Null for a file of a channel, which is not encrypted. */
  readonly mediaKey: Uint8Array | null
  /** The path on WhatsApp's media hosts. It ends after some weeks. */
  readonly directPath: string
  /** Of the bytes, and of their encrypted form; null when the sender left it out. */
  readonly fileSha256: Uint8Array | null
  readonly fileEncSha256: Uint8Array | null
  /** The number of bytes, as the sender says. */
  readonly bytes: number | null
  readonly mimetype: string
  readonly filename: string | null
}

/** The medium cannot be had, now or ever. */
export class MediumLost extends Error {
  /**
   * gone      the file has ended at WhatsApp; the phone may send it again
   * damaged   its bytes are not those of the message
   * no-longer the phone does not have it either, or it is of a channel, whose files no phone sends again
   * too-large it has more bytes than this installation takes
   */
  readonly reason: 'gone' | 'damaged' | 'no-longer' | 'too-large'

  constructor(reason: MediumLost['reason'], options?: { cause?: unknown }) {
    super(`The medium is ${reason}.`, options)
    this.reason = reason
  }
}

/** Reads files at WhatsApp. No connection is needed. */
export interface MediaReader {
  /** The medium of an encoded message in a chat. Null for one without bytes, and for one that only the phone may show. */
  mediumIn(message: Uint8Array, chat: string): Medium | null
  /**
   * The decrypted bytes, checked as they come. Ends with an error when they were not those of the message, so that nobody takes them
   * for whole. Each part is the reader's, who may `release` it.
   *
   * @throws MediumLost `gone` or `damaged`; any other error may pass
   */
  download(medium: Medium, signal: AbortSignal): Bytes
}

/** The message of a medium. */
export interface MediumAddress {
  readonly messageId: string
  readonly chat: string
  readonly participant: string | null
  readonly fromMe: boolean
}

/** Asks the phone for media. */
export interface MediaAsking {
  /**
   * Asks the phone to send a file to WhatsApp once more. Returns its new path.
   *
   * @throws ConnectionEnded
   * @throws MediumLost `no-longer`; any other error may pass
   */
  askForMedium(medium: Medium, address: MediumAddress): Promise<string>
}

/** A file to send to WhatsApp. */
export interface FileToUpload {
  readonly kind: MediumKind
  /** The same for each attempt, so that WhatsApp gets the same bytes again. Null: the file is for a channel, and is not encrypted. */
  readonly mediaKey: Uint8Array | null
  readonly bytes: number
  /**
   * Reads the bytes from their beginning. It is called twice: the path at WhatsApp follows from the encrypted bytes. Each part is the
   * reader's, who may `release` it.
   */
  readonly read: () => Bytes
}

/** A file that WhatsApp has. */
export interface UploadedFile {
  readonly url: string | null
  readonly directPath: string
  readonly fileSha256: Uint8Array
  /** Null for a file that is not encrypted. */
  readonly fileEncSha256: Uint8Array | null
  /** By it the message of a channel names its file. Null where WhatsApp gave none. */
  readonly handle: string | null
}

/** What a connection can do with files. */
export interface ConnectionFiles extends MediaAsking, MediaUploads {}

/** Sends files to WhatsApp. */
export interface MediaUploads {
  /**
   * Sends a file to WhatsApp's media hosts, encrypted unless it is for a channel. No message tells of it yet.
   *
   * @throws ConnectionEnded; any other error may pass
   */
  uploadMedium(file: FileToUpload): Promise<UploadedFile>
}
