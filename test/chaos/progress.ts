import type { SimulatorEvent } from '../outside/event-reader.ts'
import type { Strikes } from './strikes/strikes.ts'
import type { World } from './world.ts'

const EVERY_MS = 5_000

/** A line every few seconds, so that whoever waits sees what goes on. Returns the function that ends it. */
export function startProgress({ ledger, sessions, events, tell }: World, { counts }: Strikes): () => void {
  // All of them are linked, and nothing is struck yet.
  const closed = new Set<string>()
  const connections = new Map<string, number>()
  const ignore = events.on(({ type, phone, connection }: SimulatorEvent) => {
    if (phone === undefined) return
    if (type === 'login' && connection !== undefined) connections.set(phone, connection)
    if (type === 'active') closed.delete(phone)
    // One that was replaced ends after the next has begun.
    if (type === 'disconnect' && (connections.get(phone) ?? connection) === connection) closed.add(phone)
  })
  const timer = setInterval(() => {
    const done = Object.entries(counts).flatMap(([name, value]) => (typeof value === 'number' ? [`${name} ${value}`] : []))
    const open = `${sessions.length - closed.size} of ${sessions.length} open`
    tell(`  ... ${ledger.accepted.length} sent, ${ledger.issued.length} received, ${open}, ${done.join(', ')}`)
  }, EVERY_MS)
  return () => {
    clearInterval(timer)
    ignore()
  }
}
