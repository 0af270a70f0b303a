// The host of large content: history, snapshots of the app state, and what people send.
import { randomBytes } from 'node:crypto'
import type { IncomingMessage, ServerResponse } from 'node:http'
import type { Faults } from '../faults.ts'
import type { Happenings } from '../happenings.ts'
import { sealMedia } from './encryption.ts'
import type { MediaKind, SealedMedia } from './encryption.ts'

/** The prefix of all files. */
export const MEDIA_PATH = '/media'

/** A message's reference to a file, by which its reader fetches and opens it. */
export type MediaReference = Omit<SealedMedia, 'bytes'> & { directPath: string }

type StoredFile = { phone: string; bytes: Buffer; expired: boolean; requests: number }

const newPath = (): string => `/v/t62.7118-24/${randomBytes(16).toString('hex')}.enc`

/** The number of pieces of a slow download. */
const SLOW_PIECES = 10

export class MediaHost {
  readonly #files = new Map<string, StoredFile>()
  readonly #faults: Faults
  readonly #happenings: Happenings

  constructor(faults: Faults, happenings: Happenings) {
    this.#faults = faults
    this.#happenings = happenings
  }

  put(phone: string, plain: Uint8Array, kind: MediaKind): MediaReference {
    const directPath = newPath()
    const { bytes, ...reference } = sealMedia(plain, kind)
    this.#files.set(directPath, { phone, bytes, expired: false, requests: 0 })
    return { ...reference, directPath }
  }

  /** Keeps a file that a client uploaded. The same bytes have the same path. */
  putUploaded(phone: string, bytes: Buffer, token: string): string {
    const directPath = `/v/t62.7119-24/${token}.enc`
    if (!this.#files.has(directPath)) this.#files.set(directPath, { phone, bytes, expired: false, requests: 0 })
    return directPath
  }

  /** Keeps a file for a channel, which is not encrypted, so that other hosts serve it. */
  putPosted(phone: string, bytes: Buffer, token: string): string {
    const directPath = `/m1/v/t24/${token}`
    if (!this.#files.has(directPath)) this.#files.set(directPath, { phone, bytes, expired: false, requests: 0 })
    return directPath
  }

  bytesOf(directPath: string): Buffer | undefined {
    return this.#files.get(directPath)?.bytes
  }

  /** The status with which an upload fails now; null when it succeeds. */
  uploadFault(phone: string): number | null {
    const fault = this.#faults.takeMediaFault(phone)
    return fault?.kind === 'media-status' ? fault.code : null
  }

  tellUpload(what: 'upload-begun' | 'uploaded', phone: string, path: string): void {
    this.#happenings.tell(what, { phone, path })
  }

  /** Puts the ciphertext of an ended file to a new path, as its sender's phone does. */
  putAgain(directPath: string): string {
    const file = this.#files.get(directPath)
    if (!file) throw new Error(`There is no file ${directPath}.`)
    const path = newPath()
    this.#files.set(path, { ...file, expired: false, requests: 0 })
    return path
  }

  /** Expires files, as some weeks do: one path, or all files of the phone. */
  expire(phone: string, directPath?: string): void {
    for (const [path, file] of this.#files) {
      if (file.phone === phone && (directPath === undefined || directPath === path)) file.expired = true
    }
  }

  /** The number of requests for a file, whatever the answers. */
  requestsOf(directPath: string): number {
    return this.#files.get(directPath)?.requests ?? 0
  }

  serve(request: IncomingMessage, response: ServerResponse): void {
    const path = new URL(request.url ?? '/', 'http://media').pathname.slice(MEDIA_PATH.length)
    const file = this.#files.get(path)
    if (!file) return this.#refuse(response, 404)
    file.requests++
    const answer = (): void => this.#answer(path, file, response)
    if (this.#faults.holdMedia(file.phone, answer)) return this.#tell(path, file, 'hanging')
    answer()
  }

  #answer(path: string, file: StoredFile, response: ServerResponse): void {
    if (response.destroyed) return
    const fault = this.#faults.takeMediaFault(file.phone)
    const status = fault?.kind === 'media-status' ? fault.code : file.expired ? 410 : 200
    if (status !== 200) {
      this.#tell(path, file, status)
      return this.#refuse(response, status)
    }
    this.#tell(path, file, fault?.kind ?? 200)
    response.writeHead(200, { 'content-type': 'application/octet-stream', 'content-length': file.bytes.byteLength })
    if (fault?.kind === 'media-cut') this.#cut(file, response)
    else if (fault?.kind === 'media-slow') this.#trickle(file, response, fault.ms)
    else response.end(fault?.kind === 'media-corrupt' ? withOneBitFlipped(file.bytes) : file.bytes)
  }

  #refuse(response: ServerResponse, status: number): void {
    response.writeHead(status, { 'content-length': 0 }).end()
  }

  /** Breaks the connection after half of the file. */
  #cut({ bytes }: StoredFile, response: ServerResponse): void {
    response.write(bytes.subarray(0, bytes.byteLength / 2), () => response.destroy())
  }

  #trickle({ bytes }: StoredFile, response: ServerResponse, ms: number): void {
    const size = Math.ceil(bytes.byteLength / SLOW_PIECES)
    let sent = 0
    const timer = setInterval(() => {
      response.write(bytes.subarray(sent, sent + size))
      sent += size
      if (sent >= bytes.byteLength) response.end()
    }, ms / SLOW_PIECES)
    response.on('close', () => clearInterval(timer)).on('finish', () => clearInterval(timer))
  }

  #tell(path: string, { phone }: StoredFile, answer: number | string): void {
    this.#happenings.tell('media-request', { phone, path, answer })
  }
}

const withOneBitFlipped = (bytes: Buffer): Buffer => {
  const copy = Buffer.from(bytes)
  const middle = Math.floor(copy.byteLength / 2)
  copy.writeUInt8(copy.readUInt8(middle) ^ 1, middle)
  return copy
}
