import type { Strikes } from './strikes/strikes.ts'
import type { World } from './world.ts'

const EVERY_MS = 5_000
/** The lines of the strikes tell more where there are many kinds. */
const MOST_COUNTS = 4

/** Prints a line of progress every five seconds. Returns a function that stops it. */
export function startProgress({ ledger, sessions, open, underway, tell }: World, { counts }: Strikes): () => void {
  const timer = setInterval(() => {
    const late = sessions.reduce((sum, session) => sum + underway.of(session), 0)
    const messages = `${ledger.accepted.length} sent, ${ledger.issued.length} received, ${late} of them under way`
    const connected = sessions.filter(({ phone }) => open.has(phone)).length
    const done = Object.entries(counts).flatMap(([name, value]) => (typeof value === 'number' ? [`${name} ${value}`] : []))
    const all = done.length > MOST_COUNTS ? '' : `; ${done.join(', ')}`
    tell(`  ... ${messages}; ${connected} of ${sessions.length} open${all}`)
  }, EVERY_MS)
  return () => clearInterval(timer)
}
