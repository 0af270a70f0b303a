// Uploads of clients: the ticket that a client gets, the file that it sends, and the file as the recipient of its message opens it.
import { createDecipheriv, createHash, createHmac, randomBytes } from 'node:crypto'
import type { IncomingMessage, ServerResponse } from 'node:http'
import { hkdf, normalizeMessageContent, type proto } from '@whiskeysockets/baileys'
import type { Violations } from '../strictness.ts'
import type { Stanza } from '../stanzas.ts'
import { KEY_LABELS, MAC_BYTES } from './encryption.ts'
import type { MediaKind } from './encryption.ts'
import { MEDIA_PATH } from './host.ts'
import type { MediaHost } from './host.ts'

const MEDIA_HOST = 'mmg.whatsapp.net'
const TICKET_LIVES_S = 3600

/** What a contact has after it opened the file of a message. */
export type ReceivedFile = {
  kind: string
  mimetype: string
  filename: string | null
  caption: string | null
  bytes: number
  sha256: string
  path: string
}

const PARTS = {
  imageMessage: 'image',
  videoMessage: 'video',
  ptvMessage: 'video',
  audioMessage: 'audio',
  documentMessage: 'document',
  stickerMessage: 'sticker',
} as const satisfies Record<string, MediaKind>

/** The parts of a post, by the end of the path to which their file is uploaded: the server's word for it. */
const POSTED_PARTS = {
  imageMessage: 'image',
  videoMessage: 'video',
  ptvMessage: 'ptv',
  audioMessage: 'ptt',
  documentMessage: 'document',
  stickerMessage: 'sticker',
} as const satisfies Record<keyof typeof PARTS, string>

const POSTED = new RegExp(`^${MEDIA_PATH}/newsletter/newsletter-([a-z]+)/`)

/** What the stanza of a post says of its file. */
export type StatedFile = { type: string | undefined; handle: string | undefined; mediaType: string | undefined }

const sha256 = (bytes: Uint8Array): Buffer => createHash('sha256').update(bytes).digest()

export class Uploads {
  readonly #host: MediaHost
  readonly #violations: Violations
  readonly #tickets = new Map<string, string>()
  /** The files for channels: how they were uploaded, and the handle that their post has to give. */
  readonly #posted = new Map<string, { kind: string; handle: string }>()
  /** How often the same bytes were uploaded. */
  readonly #times = new Map<string, number>()

  constructor(host: MediaHost, violations: Violations) {
    this.#host = host
    this.#violations = violations
  }

  /** The answer to the question for the media hosts. */
  ticketFor(phone: string): Stanza {
    const auth = randomBytes(24).toString('base64')
    this.#tickets.set(auth, phone)
    const host = { tag: 'host', attrs: { hostname: MEDIA_HOST, maxContentLengthBytes: String(2 * 1024 ** 3) } }
    return { tag: 'media_conn', attrs: { auth, ttl: String(TICKET_LIVES_S), auth_ttl: String(TICKET_LIVES_S) }, content: [host] }
  }

  timesOf(directPath: string): number {
    return this.#times.get(directPath) ?? 0
  }

