import {
  OPEN_ACTION_STATES,
  RECOVERY_ACTIONS,
  type SessionAction,
  isSessionAction,
  recoveryActionSchema,
} from '@holdfast/core/operations/recovery-action-document'
import { parseStored } from '@holdfast/core/platform/parse'
import type { Logger } from '@holdfast/core/platform/logging'
import type { Clock, DocumentSnapshot, DocumentStore, ListenerEvent } from '@holdfast/core/platform/ports'
import type { OpenAction } from '../session/actions/actions.ts'

const RETRY_MS = 1000

/**
 * Listens to all unfinished recovery actions of all sessions. There are few, and an action on a session without an owner must reach some
 * runner.
 */
export class ActionFeed {
  readonly #documents: DocumentStore
  readonly #clock: Clock
  readonly #logger: Logger
  readonly #open = new Map<string, OpenAction>()
  #stop: () => void = () => {}
  #stopped = false

  constructor({ documents, clock, logger }: { documents: DocumentStore; clock: Clock; logger: Logger }) {
    this.#documents = documents
    this.#clock = clock
    this.#logger = logger
  }

  /** Starts the listener. Calls back with the sessions that have new actions. */
  start(onNews: (sessionIds: ReadonlySet<string>) => void): void {
    const query = { collection: RECOVERY_ACTIONS, where: [['state', 'in', OPEN_ACTION_STATES]] as const }
    let isFirst = true
    this.#stop = this.#documents.listen(
      query,
      (events) => {
        if (isFirst) this.#forgetAllBut(events)
        isFirst = false
        onNews(this.#hear(events))
      },
      (error) => {
        this.#logger.warn({ error }, 'The listener to recovery actions failed; listening again.')
        if (!this.#stopped) this.#stop = this.#clock.after(RETRY_MS, () => this.start(onNews), 'action-feed')
      },
    )
  }

  stop(): void {
    this.#stopped = true
    this.#stop()
  }

  /** The open actions on a session. */
  of(sessionId: string): OpenAction[] {
    return [...this.#open.values()].filter(({ action }) => action.sessionId === sessionId)
  }

  /** Sessions that have open actions. */
  sessionIds(): ReadonlySet<string> {
    return new Set([...this.#open.values()].map(({ action }) => action.sessionId))
  }

  /** Forgets actions that ended while no listener was there: a new listener begins with the open ones only. */
  #forgetAllBut(events: readonly ListenerEvent[]): void {
    const present = new Set(events.map(({ document }) => document.id))
    for (const id of this.#open.keys()) if (!present.has(id)) this.#open.delete(id)
  }

  #hear(events: readonly ListenerEvent[]): ReadonlySet<string> {
    const news = new Set<string>()
    for (const { kind, document } of events) {
      if (kind === 'removed') {
        this.#open.delete(document.id)
        continue
      }
      const open = this.#read(document)
      if (!open) continue
      if (!this.#open.has(document.id)) news.add(open.action.sessionId)
      this.#open.set(document.id, open)
    }
    return news
  }

  #read({ id, path, fields }: DocumentSnapshot): OpenAction | null {
    try {
      const action = parseStored(recoveryActionSchema, fields, path)
      return isSessionAction(action) && !isOwnersRecord(action) ? { id, action } : null
    } catch (error) {
      this.#logger.error({ error, action: id }, 'A recovery action cannot be read and is ignored.')
      return null
    }
  }
}

/** Whether an owner tells in the action what it does by itself. Nobody is to perform it. */
const isOwnersRecord = ({ type, requestedBy }: SessionAction): boolean => type === 'recover' && requestedBy === 'runner'
