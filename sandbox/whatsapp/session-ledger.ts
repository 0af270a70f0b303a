// A count of clients' sessions with one device of a contact: sessions opened, and one-time keys taken for them.
import type { LinkedDevice } from './linked-device.ts'

type Expenses = { baseKeys: Set<string>; preKeysTaken: number; needless: number; excused: boolean }

export class SessionLedger {
  readonly #expenses = new Map<LinkedDevice, Expenses>()

  preKeyTaken(device: LinkedDevice): void {
    this.#expensesOf(device).preKeysTaken++
  }

  /** Notes that the contact gave the client a reason to begin anew: it sent keys, or changed its identity. */
  excuse(device: LinkedDevice): void {
    this.#expensesOf(device).excused = true
  }

  /**
   * Counts a first message. It needs no new session if the contact had heard the client in an existing one: then neither had lost it, and
   * they had not begun at the same time. A client may have reasons that the simulator cannot see, so this is a figure and no
   * violation.
   */
  opened(device: LinkedDevice, baseKey: string, hadHeardBefore: boolean): void {
    const expenses = this.#expensesOf(device)
    if (expenses.baseKeys.has(baseKey)) return
    expenses.baseKeys.add(baseKey)
    if (hadHeardBefore && !expenses.excused) expenses.needless++
    expenses.excused = false
  }

  get totals(): { sessionsOpened: number; needlessSessions: number; preKeysTaken: number } {
    const totals = { sessionsOpened: 0, needlessSessions: 0, preKeysTaken: 0 }
    for (const { baseKeys, needless, preKeysTaken } of this.#expenses.values()) {
      totals.sessionsOpened += baseKeys.size
      totals.needlessSessions += needless
      totals.preKeysTaken += preKeysTaken
    }
    return totals
  }

  #expensesOf(device: LinkedDevice): Expenses {
    const known = this.#expenses.get(device)
    if (known) return known
    const fresh = { baseKeys: new Set<string>(), preKeysTaken: 0, needless: 0, excused: false }
    this.#expenses.set(device, fresh)
    return fresh
  }
}
