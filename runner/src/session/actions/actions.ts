import { within } from '@holdfast/core/platform/deadlines'
import { recoveryActionPath, type RecoveryAction } from '@holdfast/core/operations/recovery-action-document'
import { HoldfastError } from '@holdfast/core/platform/errors'
import type { Logger } from '@holdfast/core/platform/logging'
import { Append, SERVER_TIME, type Clock, type Fields, type Merge } from '@holdfast/core/platform/ports'
import { ConnectionEnded } from '../../whatsapp/port.ts'

/** An action on this session that is not finished. */
export interface OpenAction {
  readonly id: string
  readonly action: RecoveryAction
}

/** Whether a session can speak to WhatsApp, waits for a phone, is on its way to either, or waits for somebody. */
export type Reach = 'connected' | 'pairing' | 'on-its-way' | 'halted'

/** What actions do to a session. Each is safe to begin again: an owner may die over it. */
export interface ActionTarget {
  /** A record with these writes: an owner that lost the session cannot change its actions either. */
  record(writes: () => readonly Merge[]): void
  /** Whether Firestore still has the action as one that is to be done: what was heard of it may be past. */
  isOpen(id: string): Promise<boolean>
  /** Ends what the session waits for, and its connection in order: the loop connects anew. */
  restart(): Promise<void>
  reach(): Reach
  isLoggedOut(): boolean
  /** Saves the state in an object that stays, for a reason. Throws when it could not be verified. */
  putAside(reason: string): Promise<void>
  /**
   * Unlinks the device. Resolves when WhatsApp has confirmed it.
   * @throws ConnectionEnded
   */
  unlink(): Promise<void>
  /** Puts a damaged state together as agreed. Throws when that would lose more than was agreed to. */
  restore(approved: NonNullable<RecoveryAction['approved']>): Promise<string>
}

/** A connection that does not come about in this time is not waited for. */
const CONNECT_WITHIN_MS = 60_000

/** Whether an action is still to be done: the loop waits for the answer no longer than this, and asks again after that. */
const ASK_WITHIN_MS = 3000
const ASK_AGAIN_MS = 2000

/** Takes the actions on one session to their ends, one after the other. Called by the session's loop, never blocks it for long. */
export class Actions {
  readonly #target: ActionTarget
  readonly #clock: Clock
  readonly #logger: Logger
  readonly #owner: { runnerId: string; epoch: number }
  readonly #open = new Map<string, OpenAction>()
  readonly #finished = new Set<string>()
  /** The one that is under way, and since when. */
  #running: { id: string; sinceMs: number; isBegun: boolean } | null = null
  /** Firestore did not say whether the next one is still to be done: when it is asked again, ms. */
  #askAgainAtMs: number | null = null

  constructor(options: { target: ActionTarget; clock: Clock; logger: Logger; owner: { runnerId: string; epoch: number } }) {
    this.#target = options.target
    this.#clock = options.clock
    this.#logger = options.logger
    this.#owner = options.owner
  }

