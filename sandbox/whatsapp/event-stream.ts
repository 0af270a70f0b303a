// `GET /events`: one JSON line for each happening, written at that moment and unbuffered.
import type { ServerResponse } from 'node:http'
import type { Happenings } from './happenings.ts'

export const streamEvents = (happenings: Happenings, response: ServerResponse): void => {
  response.writeHead(200, { 'content-type': 'application/x-ndjson', 'cache-control': 'no-store' })
  response.flushHeaders()
  response.socket?.setNoDelay(true)
  const stop = happenings.listen((happening) => response.write(`${JSON.stringify(happening)}\n`))
  response.on('close', stop)
}
