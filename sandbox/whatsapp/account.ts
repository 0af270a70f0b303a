// An account: a phone with linked clients.
import type { LinkedDevice } from './linked-device.ts'
import { Person } from './person.ts'
import type { PersonOptions } from './person.ts'
import { AppState } from './sync/app-state.ts'
import type { Past } from './sync/past-chats.ts'

export type ReachOutLock = { type: string; untilMs: number }

export type MessageCap = { status: string; used: number; total: number; untilMs: number | undefined }

export type AccountOptions = PersonOptions & { sendsReceipts?: boolean }

export class Account extends Person {
  /** Linked companions by device number, the newest last. */
  readonly companions = new Map<number, LinkedDevice>()
  readonly receipted = new Set<string>()
  /** The LIDs of the people whom it has blocked. */
  readonly blocked = new Set<string>()
  readonly keyShare: boolean
  readonly appState = new AppState()
  /** The history that its companions receive; without it they receive none. */
  past: Past | undefined
  /** The service lets the account begin no chats. */
  reachOutLock: ReachOutLock | undefined
  messageCap: MessageCap | undefined
  /** What happens right behind the next answer about limits, which does not know it yet. */
  behindAnswer: (() => void) | undefined
  /** False while the phone is switched off: it answers nothing and tells nothing. */
  isOnline = true
  /** Whether the phone sends a receipt for each message of its companions. */
  readonly sendsReceipts: boolean
  logins = 0
  registrations = 0
  clientRetryReceipts = 0
  nextDevice = 1

  constructor(phone: string, keyShare: boolean, options: AccountOptions = {}) {
    super(phone, `Owner of ${phone}`, '1', options)
    this.keyShare = keyShare
    this.sendsReceipts = options.sendsReceipts ?? false
  }

  get newestDevice(): LinkedDevice | undefined {
    return [...this.companions.values()].at(-1)
  }
}

/** The clients that are linked to a person's phone. */
export const clientsOf = (person: Person): LinkedDevice[] => (person instanceof Account ? [...person.companions.values()] : [])
