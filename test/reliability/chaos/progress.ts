import type { Strikes } from './strikes/strikes.ts'
import type { World } from './world.ts'

const EVERY_MS = 5_000

/** Prints a line of progress every five seconds. Returns a function that stops it. */
export function startProgress({ ledger, sessions, open, underway, tell }: World, { counts }: Strikes): () => void {
  const timer = setInterval(() => {
    const late = sessions.reduce((sum, session) => sum + underway.of(session), 0)
    const messages = `${ledger.accepted.length} sent, ${ledger.issued.length} received, ${late} of them under way`
    const connected = sessions.filter(({ phone }) => open.has(phone)).length
    const done = Object.entries(counts).flatMap(([name, value]) => (typeof value === 'number' ? [`${name} ${value}`] : []))
    tell(`  ... ${messages}; ${connected} of ${sessions.length} open; ${done.join(', ')}`)
  }, EVERY_MS)
  return () => clearInterval(timer)
}
