import {
  isRunnerAction,
  OPEN_ACTION_STATES,
  RECOVERY_ACTIONS,
  type RecoveryAction,
  recoveryActionPath,
  recoveryActionSchema,
  type RunnerActionType,
} from '@holdfast/core/operations/recovery-action-document'
import { parseStored } from '@holdfast/core/platform/parse'
import type { Logger } from '@holdfast/core/platform/logging'
import { Append, SERVER_TIME, type Clock, type DocumentSnapshot, type DocumentStore } from '@holdfast/core/platform/ports'

const RETRY_MS = 3000

const ENDED = { code: 'runner-ended', sentence: 'The runner has handed its sessions over and ends.' }

const BEGUN: Readonly<Record<RunnerActionType, string>> = {
  'restart-runner': 'The runner hands its sessions over.',
  'crash-drill': 'The runner ends at once, without handing anything over.',
}

/**
 * Listens to the actions on this runner itself. It begins one unless somebody has cancelled it meanwhile. With `restart-runner` it hands
 * its sessions over and ends, and the platform starts another one; a runner that dies over it has done what was asked: the sweep then
 * ends the action. With `crash-drill` it dies at once, and the sweep tells how its sessions came back.
 */
export class RunnerActions {
  readonly #documents: DocumentStore
  readonly #clock: Clock
  readonly #logger: Logger
  readonly #runnerId: string
  readonly #onRestart: () => void
  readonly #onCrash: () => void
  #stop: () => void = () => {}
  #stopLooking: () => void = () => {}
  #stopped = false
  /** The restart that this runner has begun. */
  #begun: string | null = null

  constructor(options: {
    documents: DocumentStore
    clock: Clock
    logger: Logger
    runnerId: string
    /** Called once, when a restart has begun. */
    onRestart: () => void
    /** Called once, when a crash drill has begun. Ends the process at once. */
    onCrash: () => void
  }) {
    this.#documents = options.documents
    this.#clock = options.clock
    this.#logger = options.logger
    this.#runnerId = options.runnerId
    this.#onRestart = options.onRestart
    this.#onCrash = options.onCrash
  }

  start(): void {
    const where = [
      ['targetRunner', '==', this.#runnerId],
      ['state', 'in', OPEN_ACTION_STATES],
    ] as const
    this.#stop = this.#documents.listen(
      { collection: RECOVERY_ACTIONS, where },
      (events) => {
        for (const { kind, document } of events) if (kind !== 'removed') void this.#hear(document)
      },
      (error) => {
        this.#logger.warn({ error }, 'The listener to the actions on this runner failed; listening again.')
        if (!this.#stopped) this.#stop = this.#clock.after(RETRY_MS, () => this.start(), 'action-feed')
      },
    )
  }

  /** Ends the restart that was begun, after the sessions were handed over. Never rejects. */
  async end(): Promise<void> {
    this.#stopped = true
    this.#stop()
    this.#stopLooking()
    if (this.#begun === null) return
    const steps = new Append({ at: new Date(this.#clock.now()), what: ENDED.sentence })
    const fields = { state: 'done', result: ENDED, steps, finishedAt: SERVER_TIME }
    try {
      await this.#documents.commit([{ kind: 'update', path: recoveryActionPath(this.#begun), fields }])
    } catch (error) {
      this.#logger.warn({ error, action: this.#begun }, 'The restart of this runner could not be ended; the sweep ends it.')
    }
  }

  async #hear(snapshot: DocumentSnapshot): Promise<void> {
    const action = this.#read(snapshot)
    if (this.#begun !== null || !action || !isRunnerAction(action)) return
    // An earlier commit may have succeeded although its answer was lost.
    const isOurs = action.state === 'running' && action.runnerId === this.#runnerId
    if (!isOurs && !(await this.#begin(snapshot, action.type))) return
    if (this.#begun !== null) return
    this.#begun = snapshot.id
    if (action.type === 'crash-drill') {
      this.#logger.warn({ action: snapshot.id, by: action.requestedBy }, 'A crash of this runner was asked for; it ends at once.')
      this.#onCrash()
      return
    }
    this.#logger.warn({ action: snapshot.id, why: action.why }, 'A restart of this runner was asked for.')
    this.#onRestart()
  }

  /** Begins the action in the version that was heard. Looks again after a failure, because the listener tells of changes only. */
  async #begin(snapshot: DocumentSnapshot, type: RunnerActionType): Promise<boolean> {
    const at = new Date(this.#clock.now())
    const steps = new Append({ at, what: BEGUN[type], ...(type === 'restart-runner' ? { step: type } : {}) })
    const fields = { state: 'running', runnerId: this.#runnerId, startedAt: SERVER_TIME, steps }
    try {
      await this.#documents.commit([{ kind: 'update', path: snapshot.path, fields, unlessChangedSince: snapshot }])
      return true
    } catch (error) {
      this.#logger.warn({ error, action: snapshot.id }, 'An action on this runner was not begun; looking again.')
      this.#lookAgain(snapshot.path)
      return false
    }
  }

  #lookAgain(path: string): void {
    if (this.#stopped) return
    this.#stopLooking = this.#clock.after(RETRY_MS, () => void this.#look(path), 'action-feed')
  }

  async #look(path: string): Promise<void> {
    try {
      const found = await this.#documents.read(path)
      if (found && OPEN_ACTION_STATES.some((state) => state === found.fields['state'])) await this.#hear(found)
    } catch (error) {
      this.#logger.warn({ error }, 'An action on this runner could not be looked at; trying again.')
      this.#lookAgain(path)
    }
  }

  #read({ id, path, fields }: DocumentSnapshot): RecoveryAction | null {
    try {
      return parseStored(recoveryActionSchema, fields, path)
    } catch (error) {
      this.#logger.error({ error, action: id }, 'An action on this runner cannot be read and is ignored.')
      return null
    }
  }
}
