import { setImmediate as nextTurn } from 'node:timers/promises'
import type { BinaryNode, WASocket } from '@whiskeysockets/baileys'

type Socket = WASocket['ws']
type Listener = (stanza: BinaryNode) => void | Promise<void>
type Reader = (stanza: BinaryNode) => Promise<void>

/** Offers each stanza to `takes` before Baileys. A stanza for which `takes` returns true does not reach Baileys' listener. */
export function interceptStanzas(ws: Socket, event: string, takes: (stanza: BinaryNode) => boolean): void {
  const own = takeOver(ws, event)
  ws.on(event, (stanza: BinaryNode) => {
    if (!takes(stanza)) void own(stanza)
  })
}

/** The number of messages that are read before other work gets its turn, as in Baileys' reading of a backlog. */
const WITHOUT_PAUSE = 10

/**
 * Makes Baileys read messages one after the other, in the order of their arrival. Baileys itself does so only within a backlog
 * and lets a live message overtake the backlog, although the sender's keys for that message may be in one that still waits.
 * Baileys also lets the messages of a backlog wait for everything else in it, such as a request to send a message again, whose
 * answer comes from Firestore.
 *
 * An error in one message goes to `onBroken`, and the next message is read. Returns when the reading of the present message began,
 * by the clock that is given; null while none is read.
 */
export function keepMessagesInOrder(ws: Socket, onBroken: (error: unknown) => void, now: () => number): () => number | null {
  const own = takeOver(ws, 'CB:message')
  const waiting: BinaryNode[] = []
  let isReading = false
  let sinceMs: number | null = null
  const readAll = async (): Promise<void> => {
    isReading = true
    let count = 0
    for (let stanza = waiting.shift(); stanza && ws.isOpen; stanza = waiting.shift()) {
      // Without `offline` Baileys takes the message for a live one: it reads it at once, and the promise resolves afterwards.
      const { offline: _, ...attrs } = stanza.attrs
      sinceMs = now()
      await own({ ...stanza, attrs }).catch(onBroken)
      if (++count % WITHOUT_PAUSE === 0) await nextTurn()
    }
    isReading = false
    sinceMs = null
  }
  ws.on('CB:message', (stanza: BinaryNode) => {
    waiting.push(stanza)
    if (!isReading) void readAll()
  })
  return () => sinceMs
}

/** Removes Baileys' listener of the event and returns it as a function. */
function takeOver(ws: Socket, event: string): Reader {
  const listeners = ws.listeners(event) as Listener[]
  ws.removeAllListeners(event)
  return async (stanza) => {
    for (const listener of listeners) await listener.call(ws, stanza)
  }
}
