import { runnerPath, type RunnerResources } from '@holdfast/core/documents/runner-document'
import type { Logger } from '@holdfast/core/logging'
import { SERVER_TIME, type Clock, type DocumentStore, type Fields } from '@holdfast/core/ports'
import type { OwnedSession } from '../session/owned-session.ts'

export interface HeartbeatPolicy {
  readonly intervalMs: number
  /** After this silence others may take this runner's sessions. They judge it by Firestore's times alone. */
  readonly deadAfterMs: number
}

/** This share of the time to death without a renewal mutes the runner: courtesy, the fence is what keeps it safe. */
const MUTE_AFTER = 2 / 3

/** Vouches for this runner and its sessions in `runners/{runnerId}`, and mutes them when it cannot. */
export class Heartbeat {
  readonly #options
  readonly #path: string
  #state: 'active' | 'draining' = 'active'
  #renewedAt: number
  #muted = false
  #beating = false
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
  }) {
    this.#options = options
    this.#path = runnerPath(options.runnerId)
    this.#renewedAt = options.clock.monotonic()
  }

  get muted(): boolean {
    return this.#muted
  }

  async start(): Promise<void> {
    const { clock, policy } = this.#options
    await this.#create()
    this.#cancel = clock.every(policy.intervalMs, () => void this.#beat())
  }

  /** Says that this runner takes no more sessions. */
  async drain(): Promise<void> {
    this.#state = 'draining'
    await this.#beat()
  }

  /** Takes the runner off the list. */
  async stop(): Promise<void> {
    this.#stopped = true
    this.#cancel()
    await this.#options.documents.commit([{ kind: 'delete', path: this.#path }])
  }

  async #create(): Promise<void> {
    const { documents, clock } = this.#options
    await documents.commit([{ kind: 'create', path: this.#path, fields: { ...this.#fields(), startedAt: SERVER_TIME } }])
    this.#renewedAt = clock.monotonic()
  }

  async #beat(): Promise<void> {
    this.#judge()
    if (this.#beating || this.#stopped) return
    this.#beating = true
    const { documents, clock, logger } = this.#options
    const before = clock.monotonic()
    try {
      await documents.commit([{ kind: 'update', path: this.#path, fields: this.#fields() }])
      this.#renewedAt = before
    } catch (error) {
      await this.#recover(error)
    } finally {
      this.#beating = false
    }
    this.#judge()
    if (this.#muted) logger.warn('Firestore does not take our heartbeat: muted.')
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
    const { clock, policy, sessions } = this.#options
    const muted = clock.monotonic() - this.#renewedAt > policy.deadAfterMs * MUTE_AFTER
    if (muted === this.#muted) return
    this.#muted = muted
    for (const session of sessions.values()) session.mute(muted)
  }

  #fields(): Fields {
    const { policy, capacity, instanceId, sessions } = this.#options
    const resources = this.#options.resources()
    return {
      v: 1,
      state: this.#state,
      instanceId,
      heartbeatAt: SERVER_TIME,
      capacity,
      heartbeatIntervalMs: policy.intervalMs,
      deadAfterMs: policy.deadAfterMs,
      memoryBytes: resources.memory.rssBytes,
      resources,
      sessions: Object.fromEntries([...sessions].map(([id, session]) => [id, session.status])),
    }
  }
}
