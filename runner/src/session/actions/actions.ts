import { within } from '@holdfast/core/platform/deadlines'
import { OPEN_ACTION_STATES, recoveryActionPath, type SessionAction } from '@holdfast/core/operations/recovery-action-document'
import { HoldfastError } from '@holdfast/core/platform/errors'
import type { Logger } from '@holdfast/core/platform/logging'
import {
  Append,
  SERVER_TIME,
  type Clock,
  type DocumentSnapshot,
  type DocumentStore,
  type Fields,
} from '@holdfast/core/platform/ports'
import type { Entry } from '../journal/group.ts'
import type { ActionResult, ActionSession, RunningAction } from './action-handler.ts'
import { ACTIONS } from './registry.ts'

/** An action on this session that is not finished. */
export interface OpenAction {
  readonly id: string
  readonly action: SessionAction
}

/** The time that an action waits for a connection. */
const CONNECT_WITHIN_MS = 60_000

/**
 * The time limit of the query whether an action is still open, and the pause before the next query. The session's loop waits for
 * the query.
 */
const ASK_WITHIN_MS = 3000
const ASK_AGAIN_MS = 2000

/**
 * Runs the actions on one session, one at a time, the oldest first. A handler implements each type of action; this class
 * implements the steps that all types share. The session's loop calls it and is never blocked for long.
 */
export class Actions {
  readonly #session: ActionSession
  readonly #append: (entry: Entry) => number
  readonly #wake: () => void
  readonly #documents: DocumentStore
  readonly #clock: Clock
  readonly #logger: Logger
  readonly #owner: { runnerId: string; epoch: number }
  readonly #open = new Map<string, OpenAction>()
  readonly #finished = new Set<string>()
  /** The running action and its start, ms. It is granted once its document says that this owner performs it. */
  #running: { id: string; sinceMs: number; isGranted: boolean; isBegun: boolean; taken: Set<unknown> } | null = null
  /** The time of the next query, ms. Set after Firestore did not answer whether the next action is still open. */
  #askAgainAtMs: number | null = null

  constructor(options: {
    session: ActionSession
    /** Appends a record that carries the writes, so that an owner that lost the session cannot change its actions. */
    append: (entry: Entry) => number
    /** Makes the session's loop go on. */
    wake: () => void
    documents: DocumentStore
    clock: Clock
    logger: Logger
    owner: { runnerId: string; epoch: number }
  }) {
    this.#session = options.session
    this.#append = options.append
    this.#wake = options.wake
    this.#documents = options.documents
    this.#clock = options.clock
    this.#logger = options.logger
    this.#owner = options.owner
  }

