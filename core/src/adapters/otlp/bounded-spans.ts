import type { ReadableSpan, SpanProcessor } from '@opentelemetry/sdk-trace'
import type { Logger } from '../../platform/logging.ts'
import type { Clock } from '../../platform/ports.ts'

/** The pause between two log lines about dropped spans, ms. */
const TELLS_EVERY_MS = 60_000

interface Options {
  readonly most: number
  readonly clock: Pick<Clock, 'monotonic'>
  readonly logger: Logger
}

/** Drops the spans beyond those that may wait, and logs how many: the SDK drops them in silence. */
export class BoundedSpans implements SpanProcessor {
  readonly #options: Options
  #next: SpanProcessor | null = null
  #waiting = 0
  #dropped = 0
  #toldAt: number | null = null

  constructor(options: Options) {
    this.#options = options
  }

  /** What sends the spans in batches. */
  handsTo(next: SpanProcessor): this {
    this.#next = next
    return this
  }

  /** So many are on their way, and wait no more. */
  taken(count: number): void {
    this.#waiting -= count
  }

  onStart(): void {}

  onEnd(span: ReadableSpan): void {
    if (this.#waiting >= this.#options.most) return this.#drop()
    this.#waiting++
    this.#next?.onEnd(span)
  }

  async forceFlush(): Promise<void> {
    await this.#next?.forceFlush()
  }

  async shutdown(): Promise<void> {
    if (this.#dropped > 0) this.#tell()
    await this.#next?.shutdown()
  }

  #drop(): void {
    this.#dropped++
    const now = this.#options.clock.monotonic()
    if (this.#toldAt !== null && now - this.#toldAt < TELLS_EVERY_MS) return
    this.#toldAt = now
    this.#tell()
  }

  #tell(): void {
    const fields = { event: 'spans-dropped', dropped: this.#dropped, waiting: this.#waiting }
    this.#dropped = 0
    this.#options.logger.warn(fields, 'Spans were dropped: their end point takes them more slowly than they come.')
  }
}
