import { setTimeout as pause } from 'node:timers/promises'
import type { LinkedSession } from '../../support/linked-session.ts'
import type { World } from '../../support/world.ts'

const LOOK_EVERY_MS = 250
const LIMIT_MS = 180_000

/** The owner of each session, by its name. */
export async function ownersOf({ api }: World): Promise<Map<string, string | null>> {
  return new Map((await api.sessions()).map(({ name, owner }) => [name, owner.runnerId]))
}

/**
 * Returns for each session the time from `since` until the API says WORKING with another owner than before, ms.
 * @throws when one is not within three minutes.
 */
export async function untilWorkingElsewhere(
  world: World,
  sessions: readonly LinkedSession[],
  before: ReadonlyMap<string, string | null>,
  since: number,
): Promise<number[]> {
  const names = new Set(sessions.map(({ name }) => name))
  const times: number[] = []
  while (names.size > 0) {
    const all = await world.api.sessions()
    const tookMs = performance.now() - since
    for (const { name, status, owner } of all) {
      const isBack = status === 'WORKING' && owner.runnerId !== null && owner.runnerId !== before.get(name)
      if (isBack && names.delete(name)) times.push(tookMs)
    }
    if (tookMs > LIMIT_MS) throw new Error(`${[...names].join(', ')}: not working elsewhere after ${LIMIT_MS / 1000} s.`)
    await pause(LOOK_EVERY_MS)
  }
  return times
}

/** Measures how long WhatsApp sees each phone without a connection, from the end of one until the backlog of the next is handed over. */
export class Gaps {
  readonly times: number[] = []
  readonly #since = new Map<string, number>()

  constructor({ events }: World) {
    events.on(({ type, phone, at }) => {
      if (phone === undefined) return
      if (type === 'disconnect') this.#since.set(phone, at)
      const since = this.#since.get(phone)
      if (type !== 'active' || since === undefined) return
      this.times.push(at - since)
      this.#since.delete(phone)
    })
  }
}
