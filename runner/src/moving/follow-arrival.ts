import { sessionIdOf } from '@holdfast/core/session/ids'
import { isHalted } from '@holdfast/core/session/session-states'
import { type MovingStores, sessionOf } from './new-owner.ts'
import { refused } from './refused.ts'

/** A runner takes a session within seconds, and connects it in turn. */
const CONNECTED_WITHIN_MS = 180_000
const LOOK_EVERY_MS = 500

/**
 * Follows a session that was moved in until it is connected, and says each state. Returns the last state.
 *
 * @throws HoldfastError `cannot-move` when it waits for an operator, as when its old owner is alive after all
 */
export async function followArrival(
  { documents, clock }: MovingStores,
  { tenant, name }: { readonly tenant: string; readonly name: string },
  say: (line: string) => void,
): Promise<string> {
  const endsAtMs = clock.monotonic() + CONNECTED_WITHIN_MS
  let said = ''
  for (;;) {
    const { state, sentence, userAction } = await sessionOf(documents, sessionIdOf(tenant, name))
    if (`${state} ${sentence}` !== said) say(`${state}: ${sentence}`)
    said = `${state} ${sentence}`
    if (state === 'CONNECTED') return state
    if (isHalted(state)) throw refused(`${sentence} ${userAction ?? ''}`.trim())
    if (clock.monotonic() > endsAtMs) {
      say(
        'The session is not connected yet. It goes on by itself as soon as a runner has room: GET /api/sessions/{name} shows it.',
      )
      return state
    }
    await clock.sleep(LOOK_EVERY_MS, 'move')
  }
}
