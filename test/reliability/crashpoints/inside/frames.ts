import { EventEmitter } from 'node:events'
import { Gate } from '../../../../runner/src/session/journal/gate.ts'
import type { RawSocket } from '../../../../runner/src/whatsapp/port.ts'
import type { Fault } from '../faults.ts'
import { nameOfFrame, type NamedNode } from '../labels.ts'
import { die, fired, pass } from './points.ts'
import { replace } from './replace.ts'
import { takeStanza } from './stanza-names.ts'

const SLOW_MS = 1_000

/** Of `ws`, which keeps what arrives while it is paused. */
interface Pausable {
  pause(): void
  resume(): void
}

/** Connections over which nothing comes or goes any more, without anybody having been told. */
const silent = new WeakSet<RawSocket>()

/** Frames are numbered by the cipher: none overtakes another that was held up. */
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

/** What leaves the gate; what waits in front of it has not been said yet. */
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
  /** Calls back when the frame is with the system: it arrives then, although the process may be gone. */
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

/** A connection that is not there any more cannot be cut, and nothing has happened then. */
function cut(raw: RawSocket | undefined): void {
  if (!raw) return
  fired()
  raw.terminate()
}

/** Of Baileys: what it hears of a frame, it hears as events of this. */
type Client = EventEmitter & { socket?: RawSocket & Pausable }

/** What arrives is a point before Baileys or anybody else has looked at it. */
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
      // Everybody hears of the frame in this tick; what follows from it has just begun.
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
