/** One event of `GET /api/events`. */
export interface ServerSentEvent {
  readonly id: string
  readonly event: string
  // oxlint-disable-next-line typescript/no-explicit-any -- each test checks the shape of its events
  readonly data: any
}

/** Reads a stream of server-sent events, and keeps all of them. */
export class ServerSentEvents implements AsyncDisposable {
  readonly events: ServerSentEvent[] = []
  /** All that came, as text. */
  text = ''
  /** Resolves when the stream has ended by itself. */
  readonly ended: Promise<void>
  readonly #reader: ReadableStreamDefaultReader<string>
  #rest = ''

  constructor(body: ReadableStream<Uint8Array>) {
    this.#reader = body.pipeThrough(new TextDecoderStream()).getReader()
    this.ended = this.#read()
  }

  of(event: string): readonly ServerSentEvent[] {
    return this.events.filter((each) => each.event === event)
  }

  /** The last id, with which a browser comes back. */
  get lastId(): string {
    return this.events.at(-1)?.id ?? ''
  }

  /** Goes away, as a browser does whose page is closed. */
  async [Symbol.asyncDispose](): Promise<void> {
    await this.#reader.cancel().catch(() => {})
  }

  async #read(): Promise<void> {
    for (;;) {
      const { done, value } = await this.#reader.read()
      if (done) return
      this.text += value
      const blocks = (this.#rest + value).split('\n\n')
      this.#rest = blocks.pop() ?? ''
      for (const block of blocks) this.#hear(block)
    }
  }

  #hear(block: string): void {
    const fields = Object.fromEntries(
      block.split('\n').map((line) => {
        const end = line.indexOf(': ')
        return [line.slice(0, end), line.slice(end + 2)] as const
      }),
    )
    const { id = '', event, data } = fields
    if (event !== undefined && data !== undefined) this.events.push({ id, event, data: JSON.parse(data) as unknown })
  }
}