  /** All open actions on the session, as Firestore says. True when there is something new. */
  hear(actions: readonly OpenAction[]): boolean {
    const news = actions.filter(({ id }) => !this.#open.has(id) && !this.#finished.has(id))
    for (const open of news) this.#open.set(open.id, open)
    return news.length > 0
  }

  /** Whether the session is needed for an action, although nobody wants it online. */
  get isBusy(): boolean {
    return this.#open.size > 0
  }

  /** When an action that waits has to be looked at again; infinity when none does. */
  get dueAtMs(): number {
    const running = this.#running ? this.#running.sinceMs + CONNECT_WITHIN_MS : Number.POSITIVE_INFINITY
    return Math.min(running, this.#askAgainAtMs ?? Number.POSITIVE_INFINITY)
  }

  /** The next step of the oldest action. To be called whenever something has changed. */
  async advance(): Promise<void> {
    for (const open of [...this.#open.values()].toSorted(byAge)) {
      if (!(await this.#advance(open))) return
    }
  }

  /** True when the action is finished. */
  async #advance({ id, action }: OpenAction): Promise<boolean> {
    if (this.#running?.id !== id) {
      const isOpen = await this.#isOpen(id)
      if (isOpen === null) return false
      if (!isOpen) return this.#leaveAlone(id)
      this.#begin(id, action)
    }
    try {
      const result = await this.#perform(id, action)
      if (result === null) return false
      this.#finish(id, 'done', result)
    } catch (error) {
      this.#logger.warn({ error, action: id }, 'A recovery action failed.')
      const { code, message } = error instanceof HoldfastError ? error : UNEXPECTED
      this.#finish(id, 'failed', { code, sentence: message })
    }
    return true
  }

  /** Null while it has to wait. */
  async #perform(id: string, { type, approved }: RecoveryAction): Promise<{ code: string; sentence: string } | null> {
    switch (type) {
      case 'restart':
        return this.#restart()
      case 'logout':
        return this.#logOut(id)
      case 'restore': {
        if (!approved) throw new HoldfastError('bad-document', 'The restore does not say what was agreed to.')
        return { code: 'restored', sentence: await this.#target.restore(approved) }
      }
    }
  }

  async #restart() {
    if (this.#running && !this.#running.isBegun) {
      this.#running.isBegun = true
      await this.#target.restart()
      return null
    }
    const reach = this.#target.reach()
    if (reach === 'on-its-way' && this.#isInTime) return null
    return { code: 'restarted', sentence: RESTARTED[reach] }
  }

  async #logOut(id: string) {
    const done = { code: 'logged-out', sentence: 'The device is unlinked. The old credentials are put aside.' }
    if (this.#target.isLoggedOut()) return done
    const reach = this.#target.reach()
    if (reach === 'halted') throw unreachable('The session is not connected and waits for somebody.')
    if (reach === 'pairing') throw unreachable('No phone is linked.')
    if (reach === 'on-its-way') {
      if (this.#isInTime) return null
      throw unreachable('The session could not connect in time.')
    }
    await this.#target.putAside('logged-out')
    this.#step(id, 'The state was backed up.')
    return (await this.#isUnlinked()) ? done : null
  }

  /** False when the connection ended over it: what WhatsApp did is not known, and the next connection tells. */
  async #isUnlinked(): Promise<boolean> {
    try {
      await this.#target.unlink()
      return true
    } catch (error) {
      if (!(error instanceof ConnectionEnded)) throw error
      if (this.#clock.now() < this.dueAtMs) return false
      throw unreachable('The connection ended before WhatsApp confirmed it.')
    }
  }

  get #isInTime(): boolean {
    return this.#running !== null && this.#clock.now() < this.#running.sinceMs + CONNECT_WITHIN_MS
  }

  /**
   * Whether the action is still to be done. What was heard of it may be past: an owner before this one may have finished it, and
   * nobody but the owner does, so that what is read now holds. Null while that cannot be known.
   */
  async #isOpen(id: string): Promise<boolean | null> {
    if (this.#askAgainAtMs !== null && this.#clock.now() < this.#askAgainAtMs) return null
    try {
      const isOpen = await within(this.#clock, ASK_WITHIN_MS, this.#target.isOpen(id))
      this.#askAgainAtMs = null
      return isOpen
    } catch (error) {
      this.#logger.warn({ error, action: id }, 'It is not known whether a recovery action is still to be done; asking again.')
      this.#askAgainAtMs = this.#clock.now() + ASK_AGAIN_MS
      return null
    }
  }

  #leaveAlone(id: string): true {
    this.#open.delete(id)
    this.#finished.add(id)
    this.#logger.info({ action: id }, 'A recovery action was finished by an earlier owner and is left alone.')
    return true
  }

  #begin(id: string, { type, startedAt }: RecoveryAction): void {
    this.#running = { id, sinceMs: this.#clock.now(), isBegun: false }
    this.#logger.info({ action: id, type }, 'A recovery action begins.')
    this.#write(id, { state: 'running', ...this.#owner, ...(startedAt ? {} : { startedAt: SERVER_TIME }) })
  }

  #step(id: string, what: string): void {
    this.#write(id, { steps: new Append({ at: new Date(this.#clock.now()), what }) })
  }

  #finish(id: string, state: 'done' | 'failed', result: { code: string; sentence: string }): void {
    this.#open.delete(id)
    this.#finished.add(id)
    this.#running = null
    this.#logger.info({ action: id, state, result: result.code }, 'A recovery action has ended.')
    const steps = new Append({ at: new Date(this.#clock.now()), what: result.sentence })
    this.#write(id, { state, result, steps, finishedAt: SERVER_TIME })
  }

  #write(id: string, fields: Fields): void {
    this.#target.record(() => [{ kind: 'merge', path: recoveryActionPath(id), fields }])
  }
}

const RESTARTED: Record<Reach, string> = {
  connected: 'The session has connected anew.',
  pairing: 'The session has connected anew and waits for a phone.',
  'on-its-way': 'The session connects anew; it has not succeeded yet.',
  halted: 'The session has tried again, and waits for somebody.',
}

/** Errors of others may quote what they choked on. */
const UNEXPECTED = { code: 'failed', message: 'It failed; the log of the runner has the cause.' }

const byAge = (a: OpenAction, b: OpenAction): number => a.action.requestedAt.getTime() - b.action.requestedAt.getTime()

const unreachable = (what: string): HoldfastError =>
  new HoldfastError('not-connected', `${what} Only a connected device can be unlinked from here; the phone can always do it.`)
