import type { SessionState } from '../session/session-state.ts'

const KIND = 'device-cache'

/**
 * Which devices a contact has, kept with the session's state. Without it each process start asks anew, and each answer makes new
 * Signal sessions and takes one-time pre-keys of the contacts. WhatsApp tells of changes by notification, and queues those for a
 * device that is offline, so the entries are kept until they are revoked.
 */
export class DeviceCache {
  readonly #state: SessionState

  constructor(state: SessionState) {
    this.#state = state
  }

  has(user: string): boolean {
    return this.#state.image.get(KIND, user) !== undefined
  }

  get<T>(user: string): T | undefined {
    const encoded = this.#state.image.get(KIND, user)
    return encoded === undefined ? undefined : (JSON.parse(encoded) as T)
  }

  set<T>(user: string, devices: T): void {
    this.#state.later({ [KIND]: { [user]: JSON.stringify(devices) } })
  }

  del(user: string): void {
    this.#state.later({ [KIND]: { [user]: null } })
  }

  flushAll(): void {
    const users = [...this.#state.image.entries(KIND)].map(([user]) => [user, null])
    this.#state.later({ [KIND]: Object.fromEntries(users) as Record<string, null> })
  }
}
