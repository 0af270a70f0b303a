import { once } from 'node:events'
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { buffer } from 'node:stream/consumers'
import { type Field, fieldsOf } from './protobuf.ts'

/** A span that an end point of OTLP took. */
export interface TakenSpan {
  readonly traceId: string
  readonly spanId: string
  /** Empty for the first span of a trace. */
  readonly parentSpanId: string
  readonly name: string
  /** `server` 2, `producer` 4, `consumer` 5, inside of a process 1. */
  readonly kind: number
  readonly startedAtNs: bigint
  readonly endedAtNs: bigint
  readonly attributes: Readonly<Record<string, unknown>>
  readonly hasFailed: boolean
  /** `service.name` of the process that it comes from. */
  readonly service: unknown
}

type Answer = number | 'hangs'

/** Takes traces by OTLP over HTTP on this host, and answers as a test wants. Reads the protobuf of the wire by itself. */
export class OtlpReceiver implements AsyncDisposable {
  readonly #server: Server
  #answer: () => Answer = () => 200
  readonly spans: TakenSpan[] = []
  readonly requests: { readonly path: string; readonly headers: IncomingMessage['headers']; readonly body: Buffer }[] = []

  private constructor() {
    this.#server = createServer((request, response) => void this.#take(request, response))
  }

  static async start(): Promise<OtlpReceiver> {
    const receiver = new OtlpReceiver()
    receiver.#server.listen(0, '127.0.0.1')
    await once(receiver.#server, 'listening')
    return receiver
  }

  get endpoint(): string {
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}`
  }

  /** Decides what is answered from now on. 200 without. */
  answer(answer: () => Answer): void {
    this.#answer = answer
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#server.closeAllConnections()
    this.#server.close()
    await once(this.#server, 'close')
  }

  async #take(request: IncomingMessage, response: ServerResponse): Promise<void> {
    try {
      const body = await buffer(request)
      this.requests.push({ path: request.url ?? '', headers: request.headers, body })
      const answer = this.#answer()
      if (answer === 'hangs') return
      if (answer === 200) this.spans.push(...spansIn(body))
      response.writeHead(answer, { 'Content-Type': 'application/x-protobuf' }).end()
    } catch {
      response.destroy()
    }
  }
}

/** opentelemetry/proto/collector/trace/v1/trace_service.proto */
const spansIn = (request: Buffer): TakenSpan[] =>
  all(fieldsOf(request), 1).flatMap((ofResource) => {
    const resource = fieldsOf(all(fieldsOf(ofResource), 1)[0] ?? Buffer.alloc(0))
    const service = attributesIn(all(resource, 1))['service.name']
    return all(fieldsOf(ofResource), 2).flatMap((ofScope) => all(fieldsOf(ofScope), 2).map((span) => spanOf(span, service)))
  })

function spanOf(bytes: Buffer, service: unknown): TakenSpan {
  const fields = fieldsOf(bytes)
  const hex = (number: number): string => all(fields, number)[0]?.toString('hex') ?? ''
  const whole = (number: number): bigint => fields.find((field) => field.number === number)?.whole ?? 0n
  const status = fieldsOf(all(fields, 15)[0] ?? Buffer.alloc(0))
  return {
    traceId: hex(1),
    spanId: hex(2),
    parentSpanId: hex(4),
    name: all(fields, 5)[0]?.toString() ?? '',
    kind: Number(whole(6)),
    startedAtNs: whole(7),
    endedAtNs: whole(8),
    attributes: attributesIn(all(fields, 9)),
    hasFailed: status.some(({ number, whole: code }) => number === 3 && code === 2n),
    service,
  }
}

function attributesIn(pairs: readonly Buffer[]): Record<string, unknown> {
  return Object.fromEntries(
    pairs.map((pair) => {
      const fields = fieldsOf(pair)
      const [value] = fieldsOf(all(fields, 2)[0] ?? Buffer.alloc(0))
      return [all(fields, 1)[0]?.toString() ?? '', value && valueOf(value)]
    }),
  )
}

/** A string, a boolean or a whole number; others stay bytes. */
function valueOf({ number, bytes, whole }: Field): unknown {
  if (number === 1) return bytes?.toString()
  if (number === 2) return whole === 1n
  return number === 3 ? Number(whole) : bytes
}

const all = (fields: readonly Field[], number: number): Buffer[] =>
  fields.flatMap((field) => (field.number === number && field.bytes ? [field.bytes] : []))
