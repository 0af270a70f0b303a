import { createHash } from 'node:crypto'
import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs'
import { extname, join, relative, sep } from 'node:path'
import { promisify } from 'node:util'
import { brotliCompress, constants, gzip } from 'node:zlib'

const TYPES: Readonly<Record<string, string>> = {
  '.html': 'text/html; charset=utf-8',
  // Without the character set, a browser that guesses another one stops at the first other letter.
  '.js': 'text/javascript; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.json': 'application/json',
  '.webmanifest': 'application/manifest+json',
  '.svg': 'image/svg+xml; charset=utf-8',
  '.png': 'image/png',
  '.ico': 'image/x-icon',
  '.woff2': 'font/woff2',
  '.txt': 'text/plain; charset=utf-8',
}

/** Pictures and fonts are compressed already. */
const IS_TEXT = /^text\/|json$|svg/

/** Below, the head of the answer is larger than what is saved. */
const WORTH_COMPRESSING_BYTES = 1024

/** The name that Vite gives has a hash of the content: `assets/index-B2h8a_3x.js`. */
const HAS_HASH = /-[\w-]{8,}\.\w+$/

const compress = { br: promisify(brotliCompress), gzip: promisify(gzip) }

type Encoding = keyof typeof compress

export interface StaticFile {
  readonly type: string
  readonly bytes: Buffer
  /** A strong validator of the bytes, with its quotation marks. */
  readonly etag: string
  /** Whether another content always has another name. */
  readonly isImmutable: boolean
}

/** The files of a folder, held in memory. What is asked for is looked up by its name, so that no name leads out of the folder. */
export class StaticFiles {
  readonly #folder: string
  readonly #only: readonly string[] | null
  #files: ReadonlyMap<string, StaticFile> = new Map()
  #compressed = new Map<string, Promise<Buffer>>()
  #readAtMs = -1

  /** @param only the names of the files that are served. Without it: all that are there. */
  constructor(folder: string, only: readonly string[] | null = null) {
    this.#folder = folder
    this.#only = only
  }

  /** Returns a file by its path below the folder. Null when there is none. */
  get(path: string): StaticFile | null {
    this.#refresh()
    return this.#files.get(path) ?? null
  }

  /** Returns the bytes as they go out to a client that accepts these encodings. */
  async encoded(file: StaticFile, accepted: string | undefined): Promise<{ bytes: Buffer; encoding: Encoding | null }> {
    const encoding = this.#best(file, accepted)
    if (encoding === null) return { bytes: file.bytes, encoding }
    const key = `${encoding} ${file.etag}`
    const known = this.#compressed.get(key) ?? this.#compress(file, encoding)
    this.#compressed.set(key, known)
    return { bytes: await known, encoding }
  }

  #best({ type, bytes }: StaticFile, accepted = ''): Encoding | null {
    if (!IS_TEXT.test(type) || bytes.byteLength < WORTH_COMPRESSING_BYTES) return null
    const names = accepted.split(',').flatMap((part) => (/;\s*q=0(?:\.0*)?\s*$/.test(part) ? [] : [part.split(';')[0]?.trim()]))
    return (['br', 'gzip'] as const).find((encoding) => names.includes(encoding)) ?? null
  }

  #compress({ bytes }: StaticFile, encoding: Encoding): Promise<Buffer> {
    if (encoding === 'gzip') return compress.gzip(bytes)
    return compress.br(bytes, { params: { [constants.BROTLI_PARAM_QUALITY]: 9 } })
  }

  /** Reads the folder again when its page was built anew. */
  #refresh(): void {
    const page = join(this.#folder, 'index.html')
    const changedAtMs = existsSync(page) ? statSync(page).mtimeMs : 0
    if (changedAtMs === this.#readAtMs) return
    this.#files = readFiles(this.#folder, this.#only)
    this.#compressed = new Map()
    this.#readAtMs = changedAtMs
  }
}

function readFiles(folder: string, only: readonly string[] | null): ReadonlyMap<string, StaticFile> {
  if (!existsSync(folder)) return new Map()
  const names = only ?? namesIn(folder)
  return new Map(names.map((name) => [name, staticFile(name, readFileSync(join(folder, name)))] as const))
}

/** Links lead out of the folder, so that they are no files here. */
const namesIn = (folder: string): string[] =>
  readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map(({ parentPath, name }) => relative(folder, join(parentPath, name)).replaceAll(sep, '/'))

/** Makes a file of bytes. Its name decides its type. */
export function staticFile(name: string, bytes: Buffer): StaticFile {
  const hash = createHash('sha256').update(bytes).digest('base64url').slice(0, 22)
  return {
    type: TYPES[extname(name)] ?? 'application/octet-stream',
    bytes,
    etag: `"${hash}"`,
    isImmutable: name.startsWith('assets/') && HAS_HASH.test(name),
  }
}
