import { randomUUID } from 'node:crypto'
import { text } from 'node:stream/consumers'
import { systemNow, systemPause } from '@holdfast/client/system-clock'
import { readEnvironment } from './config.ts'
import type { Host, Sink } from './host.ts'
import { clackQuestions } from './questions.ts'
import { openWebSocket } from './web-socket.ts'

/** The host of a real command: this process, its terminal, the network. */
export function processHost(): Host {
  return {
    stdout: sinkOf(process.stdout),
    stderr: sinkOf(process.stderr),
    stdin: { isTerminal: process.stdin.isTTY, readAll: () => text(process.stdin) },
    questions: clackQuestions(process.stderr),
    env: readEnvironment(),
    fetch: (request) => fetch(request),
    openSocket: openWebSocket,
    clock: { now: systemNow, pause: systemPause },
    newId: () => randomUUID(),
    interrupted: interruption(),
  }
}

const sinkOf = (stream: NodeJS.WriteStream): Sink => ({
  write: (text) => void stream.write(text),
  get isTerminal() {
    return stream.isTTY
  },
  get columns() {
    return stream.isTTY ? stream.columns : null
  },
  get rows() {
    return stream.isTTY ? stream.rows : null
  },
  // It knows NO_COLOR, FORCE_COLOR and TERM.
  get hasColours() {
    return stream.isTTY && stream.hasColors()
  },
})

/** The first Ctrl-C lets the command end by itself, the second one ends it at once. */
function interruption(): AbortSignal {
  const controller = new AbortController()
  process.once('SIGINT', () => controller.abort(new Error('Interrupted.')))
  return controller.signal
}
