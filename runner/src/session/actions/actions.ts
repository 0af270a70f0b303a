import { within } from '@holdfast/core/platform/deadlines'
import { OPEN_ACTION_STATES, recoveryActionPath, type RecoveryAction } from '@holdfast/core/operations/recovery-action-document'
import { HoldfastError } from '@holdfast/core/platform/errors'
import type { Logger } from '@holdfast/core/platform/logging'
import { Append, SERVER_TIME, type Clock, type DocumentStore, type Fields } from '@holdfast/core/platform/ports'
import type { Entry } from '../journal/group.ts'
import type { ActionResult, ActionSession, RunningAction } from './action-handler.ts'
import { ACTIONS } from './registry.ts'

/** An action on this session that is not finished. */
export interface OpenAction {
  readonly id: string
  readonly action: RecoveryAction
}

/** The time that an action waits for a connection. */
const CONNECT_WITHIN_MS = 60_000

/** The session's loop waits this long for Firestore to say whether an action is still open, and asks again after the pause. */
const ASK_WITHIN_MS = 3000
const ASK_AGAIN_MS = 2000

/**
 * Takes the actions on one session to their ends, the oldest first, one after the other. What an action does is in its handler; here is
 * the course that all of them share. The session's loop calls it and is never blocked for long.
 */
export class Actions {
  readonly #session: ActionSession
  readonly #append: (entry: Entry) => number
  readonly #documents: DocumentStore
  readonly #clock: Clock
  readonly #logger: Logger
  readonly #owner: { runnerId: string; epoch: number }
  readonly #open = new Map<string, OpenAction>()
  readonly #finished = new Set<string>()
  /** The action that is under way, and when it began, ms. */
  #running: { id: string; sinceMs: number; isBegun: boolean } | null = null
  /** Set when Firestore did not say whether the next action is still open: when to ask again, ms. */
  #askAgainAtMs: number | null = null

  constructor(options: {
    session: ActionSession
    /** Writes ride on a record, so that an owner that lost the session cannot change its actions either. */
    append: (entry: Entry) => number
    documents: DocumentStore
    clock: Clock
    logger: Logger
    owner: { runnerId: string; epoch: number }
  }) {
    this.#session = options.session
    this.#append = options.append
    this.#documents = options.documents
    this.#clock = options.clock
    this.#logger = options.logger
    this.#owner = options.owner
  }

  /** Takes in all open actions on the session, as Firestore lists them. Returns true when one of them is new. */
  hear(actions: readonly OpenAction[]): boolean {
    const news = actions.filter(({ id }) => !this.#open.has(id) && !this.#finished.has(id))
    for (const open of news) this.#open.set(open.id, open)
    return news.length > 0
  }

  /** True while an action needs the session, even if nobody wants it online. */
  get isBusy(): boolean {
    return this.#open.size > 0
  }

  /** When an action that waits has to be looked at again, ms; infinity when none does. */
  get dueAtMs(): number {
    return Math.min(this.#runsOutAtMs, this.#askAgainAtMs ?? Number.POSITIVE_INFINITY)
  }

  get #runsOutAtMs(): number {
    return this.#running ? this.#running.sinceMs + CONNECT_WITHIN_MS : Number.POSITIVE_INFINITY
  }

  /** Does the next step of the oldest action. The loop calls it whenever something has changed. */
  async advance(): Promise<void> {
    for (const open of [...this.#open.values()].toSorted(byAge)) {
      if (!(await this.#advance(open))) return
    }
  }

  /** Returns true when the action is finished. */
  async #advance({ id, action }: OpenAction): Promise<boolean> {
    if (this.#running?.id !== id) {
      const isOpen = await this.#isOpen(id)
      if (isOpen === null) return false
      if (!isOpen) return this.#leaveAlone(id)
      this.#start(id, action)
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

  /** Returns null while the action waits. */
  async #perform(id: string, { type, approved }: RecoveryAction): Promise<ActionResult | null> {
    const handler = ACTIONS[type]
    if (this.#running && !this.#running.isBegun) {
      this.#running.isBegun = true
      await handler.begin?.(this.#session)
    }
    const now = (): number => this.#clock.now()
    const runsOutAtMs = this.#runsOutAtMs
    const running: RunningAction = {
      approved,
      get isInTime() {
        return now() < runsOutAtMs
      },
      note: (what) => this.#write(id, { steps: new Append({ at: new Date(now()), what }) }),
    }
    return handler.advance(this.#session, running)
  }

  /**
   * Whether the action is still open in Firestore: an earlier owner may have finished what this one has heard of. Only the owner
   * finishes actions, so that the answer stays true. Null when Firestore does not say.
   */
  async #isOpen(id: string): Promise<boolean | null> {
    if (this.#askAgainAtMs !== null && this.#clock.now() < this.#askAgainAtMs) return null
    try {
      const found = await within(this.#clock, ASK_WITHIN_MS, this.#documents.read(recoveryActionPath(id)))
      this.#askAgainAtMs = null
      return OPEN_ACTION_STATES.some((state) => state === found?.fields['state'])
    } catch (error) {
      this.#logger.warn({ error, action: id }, 'Firestore does not say whether a recovery action is still open; asking again.')
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

  #start(id: string, { type, startedAt }: RecoveryAction): void {
    this.#running = { id, sinceMs: this.#clock.now(), isBegun: false }
    this.#logger.info({ action: id, type }, 'A recovery action begins.')
    this.#write(id, { state: 'running', ...this.#owner, ...(startedAt ? {} : { startedAt: SERVER_TIME }) })
  }

  #finish(id: string, state: 'done' | 'failed', result: ActionResult): void {
    this.#open.delete(id)
    this.#finished.add(id)
    this.#running = null
    this.#logger.info({ action: id, state, result: result.code }, 'A recovery action has ended.')
    const steps = new Append({ at: new Date(this.#clock.now()), what: result.sentence })
    this.#write(id, { state, result, steps, finishedAt: SERVER_TIME })
  }

  #write(id: string, fields: Fields): void {
    this.#append({ writes: () => [{ kind: 'merge', path: recoveryActionPath(id), fields }] })
  }
}

/** Errors of other code may quote secret input: only our own errors are shown. */
const UNEXPECTED = { code: 'failed', message: 'It failed; the log of the runner has the cause.' }

const byAge = (a: OpenAction, b: OpenAction): number => a.action.requestedAt.getTime() - b.action.requestedAt.getTime()