  async take(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const { pathname, searchParams } = new URL(request.url ?? '/', 'http://media')
    const phone = this.#tickets.get(searchParams.get('auth') ?? '')
    if (phone === undefined) return this.#refuse(response, 401, 'an upload without a valid ticket')
    this.#host.tellUpload('upload-begun', phone, pathname)
    const parts: Buffer[] = []
    for await (const part of request) parts.push(part as Buffer)
    const bytes = Buffer.concat(parts)
    const token = sha256(bytes).toString('base64url')
    const isSame = searchParams.get('token') === token && pathname.endsWith(`/${token}`)
    if (!isSame) return this.#refuse(response, 400, `${phone} uploaded a file whose token is not its hash`)
    if (request.headers['content-length'] === undefined) return this.#refuse(response, 411, `${phone} uploaded without a length`)
    const answer = this.#host.uploadFault(phone)
    if (answer !== null) return void response.writeHead(answer, { 'content-length': 0 }).end()
    const kind = POSTED.exec(pathname)?.[1]
    const directPath =
      kind === undefined ? this.#host.putUploaded(phone, bytes, token) : this.#host.putPosted(phone, bytes, `${kind}-${token}`)
    if (kind !== undefined && !this.#posted.has(directPath))
      this.#posted.set(directPath, { kind, handle: `4::${randomBytes(12).toString('base64url')}` })
    this.#times.set(directPath, this.timesOf(directPath) + 1)
    this.#host.tellUpload('uploaded', phone, directPath)
    response.writeHead(200, { 'content-type': 'application/json' })
    const handle = this.#posted.get(directPath)?.handle
    response.end(JSON.stringify({ url: `https://${MEDIA_HOST}${directPath}`, direct_path: directPath, handle }))
  }

  /** Opens the file of a message as its recipient does. What a real phone could not open is a violation. */
  open(message: proto.IMessage, of: string): ReceivedFile | undefined {
    const found = fileIn(message)
    if (!found) return undefined
    const fault = this.#faultOf(found.file, PARTS[found.part])
    if (fault !== undefined) this.#violations.record('undecryptable', `the file of ${of} ${fault}`)
    return described(found)
  }

  /** The same of a post of a channel. Its members see no file that was not uploaded for a channel, or whose post does not say what it is. */
  openPosted(message: proto.IMessage, of: string, stated: StatedFile): ReceivedFile | undefined {
    const found = fileIn(message)
    if (!found) return undefined
    const fault = this.#faultOfPosted(found, stated)
    if (fault !== undefined) this.#violations.record('undecryptable', `the file of ${of} ${fault}`)
    return described(found)
  }

  #faultOfPosted({ part, file }: Found, { type, handle, mediaType }: StatedFile): string | undefined {
    const path = file.directPath ?? ''
    const bytes = this.#host.bytesOf(path)
    const known = this.#posted.get(path)
    if (!bytes || !known) return 'is not at the media host of channels'
    if (file.mediaKey?.length || file.fileEncSha256?.length) return 'has a key, although nobody encrypts it'
    if (!sha256(bytes).equals(Buffer.from(file.fileSha256 ?? []))) return 'has another hash than the message says'
    if (bytes.length !== Number(file.fileLength)) return 'has another length than the message says'
    const kind = POSTED_PARTS[part]
    if (known.kind !== kind) return `was uploaded as ${known.kind}, and is ${kind}`
    if (type !== 'media' || mediaType !== kind) return `is called ${type} and ${mediaType ?? 'nothing'} by its stanza`
    return known.handle === handle ? undefined : `goes by the handle ${handle ?? 'none'}, which is not its own`
  }

  #faultOf(file: proto.Message.IImageMessage, kind: MediaKind): string | undefined {
    const bytes = this.#host.bytesOf(file.directPath ?? '')
    if (!bytes) return 'is not at the media host'
    if (!sha256(bytes).equals(Buffer.from(file.fileEncSha256 ?? []))) return 'has another hash than the message says'
    const keys = Buffer.from(hkdf(Buffer.from(file.mediaKey ?? []), 112, { info: KEY_LABELS[kind] }))
    const [iv, sealed] = [keys.subarray(0, 16), bytes.subarray(0, -MAC_BYTES)]
    const mac = createHmac('sha256', keys.subarray(48, 80)).update(iv).update(sealed).digest().subarray(0, MAC_BYTES)
    if (!mac.equals(bytes.subarray(-MAC_BYTES))) return 'has a wrong MAC'
    try {
      const decipher = createDecipheriv('aes-256-cbc', keys.subarray(16, 48), iv)
      const plain = Buffer.concat([decipher.update(sealed), decipher.final()])
      if (!sha256(plain).equals(Buffer.from(file.fileSha256 ?? []))) return 'opens to other bytes than the message says'
      return plain.length === Number(file.fileLength) ? undefined : 'has another length than the message says'
    } catch {
      return 'does not open'
    }
  }

  #refuse(response: ServerResponse, status: number, what: string): void {
    this.#violations.record('undecryptable', what)
    response.writeHead(status, { 'content-length': 0 }).end()
  }
}

type Found = { part: keyof typeof PARTS; file: proto.Message.IImageMessage }

const fileIn = (message: proto.IMessage): Found | undefined => {
  const content = normalizeMessageContent(message)
  for (const part of Object.keys(PARTS) as (keyof typeof PARTS)[]) {
    const file = content?.[part]
    if (file) return { part, file }
  }
  return undefined
}

const described = ({ part, file }: Found): ReceivedFile => ({
  kind: part,
  mimetype: file.mimetype ?? '',
  filename: 'fileName' in file ? (file.fileName as string | null) : null,
  caption: 'caption' in file ? (file.caption ?? null) : null,
  bytes: Number(file.fileLength ?? 0),
  sha256: Buffer.from(file.fileSha256 ?? []).toString('hex'),
  path: file.directPath ?? '',
})
