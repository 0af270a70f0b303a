import { EventEmitter } from 'node:events'
import { Gate, type RawSocket } from '../../../runner/src/session/gate.ts'
import { nameOfFrame, type NamedNode } from '../labels.ts'
import { die, fired, pass } from './points.ts'
import { takeStanza } from './stanza-names.ts'

const SLOW_MS = 1_000

/** Of `ws`, which keeps what arrives while it is paused. */
interface Pausable {
  pause(): void
  resume(): void
}

/** Connections over which nothing comes or goes any more, without anybody having been told. */
const silent = new WeakSet<RawSocket>()

/** What leaves the gate; what waits in front of it has not been said yet. */
function watchOutgoing(): void {
  const { attach } = Gate.prototype
  Gate.prototype.attach = function (raw: RawSocket) {
    const stanzas = new WeakMap<Uint8Array, NamedNode | null>()
    const write = raw.send.bind(raw)
    let open = Promise.resolve()
    let waiting = 0
    raw.send = (data, options, callback) => {
      const send = () => {
        if (!silent.has(raw)) write(data, options, callback)
      }
      // Frames are numbered: none overtakes another.
      const inTurn = (work: () => void) => {
        waiting++
        open = open.then(() => {
          waiting--
          work()
        })
      }
      switch (pass([nameOfFrame('out', stanzas.get(data) ?? null)])) {
        case 'die-before':
          return die()
        case 'die-after':
          // Once it is with the system, it arrives although the process is gone.
          return write(data, options, (error) => {
            callback?.(error)
            die()
          })
        case 'fail':
          fired()
          return raw.terminate()
        case 'fail-after':
          return write(data, options, () => {
            fired()
            raw.terminate()
          })
        case 'hang':
          fired()
          silent.add(raw)
          return
        case 'slow':
          fired()
          open = open.then(() => new Promise((resolve) => setTimeout(resolve, SLOW_MS)))
          return inTurn(send)
        default:
          return waiting > 0 ? inTurn(send) : send()
      }
    }
    attach.call(this, raw)
    const hold = raw.send
    raw.send = (data, options, callback) => {
      stanzas.set(data, takeStanza())
      hold(data, options, callback)
    }
  }
}

/** What arrives is a point before Baileys or anybody else has looked at it. */
function watchIncoming(): void {
  const { emit } = EventEmitter.prototype
  EventEmitter.prototype.emit = function (this: EventEmitter & { socket?: RawSocket }, event, ...args) {
    if (event !== 'frame' || this.constructor.name !== 'WebSocketClient') return emit.call(this, event, ...args)
    const [frame] = args as [NamedNode | Uint8Array]
    const raw = this.socket
    const go = () => emit.call(this, event, ...args)
    switch (pass([nameOfFrame('in', frame instanceof Uint8Array ? null : frame)])) {
      case 'die-before':
        return die()
      case 'die-after':
        // Everybody hears of the frame in this tick; what follows from it has just begun.
        setImmediate(die)
        return go()
      case 'fail':
        fired()
        raw?.terminate()
        return go()
      case 'fail-after': {
        setImmediate(() => {
          fired()
          raw?.terminate()
        })
        return go()
      }
      case 'hang':
        fired()
        if (raw) fallSilent(raw)
        return go()
      case 'slow': {
        fired()
        const socket = raw as (RawSocket & Pausable) | undefined
        socket?.pause()
        setTimeout(() => socket?.resume(), SLOW_MS)
        return go()
      }
      default:
        return go()
    }
  }
}

function fallSilent(raw: RawSocket): void {
  silent.add(raw)
  const socket = raw as RawSocket & Pausable
  socket.pause()
}

export function watchFrames(): void {
  watchOutgoing()
  watchIncoming()
}
