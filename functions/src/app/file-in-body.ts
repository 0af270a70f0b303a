import type { Bytes } from '@holdfast/core/platform/object-streams'

/**
 * Reads a body of JSON whose field `file.data` may have many megabytes of base64. The bytes of that field are handed on as they come, and
 * the rest, which is small, is kept.
 */

/** Something is wrong with the body: a sentence for its sender. */
export class BadBody extends Error {}

/** The rest is larger than any request with a file has to be. */
export class BodyTooLarge extends Error {}

/** The largest rest. */
const MAX_REST_BYTES = 1024 * 1024

/** The longest key or name that has to be known. */
const MAX_KNOWN_BYTES = 256

/** The longest beginning of a data URL. */
const MAX_PREFIX = 300

const [QUOTE, ESCAPE, SLASH] = [0x22, 0x5c, 0x2f]
const [OPEN_OBJECT, CLOSE_OBJECT, OPEN_LIST, CLOSE_LIST, COMMA, COLON] = [0x7b, 0x7d, 0x5b, 0x5d, 0x2c, 0x3a]

interface Level {
  readonly isObject: boolean
  /** The key whose value comes next; null before it. */
  key: string | null
}

export interface BodyParts<Stored> {
  /** The body without the data of the file, which is an empty text in it. */
  readonly rest: Buffer
  /** What `store` returned; null for a body without bytes in `file.data`. */
  readonly stored: Stored | null
  /** Whether `file.data` was there without a byte. */
  readonly isEmpty: boolean
}

/**
 * Forms send an empty `file.data` beside the address of the file, so that one without a byte is none.
 *
 * @param store takes the decoded bytes of the file, and the top-level texts that came before it. It has to read them to their end.
 * @throws BadBody, BodyTooLarge, whatever `store` throws, or the error of the body
 */
export async function readWithFile<Stored>(
  body: Bytes,
  store: (bytes: Bytes, before: ReadonlyMap<string, string>) => Promise<Stored>,
): Promise<BodyParts<Stored>> {
  const chunks = new Chunks(body)
  const scan = new Scan()
  let stored: Stored | null = null
  let [hasData, isEmpty] = [false, false]
  for (let chunk = await chunks.next(); chunk; chunk = await chunks.next()) {
    const begin = scan.take(chunk)
    if (begin === null) continue
    if (hasData) throw new BadBody('file.data may be there once only.')
    hasData = true
    chunks.giveBack(chunk.subarray(begin))
    const bytes = decodedBase64(textOf(chunks))
    const first = await bytes.next()
    if (first.done === true) isEmpty = true
    else stored = await store(startingWith(first.value, bytes), scan.texts)
    scan.closeFile()
  }
  return { rest: Buffer.concat(scan.rest), stored, isEmpty }
}

async function* startingWith(first: Buffer, others: AsyncIterable<Buffer>): AsyncGenerator<Buffer> {
  yield first
  yield* others
}

/** Chunks of a body, of which a part can be given back. */
class Chunks {
  readonly #iterator: AsyncIterator<Uint8Array>
  #back: Buffer | null = null

  constructor(body: Bytes) {
    this.#iterator = body[Symbol.asyncIterator]()
  }

  async next(): Promise<Buffer | null> {
    const back = this.#back
    this.#back = null
    if (back && back.length > 0) return back
    const { done, value } = await this.#iterator.next()
    return done ? null : Buffer.from(value.buffer, value.byteOffset, value.byteLength)
  }

  giveBack(rest: Buffer): void {
    this.#back = rest
  }
}

/** Follows the structure of the JSON as far as it takes to find `file.data`. What is no JSON is found by whoever parses the rest. */
class Scan {
  readonly rest: Buffer[] = []
  readonly texts = new Map<string, string>()
  readonly #levels: Level[] = []
  #kept = 0
  #isInText = false
  #isEscaped = false
  #text: number[] = []
  /** The last text, as JSON has it. */
  #lastText = ''

