import type { World } from '../world.ts'
import { pauseUnless } from './pause-unless.ts'
import type { TroubleOptions } from './trouble-options.ts'

const BETWEEN_MS = { least: 1_000, most: 5_000 }
/** Older backups than these give up so much that every message after them is asked for again. */
const NEWEST = 5

/**
 * Asks for backups, clean-ups and returns to backups, whatever happens to the sessions meanwhile. A return begins new Signal sessions, and what
 * contacts send in those that it gave up is asked for again, as from every client of WhatsApp: nothing may be lost or unreadable for good.
 */
export async function askForUpkeep({ api, sessions }: World, { random, signal, count }: TroubleOptions): Promise<void> {
  while (await pauseUnless(signal, random.between(BETWEEN_MS.least, BETWEEN_MS.most))) {
    const { name } = random.pick(sessions)
    const what = random.pick(['backups', 'cleanup', 'return'] as const)
    const backups = what === 'return' ? (await api.backups(name)).slice(0, NEWEST) : []
    if (what === 'return' && backups.length === 0) continue
    await api.ask(name, what === 'return' ? { returnTo: random.pick(backups) } : what)
    count()
  }
}
