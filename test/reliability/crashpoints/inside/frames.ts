import { EventEmitter } from 'node:events'
import { Gate } from '../../../../runner/src/session/journal/gate.ts'
import type { RawSocket } from '../../../../runner/src/whatsapp/frame-gate.ts'
import type { Fault } from '../faults.ts'
import { nameOfFrame, type NamedNode } from '../labels.ts'
import { die, fired, pass } from './points.ts'
import { replace } from './replace.ts'
import { takeStanza } from './stanza-names.ts'

const SLOW_MS = 1_000

/** The methods of `ws` that pause and resume a connection. While it is paused, it keeps arriving data. */
interface Pausable {
  pause(): void
  resume(): void
}

/** Connections that carry no more data in either direction, and of which neither side was notified. */
const silent = new WeakSet<RawSocket>()

/** Keeps delayed frames in order, because the cipher numbers them and none may overtake another. */
class Line {
  #open = Promise.resolve()
  #waiting = 0

  put(work: () => void): void {
    if (this.#waiting === 0) return work()
    this.#after(() => Promise.resolve(work()))
  }

  holdUp(ms: number): void {
    this.#after(() => new Promise((resolve) => setTimeout(resolve, ms)))
  }

  #after(work: () => Promise<void>): void {
    this.#waiting++
    this.#open = this.#open.then(work).finally(() => this.#waiting--)
  }
}

/** Makes each frame that leaves the gate a point. A frame that waits in front of the gate has not been sent yet. */
function watchOutgoing(): void {
  replace(Gate.prototype, 'attach', (attach) => {
    return function (this: Gate, raw) {
      const stanzas = new WeakMap<Uint8Array, NamedNode | null>()
      const write = raw.send.bind(raw)
      const line = new Line()
      raw.send = (data, options, callback) => {
        const send = () => silent.has(raw) || write(data, options, callback)
        const label = nameOfFrame('out', stanzas.get(data) ?? null)
        befall(pass([label]), { raw, line, send, sendAnd: (then) => write(data, options, then) })
      }
      attach.call(this, raw)
      const hold = raw.send.bind(raw)
      raw.send = (data, options, callback) => {
        stanzas.set(data, takeStanza())
        hold(data, options, callback)
      }
    }
  })
}

interface Outgoing {
  raw: RawSocket
  line: Line
  send: () => void
  /** Sends the frame and calls back when the operating system has it. The frame then arrives even if the process ends. */
  sendAnd: (then: () => void) => void
}

function befall(fault: Fault | null, { raw, line, send, sendAnd }: Outgoing): void {
  if (fault === 'die-before') die()
  if (fault === 'die-after') return sendAnd(die)
  if (fault === 'fail-after') return sendAnd(() => cut(raw))
  if (fault === 'fail') return cut(raw)
  if (fault === 'hang') {
    fired()
    silent.add(raw)
  }
  if (fault === 'slow') {
    fired()
    line.holdUp(SLOW_MS)
  }
  line.put(send)
}

/** Cuts the connection. Without one there is nothing to cut, and the fault does not count as fired. */
function cut(raw: RawSocket | undefined): void {
  if (!raw) return
  fired()
  raw.terminate()
}

/** The client of Baileys. It emits each incoming frame as an event. */
type Client = EventEmitter & { socket?: RawSocket & Pausable }

/** Makes each incoming frame a point before any listener has received it. */
function watchIncoming(): void {
  replace(EventEmitter.prototype, 'emit', (emit) => {
    return function (this: Client, event, ...args) {
      const go = () => emit.call(this, event, ...args)
      if (event !== 'frame' || this.constructor.name !== 'WebSocketClient') return go()
      const [frame] = args as [NamedNode | Uint8Array]
      const raw = this.socket
      const fault = pass([nameOfFrame('in', frame instanceof Uint8Array ? null : frame)])
      if (fault === 'die-before') die()
      if (fault === 'fail') cut(raw)
      // All listeners get the frame in this tick; their work has just begun when the process ends.
      if (fault === 'die-after') setImmediate(die)
      if (fault === 'fail-after') setImmediate(() => cut(raw))
      if (raw && (fault === 'hang' || fault === 'slow')) {
        fired()
        raw.pause()
        if (fault === 'hang') silent.add(raw)
        else setTimeout(() => raw.resume(), SLOW_MS)
      }
      return go()
    }
  })
}

export function watchFrames(): void {
  watchOutgoing()
  watchIncoming()
}
