import type { EventStream } from '../use-cases/events/event-stream.ts'

/** `X-Accel-Buffering`: some proxies keep an answer until it has ended. */
export const STREAM_HEADERS = { 'Content-Type': 'text/event-stream', 'X-Accel-Buffering': 'no' }

/** Makes each piece when the one before was read. */
export function bytesOf(stream: EventStream): ReadableStream<Uint8Array> {
  const encoder = new TextEncoder()
  return new ReadableStream<Uint8Array>(
    {
      async pull(controller) {
        const text = await stream.next()
        if (text === null) controller.close()
        else controller.enqueue(encoder.encode(text))
      },
      cancel: () => stream.end(),
    },
    { highWaterMark: 0 },
  )
}
