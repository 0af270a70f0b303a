import { setImmediate as nextTurn } from 'node:timers/promises'
import type { BinaryNode, WASocket } from '@whiskeysockets/baileys'

type Socket = WASocket['ws']
type Listener = (stanza: BinaryNode) => void | Promise<void>
type Reader = (stanza: BinaryNode) => Promise<void>

/** Lets `takes` have stanzas instead of Baileys: those for which it says so do not reach Baileys' own listener. */
export function interceptStanzas(ws: Socket, event: string, takes: (stanza: BinaryNode) => boolean): void {
  const own = takeOver(ws, event)
  ws.on(event, (stanza: BinaryNode) => {
    if (!takes(stanza)) void own(stanza)
  })
}

/** So many at once are read before others have their turn, as Baileys does with a backlog. */
const WITHOUT_PAUSE = 10

/**
 * Has Baileys take in the messages one after the other, in the order in which they came. It does so with those of a backlog, and lets
 * one that comes meanwhile overtake them: the sender's keys for it may be in the one that is still waiting. And it has a backlog's
 * messages wait for everything else in it: for a request to send something again, which is answered from Firestore.
 *
 * What one message breaks, `onBroken` hears, and the next one is read.
 */
export function keepMessagesInOrder(ws: Socket, onBroken: (error: unknown) => void): void {
  const own = takeOver(ws, 'CB:message')
  const waiting: BinaryNode[] = []
  let isReading = false
  const readAll = async (): Promise<void> => {
    isReading = true
    let count = 0
    for (let stanza = waiting.shift(); stanza && ws.isOpen; stanza = waiting.shift()) {
      // To Baileys each is one that came live, which it reads at once, and whose promise is kept when it has.
      const { offline: _, ...attrs } = stanza.attrs
      await own({ ...stanza, attrs }).catch(onBroken)
      if (++count % WITHOUT_PAUSE === 0) await nextTurn()
    }
    isReading = false
  }
  ws.on('CB:message', (stanza: BinaryNode) => {
    waiting.push(stanza)
    if (!isReading) void readAll()
  })
}

/** Baileys' one listener of the event, which is not called by itself any more. */
function takeOver(ws: Socket, event: string): Reader {
  const listeners = ws.listeners(event) as Listener[]
  ws.removeAllListeners(event)
  return async (stanza) => {
    for (const listener of listeners) await listener.call(ws, stanza)
  }
}
