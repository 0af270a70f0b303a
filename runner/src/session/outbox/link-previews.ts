import type { LinkPreview } from '@holdfast/core/message/content'
import { within } from '@holdfast/core/platform/deadlines'
import type { Logger } from '@holdfast/core/platform/logging'
import type { OutgoingAnswer, OutgoingHttp } from '@holdfast/core/platform/outgoing'
import type { Clock } from '@holdfast/core/platform/ports'
import type { PreparedPreview } from '../../whatsapp/port.ts'

/** A message waits no longer than this for its preview. */
const LIMIT_MS = 5000

const MAX_REDIRECTS = 3

/** A picture goes into the message itself. */
const MAX_PICTURE_BYTES = 64 * 1024

const MAX_TITLE = 300
const MAX_DESCRIPTION = 600

const LINK = /https?:\/\/[^\s<>"']+/

export interface LinkPreviewsOptions {
  readonly http: OutgoingHttp
  readonly clock: Clock
  readonly logger: Logger
}

/** Makes the previews of links: from the page, or from what the caller gives. A preview that cannot be had never stops a message. */
export class LinkPreviews {
  readonly #options: LinkPreviewsOptions

  constructor(options: LinkPreviewsOptions) {
    this.#options = options
  }

  async of(text: string, preview: LinkPreview): Promise<PreparedPreview | null> {
    const { clock, logger } = this.#options
    const given = preview.kind === 'given' ? { ...preview, thumbnail: null } : null
    try {
      return await within(clock, LIMIT_MS, preview.kind === 'given' ? this.#given(preview) : this.#fetched(text))
    } catch (error) {
      // An error of a connection names hosts only.
      logger.info({ error }, 'A link has no preview, or one without its picture.')
      return given
    }
  }

  async #given(preview: LinkPreview & { kind: 'given' }): Promise<PreparedPreview> {
    const { url, title, description, image } = preview
    const bytes = image?.data ? Buffer.from(image.data, 'base64') : image?.url ? await this.#picture(image.url) : null
    return { url, title, description, thumbnail: bytes && asPicture(bytes) }
  }

  async #fetched(text: string): Promise<PreparedPreview | null> {
    const url = LINK.exec(text)?.[0].replace(/[.,;:!?)\]]+$/, '')
    if (url === undefined) return null
    const page = await this.#get(url)
    if (!/^text\/html\b/i.test(page.answer.headers['content-type'] ?? '')) return null
    const { title, description, picture } = readPage(page.answer.body.toString('utf8'))
    if (title === null) return null
    const address = picture !== null && URL.canParse(picture, page.url) ? new URL(picture, page.url).href : null
    const thumbnail = address === null ? null : await this.#picture(address).catch(() => null)
    return { url, title, description, thumbnail: thumbnail && asPicture(thumbnail) }
  }

  async #picture(url: string): Promise<Buffer> {
    return (await this.#get(url)).answer.body
  }

  /** Follows redirects by itself: each address is checked like the first one. */
  async #get(first: string): Promise<{ url: string; answer: OutgoingAnswer }> {
    let url = first
    for (let redirects = 0; ; redirects++) {
      const answer = await this.#options.http.request({ method: 'GET', url, headers: { accept: 'text/html,image/jpeg' } })
      const { location } = answer.headers
      const isRedirect = answer.status >= 300 && answer.status < 400 && location !== undefined
      if (!isRedirect && answer.status === 200) return { url, answer }
      if (!isRedirect || redirects === MAX_REDIRECTS || !URL.canParse(location, url)) {
        throw new Error(`The page answers ${answer.status}.`)
      }
      url = new URL(location, url).href
    }
  }
}

/** Phones show JPEGs only. Null for every other picture, and for one that is too large. */
const asPicture = (bytes: Buffer): Uint8Array | null =>
  bytes.length <= MAX_PICTURE_BYTES && bytes.subarray(0, 3).equals(Buffer.of(0xff, 0xd8, 0xff)) ? bytes : null

/** Reads what a page says of itself. A program reads no more of the page than its head. */
export function readPage(html: string): { title: string | null; description: string | null; picture: string | null } {
  const fields = new Map<string, string>()
  for (const [tag] of html.matchAll(/<meta\b[^>]{0,2000}>/gi)) {
    const name = attributeOf(tag, 'property') ?? attributeOf(tag, 'name')
    const content = attributeOf(tag, 'content')
    if (name !== null && content !== null && !fields.has(name.toLowerCase())) fields.set(name.toLowerCase(), content)
  }
  const title = fields.get('og:title') ?? /<title[^>]{0,200}>([^<]{1,1000})/i.exec(html)?.[1]
  return {
    title: shown(title, MAX_TITLE),
    description: shown(fields.get('og:description') ?? fields.get('description'), MAX_DESCRIPTION),
    picture: fields.get('og:image') ?? null,
  }
}

const attributeOf = (tag: string, name: string): string | null =>
  new RegExp(`\\b${name}\\s*=\\s*(?:"([^"]*)"|'([^']*)')`, 'i')
    .exec(tag)
    ?.slice(1)
    .find((value) => value !== undefined) ?? null

const ENTITIES: Readonly<Record<string, string>> = { amp: '&', lt: '<', gt: '>', quot: '"', apos: "'", nbsp: ' ' }

function shown(text: string | undefined, maxLength: number): string | null {
  const plain = text
    ?.replace(/&(?:#(\d{1,6})|(\w{2,6}));/g, (whole, code: string | undefined, name: string | undefined) =>
      code === undefined ? (ENTITIES[name ?? ''] ?? whole) : String.fromCodePoint(Math.min(Number(code), 0x10ffff)),
    )
    .replace(/\s+/g, ' ')
    .trim()
    .toWellFormed()
  return plain === undefined || plain === '' ? null : plain.slice(0, maxLength).toWellFormed()
}
