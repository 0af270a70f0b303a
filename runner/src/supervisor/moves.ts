import type { Move } from '../session/events/session-event.ts'

/** How long others leave a session to the runner that is to take it. It takes it with its next look, a second later at most. */
const LEFT_FOR_MS = 5000

/**
 * Whether this runner leaves a released session to another one for now. Whoever is to take it may have died meanwhile, or be full: then
 * everybody may.
 *
 * @param others the other living runners that have room
 * @param releasedForMs by Firestore's times
 */
export function leavesToOthers(move: Move | null, own: string, others: ReadonlySet<string>, releasedForMs: number): boolean {
  if (!move || move.to === own || releasedForMs > LEFT_FOR_MS) return false
  if (move.to !== null) return others.has(move.to)
  return move.from === own && others.size > 0
}
