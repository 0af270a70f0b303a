import { runnerPath, type RunnerDocument, type RunnerResources } from '@holdfast/core/operations/runner-document'
import type { Logger } from '@holdfast/core/platform/logging'
import { SERVER_TIME, type Clock, type DocumentStore, type Fields } from '@holdfast/core/platform/ports'
import type { StoreReport } from '@holdfast/core/operations/store-report'
import type { OwnedSession } from '../session/owned-session.ts'

export interface HeartbeatPolicy {
  readonly intervalMs: number
  /** After this silence others may take this runner's sessions. They judge it by Firestore's times alone. */
  readonly deadAfterMs: number
  /** False where nobody else can take this runner's sessions: then they go on without Firestore as far as they can. */
  readonly mutes: boolean
}

/** How this process begins: what those before it in its container did, and whether it may work at once. */
export interface Beginning {
  readonly shortLives: number
  readonly works: boolean
}

/** Why a runner leaves: because of its memory, or for a reason that nobody need remember. */
export type Leaving = NonNullable<RunnerDocument['leavesBecause']> | 'told'

/** This share of the time to death without a renewal mutes the runner: courtesy, the fence is what keeps it safe. */
const MUTE_AFTER = 2 / 3

/** Vouches for this runner and its sessions in `runners/{runnerId}`, and mutes them when it cannot. */
export class Heartbeat {
  readonly #options
  readonly #path: string
  #leaving: Leaving | null = null
  #beginning: Beginning = { shortLives: 0, works: true }
  /** Null: not registered yet. */
  #registering: Promise<void> | null = null
  /** Whether Firestore knows that it works. */
  #workIsKnown = false
  #renewedAt: number
  #muted = false
  /** The one that is on its way to Firestore. */
  #beating: Promise<void> | null = null
  #stopped = false
  #cancel: () => void = () => {}

  constructor(options: {
    documents: DocumentStore
    clock: Clock
    logger: Logger
    runnerId: string
    instanceId: string | null
    capacity: number
    policy: HeartbeatPolicy
    sessions: ReadonlyMap<string, OwnedSession>
    /** What this process used when it last looked. */
    resources: () => RunnerResources
    /** What came out when the stores were last checked. */
    store: () => StoreReport | null
    /** What it has asked of Google. */
    operations: () => Fields
  }) {
    this.#options = options
    this.#path = runnerPath(options.runnerId)
    this.#renewedAt = options.clock.monotonic()
  }

  get muted(): boolean {
    return this.#muted
  }

  /** Milliseconds since Firestore last took a heartbeat, or since this process began. */
  get unrenewedForMs(): number {
    return this.#options.clock.monotonic() - this.#renewedAt
  }

  /** Registers the runner; when that fails it may be tried again, and when it is done nothing is done again. */
  async start(beginning: Beginning = this.#beginning): Promise<void> {
    this.#beginning = beginning
    this.#registering ??= this.#register()
    try {
      await this.#registering
    } catch (error) {
      this.#registering = null
      throw error
    }
  }

  /** Says that from now on it takes up sessions. */
  async beginWork(): Promise<void> {
    this.#beginning = { ...this.#beginning, works: true }
    await this.renew()
  }

  /** One that is on its way says what was before. */
  async renew(): Promise<void> {
    await this.#beating
    await this.#beat()
  }

  /** Says that this runner takes no more sessions. */
  async drain(because: Leaving): Promise<void> {
    this.#leaving = because
    if (this.#registering) await this.renew()
  }

  /** Takes the runner off the list, unless the next process of its container has to know how it ended. */
  async stop(): Promise<void> {
    this.#stopped = true
    this.#cancel()
    if (!this.#registering || (await this.#leaveNote())) return
    await this.#options.documents.commit([{ kind: 'delete', path: this.#path }])
  }

  /** True when the document stays, as that of one who is dead from now on: nobody waits for its heartbeat. */
  async #leaveNote(): Promise<boolean> {
    const { documents, instanceId, logger } = this.#options
    if (this.#leaving !== 'memory-limit' || instanceId === null) return false
    // One that is on its way would say after it that this runner lives.
    await this.#beating
    try {
      const fields = { ...this.#fields(), deadAfterMs: 0 }
      await documents.commit([{ kind: 'update', path: this.#path, fields }])
      return true
    } catch (error) {
      logger.warn({ error }, 'The next process of this container will not know that this one left because of its memory.')
      return false
    }
  }

  async #register(): Promise<void> {
    const { clock, policy, documents } = this.#options
    try {
      await this.#create()
    } catch (error) {
      // The id is this process's own: what is there was written by a commit whose answer was lost.
      if (!(await documents.read(this.#path))) throw error
    }
    if (!this.#stopped) this.#cancel = clock.every(policy.intervalMs, () => void this.#beat(), 'heartbeat')
  }

  async #create(): Promise<void> {
    const { documents, clock } = this.#options
    const { shortLives, works } = this.#beginning
    const workingSince = works ? SERVER_TIME : null
    const fields = { ...this.#fields(), startedAt: SERVER_TIME, workingSince, shortLives }
    await documents.commit([{ kind: 'create', path: this.#path, fields }])
    this.#workIsKnown = works
    this.#renewedAt = clock.monotonic()
  }

  async #beat(): Promise<void> {
    this.#judge()
    if (this.#beating || this.#stopped) return
    this.#beating = this.#write()
    await this.#beating
    this.#beating = null
    this.#judge()
    if (this.#muted) this.#options.logger.warn('Firestore does not take our heartbeat: muted.')
  }

  async #write(): Promise<void> {
    const { documents, clock } = this.#options
    const before = clock.monotonic()
    try {
      const beginsToWork = this.#beginning.works && !this.#workIsKnown
      const fields = { ...this.#fields(), ...(beginsToWork ? { workingSince: SERVER_TIME } : {}) }
      await documents.commit([{ kind: 'update', path: this.#path, fields }])
      if (beginsToWork) this.#workIsKnown = true
      this.#renewedAt = before
    } catch (error) {
      await this.#recover(error)
    }
  }

  /** Somebody took this runner for dead and cleared it away. Its sessions are decided by their journals; it lives on. */
  async #recover(error: unknown): Promise<void> {
    const { documents, logger } = this.#options
    try {
      if (this.#stopped || (await documents.read(this.#path))) return
      logger.warn('This runner was taken for dead; it registers again.')
      await this.#create()
    } catch {
      logger.warn({ error }, 'The heartbeat failed.')
    }
  }

  #judge(): void {
    const { policy, sessions } = this.#options
    const muted = policy.mutes && this.unrenewedForMs > policy.deadAfterMs * MUTE_AFTER
    if (muted === this.#muted) return
    this.#muted = muted
    for (const session of sessions.values()) session.mute(muted)
  }

  #fields(): Fields {
    const { policy, capacity, instanceId, sessions } = this.#options
    const resources = this.#options.resources()
    const store = this.#options.store()
    return {
      v: 1,
      state: this.#leaving ? 'draining' : 'active',
      ...(this.#leaving === 'memory-limit' ? { leavesBecause: this.#leaving } : {}),
      instanceId,
      heartbeatAt: SERVER_TIME,
      capacity,
      heartbeatIntervalMs: policy.intervalMs,
      deadAfterMs: policy.deadAfterMs,
      memoryBytes: resources.memory.rssBytes,
      resources,
      operations: this.#options.operations(),
      ...(store ? { store } : {}),
      sessions: Object.fromEntries([...sessions].map(([id, session]) => [id, session.status])),
    }
  }
}