  /** Takes a chunk. Returns the place in it where the data of the file begin; null when it has no such place. */
  take(chunk: Buffer): number | null {
    for (let at = 0; at < chunk.length; at++) {
      if (!this.#step(chunk[at] ?? 0)) continue
      this.#keep(chunk.subarray(0, at + 1))
      return at + 1
    }
    this.#keep(chunk)
    return null
  }

  /** The data of the file are over, with the quote behind them. */
  closeFile(): void {
    this.#keep(Buffer.of(QUOTE))
  }

  #keep(bytes: Buffer): void {
    this.#kept += bytes.length
    if (this.#kept > MAX_REST_BYTES) throw new BodyTooLarge()
    this.rest.push(bytes)
  }

  /** Returns true for the quote with which the data of the file begin. */
  #step(byte: number): boolean {
    if (this.#isInText) this.#stepInText(byte)
    else if (byte === QUOTE) {
      if (this.#isAtFile) return true
      this.#isInText = true
      this.#text = []
    } else if (byte === OPEN_OBJECT || byte === OPEN_LIST) this.#levels.push({ isObject: byte === OPEN_OBJECT, key: null })
    else if (byte === CLOSE_OBJECT || byte === CLOSE_LIST) this.#levels.pop()
    else this.#stepBetween(byte)
    return false
  }

  #stepInText(byte: number): void {
    if (this.#isEscaped) this.#isEscaped = false
    else if (byte === ESCAPE) this.#isEscaped = true
    else if (byte === QUOTE) return this.#endText()
    if (this.#text.length < MAX_KNOWN_BYTES) this.#text.push(byte)
  }

  #endText(): void {
    this.#isInText = false
    this.#lastText = Buffer.from(this.#text).toString()
    const [top] = this.#levels
    if (this.#levels.length === 1 && top?.key !== null && top?.key !== undefined) this.texts.set(top.key, this.#lastText)
  }

  #stepBetween(byte: number): void {
    const top = this.#levels.at(-1)
    if (!top?.isObject) return
    if (byte === COLON) top.key = this.#lastText
    else if (byte === COMMA) top.key = null
  }

  get #isAtFile(): boolean {
    // A sender may nest a hundred thousand lists, each with a text: nothing here may take longer for that.
    if (this.#levels.length !== 2) return false
    const [top, file] = this.#levels
    return top?.key === 'file' && file?.isObject === true && file.key === 'data'
  }
}

/** The text up to the quote at its end. Only escapes that base64 can have are known: PHP escapes slashes, others wrap lines. */
async function* textOf(chunks: Chunks): AsyncGenerator<string> {
  let isEscaped = false
  for (let chunk = await chunks.next(); chunk; chunk = await chunks.next()) {
    const parts: Buffer[] = []
    let from = 0
    for (;;) {
      if (isEscaped) {
        const byte = chunk[from]
        if (byte === undefined) break
        if (byte === SLASH) parts.push(Buffer.of(SLASH))
        else if (byte !== 0x6e && byte !== 0x72) throw notBase64()
        isEscaped = false
        from++
      }
      const end = endOf(chunk, from)
      parts.push(chunk.subarray(from, end))
      if (chunk[end] === QUOTE) {
        yield Buffer.concat(parts).toString('latin1')
        return chunks.giveBack(chunk.subarray(end + 1))
      }
      if (end === chunk.length) break
      isEscaped = true
      from = end + 1
    }
    yield Buffer.concat(parts).toString('latin1')
  }
  throw new BadBody('The body did not arrive whole.')
}

/** The place of the next quote or escape; the length of the chunk when it has none. */
function endOf(chunk: Buffer, from: number): number {
  const [quote, escape] = [chunk.indexOf(QUOTE, from), chunk.indexOf(ESCAPE, from)]
  return Math.min(quote < 0 ? chunk.length : quote, escape < 0 ? chunk.length : escape)
}

const notBase64 = (): BadBody => new BadBody('file.data: must be base64')

const CHARACTERS = /^[A-Za-z0-9+/_-]*={0,2}$/

async function* decodedBase64(texts: AsyncIterable<string>): AsyncGenerator<Buffer> {
  let carry = ''
  let isOver = false
  for await (const text of withoutPrefix(texts)) {
    const clean = text.replaceAll(/\s+/g, '')
    if (!CHARACTERS.test(clean) || (isOver && /[^=]/.test(clean))) throw notBase64()
    isOver ||= clean.includes('=')
    const known = carry + clean
    const whole = known.length - (known.length % 4)
    carry = known.slice(whole)
    const bytes = Buffer.from(known.slice(0, whole), 'base64')
    if (bytes.length > 0) yield bytes
  }
  const last = carry.replaceAll('=', '')
  if (last.length === 1) throw notBase64()
  if (last.length > 0) yield Buffer.from(last, 'base64')
}

/** Some clients send a data URL: `data:image/png;base64,…`. */
async function* withoutPrefix(texts: AsyncIterable<string>): AsyncGenerator<string> {
  let head: string | null = ''
  for await (const text of texts) {
    if (head === null) {
      yield text
      continue
    }
    head += text
    if (head.length < 5 || (head.startsWith('data:') && !head.includes(',') && head.length < MAX_PREFIX)) continue
    yield unprefixed(head)
    head = null
  }
  if (head) yield unprefixed(head)
}

const unprefixed = (head: string): string => (head.startsWith('data:') ? head.slice(head.indexOf(',') + 1) : head)