  /** Accepts all open actions on the session, as Firestore lists them. Returns true when one of them is new. */
  hear(actions: readonly OpenAction[]): boolean {
    const news = actions.filter(({ id }) => !this.#open.has(id) && !this.#finished.has(id))
    for (const open of news) this.#open.set(open.id, open)
    return news.length > 0
  }

  /** True while an action needs the session, even if the session is not wanted online. */
  get isBusy(): boolean {
    return this.#open.size > 0
  }

  /** When a waiting action needs its next step, ms; infinity when no action waits. */
  get dueAtMs(): number {
    return Math.min(this.#runsOutAtMs, this.#askAgainAtMs ?? Number.POSITIVE_INFINITY)
  }

  get #runsOutAtMs(): number {
    return this.#running ? this.#running.sinceMs + CONNECT_WITHIN_MS : Number.POSITIVE_INFINITY
  }

  /**
   * Does the next step of the oldest action, and goes on to the next action when it ends. The loop calls it after every change.
   */
  async advance(): Promise<void> {
    for (const open of [...this.#open.values()].toSorted(byAge)) {
      if (!(await this.#advance(open))) return
    }
  }

  /** Returns true when the action is finished. */
  async #advance({ id, action }: OpenAction): Promise<boolean> {
    if (this.#running?.id !== id) {
      const found = await this.#find(id)
      if (found === null) return false
      if (found === 'ended') return this.#leaveAlone(id)
      await this.#start(id, action, found)
    }
    if (!this.#running?.isGranted) return false
    try {
      const result = await this.#perform(id, action)
      if (result === null) return false
      this.#finish(id, result.isVetoed ? 'vetoed' : 'done', result)
    } catch (error) {
      this.#logger.warn({ error, action: id }, 'A recovery action failed.')
      const { code, message } = error instanceof HoldfastError ? error : UNEXPECTED
      this.#finish(id, 'failed', { code, sentence: message })
    }
    return true
  }

  /** Returns null while the action waits. */
  async #perform(
    id: string,
    { type, approved, restoreTo, backup, step, cleanUp, requestedBy, runnerId }: SessionAction,
  ): Promise<ActionResult | null> {
    const handler = ACTIONS[type]
    const now = (): number => this.#clock.now()
    const runsOutAtMs = this.#runsOutAtMs
    const running: RunningAction = {
      id,
      approved,
      restoreTo,
      backup,
      step,
      cleanUp,
      requestedBy,
      begunBy: runnerId,
      get isInTime() {
        return now() < runsOutAtMs
      },
      hasTaken: (taken) => this.#running?.taken.has(taken) ?? false,
      note: (what, taken) => {
        if (taken) this.#running?.taken.add(taken)
        const line = { at: new Date(now()), what, ...(taken ? { step: taken } : {}) }
        this.#write(id, { ...(taken ? { step: taken } : {}), steps: new Append(line) })
      },
    }
    if (this.#running && !this.#running.isBegun) {
      this.#running.isBegun = true
      const ended = await handler.begin?.(this.#session, running)
      if (ended) return ended
    }
    return handler.advance(this.#session, running)
  }

  /**
   * Returns the document of the action if it is still open, and null when Firestore does not answer. Somebody may have cancelled the
   * action, or an earlier owner finished it, after this owner heard of it.
   */
  async #find(id: string): Promise<DocumentSnapshot | 'ended' | null> {
    if (this.#askAgainAtMs !== null && this.#clock.now() < this.#askAgainAtMs) return null
    try {
      const found = await within(this.#clock, ASK_WITHIN_MS, this.#documents.read(recoveryActionPath(id)))
      this.#askAgainAtMs = null
      return found && OPEN_ACTION_STATES.some((state) => state === found.fields['state']) ? found : 'ended'
    } catch (error) {
      this.#logger.warn(
        { error, action: id },
        'Firestore did not answer whether a recovery action is still open; the runner asks again.',
      )
      this.#askAgainAtMs = this.#clock.now() + ASK_AGAIN_MS
      return null
    }
  }

  #leaveAlone(id: string): true {
    this.#open.delete(id)
    this.#finished.add(id)
    this.#logger.info({ action: id }, 'This recovery action was ended or cancelled; it is skipped.')
    this.#wake()
    return true
  }

  /**
   * Starts the action in the version that was found. It is performed once that is written: whoever cancels it meanwhile has cancelled
   * it, and whoever is too late is told so. Waits for the write, because the session should not connect right before its restart, but
   * not for long.
   */
  async #start(id: string, { type, startedAt }: SessionAction, found: DocumentSnapshot): Promise<void> {
    const running = { id, sinceMs: this.#clock.now(), isGranted: false, isBegun: false, taken: stepsIn(found) }
    this.#running = running
    const { promise, resolve } = Promise.withResolvers<void>()
    const settle = (isGranted: boolean): void => {
      running.isGranted = isGranted
      running.sinceMs = this.#clock.now()
      // The action is looked at anew.
      if (!isGranted && this.#running === running) this.#running = null
      if (isGranted) this.#logger.info({ action: id, type }, 'A recovery action started.')
      resolve()
      this.#wake()
    }
    const fields = { state: 'running', ...this.#owner, ...(startedAt ? {} : { startedAt: SERVER_TIME }) }
    this.#append({
      writes: () => [{ kind: 'merge', path: found.path, fields }],
      unlessChanged: [found],
      onWritten: () => settle(true),
      onOutdated: () => settle(false),
      // Firestore refuses this one document, which must not keep the session from its action.
      onRefused: () => settle(true),
      onEnd: () => resolve(),
    })
    await within(this.#clock, ASK_WITHIN_MS, promise).catch(() => {})
  }

  #finish(id: string, state: 'done' | 'failed' | 'vetoed', { code, sentence, report }: ActionResult): void {
    this.#open.delete(id)
    this.#finished.add(id)
    this.#running = null
    // A session that is not wanted any more stops now. Without this it would stay with its owner until something else happens.
    this.#wake()
    this.#logger.info({ action: id, state, result: code }, 'A recovery action ended.')
    const steps = new Append({ at: new Date(this.#clock.now()), what: sentence })
    this.#write(id, { state, result: { code, sentence }, ...(report ? { report } : {}), steps, finishedAt: SERVER_TIME })
  }

  #write(id: string, fields: Fields): void {
    this.#append({ writes: () => [{ kind: 'merge', path: recoveryActionPath(id), fields }] })
  }
}

/** Replaces every error that is not a HoldfastError, since such an error may quote secret input. */
const UNEXPECTED = { code: 'failed', message: 'The action failed; the log of the runner has the cause.' }

/** The steps that the document names. It was read after the claim, so that it has what the owner before noted. */
function stepsIn({ fields }: DocumentSnapshot): Set<unknown> {
  const lines = Array.isArray(fields['steps']) ? (fields['steps'] as readonly { step?: unknown }[]) : []
  return new Set(lines.map(({ step }) => step))
}

const byAge = (a: OpenAction, b: OpenAction): number => a.action.requestedAt.getTime() - b.action.requestedAt.getTime()
