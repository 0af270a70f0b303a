import type { ExportResult, ExportResultCode } from '@opentelemetry/core'
import type { ReadableSpan, SpanExporter } from '@opentelemetry/sdk-trace'
import type { Logger } from '../../platform/logging.ts'

/** Says in the log when spans begin to get lost, and when they arrive again: once each, whatever the end point does. */
export class ToldExporter implements SpanExporter {
  readonly #exporter: SpanExporter
  readonly #logger: Logger
  readonly #success: ExportResultCode.SUCCESS
  readonly #onTaken: (count: number) => void
  #lost = 0

  /**
   * @param success the code of OpenTelemetry for it, which is known once its packages are loaded
   * @param onTaken hears how many spans are on their way
   */
  constructor(
    exporter: SpanExporter,
    { logger, success, onTaken }: { logger: Logger; success: ExportResultCode.SUCCESS; onTaken: (count: number) => void },
  ) {
    this.#success = success
    this.#onTaken = onTaken
    this.#exporter = exporter
    this.#logger = logger
  }

  export(spans: ReadableSpan[], done: (result: ExportResult) => void): void {
    this.#onTaken(spans.length)
    this.#exporter.export(spans, (result) => {
      this.#tell(spans.length, result)
      // A lost batch is told of here. The SDK would tell of it on the error stream, past the log.
      done({ code: this.#success })
    })
  }

  forceFlush(): Promise<void> {
    return this.#exporter.forceFlush?.() ?? Promise.resolve()
  }

  shutdown(): Promise<void> {
    return this.#exporter.shutdown()
  }

  #tell(count: number, { code, error }: ExportResult): void {
    if (code === this.#success) {
      if (this.#lost > 0) this.#logger.info({ lost: this.#lost }, 'Traces are exported again.')
      this.#lost = 0
      return
    }
    if (this.#lost === 0)
      this.#logger.warn({ error }, 'Traces get lost: their end point does not take them. Nothing else is affected.')
    this.#lost += count
  }
}
