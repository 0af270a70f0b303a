import { runnerPath, type RunnerDocument, type RunnerResources } from '@holdfast/core/operations/runner-document'
import type { Logger } from '@holdfast/core/platform/logging'
import { SERVER_TIME, type Change, type Clock, type DocumentStore, type Fields } from '@holdfast/core/platform/ports'
import type { SessionState } from '@holdfast/core/session/session-states'
import type { NetworkReport } from '@holdfast/core/operations/network-report'
import type { StoreReport } from '@holdfast/core/operations/store-report'
import type { OwnedSession } from '../session/owned-session.ts'
import { Pulse } from './pulse.ts'

export interface HeartbeatPolicy {
  readonly intervalMs: number
  /** Silence after which other runners may take this one's sessions. They judge it by Firestore's times alone. */
  readonly deadAfterMs: number
  /** False where no other runner can take the sessions. They then continue without Firestore as far as they can. */
  readonly mutes: boolean
}

/** A numbered place in the fleet, and the change that takes it. */
export interface TakenSlot {
  readonly number: number
  readonly change: Change
}

/** The start of this process: early ends of earlier processes in its place, and whether it may work at once. */
export interface Beginning {
  readonly shortLives: number
  readonly works: boolean
  /** Null where the container's id counts. It is taken in the commit that registers the runner. */
  readonly slot?: TakenSlot | null
}

/** Why a runner leaves: at its memory limit, which the next process must know, or on request. */
export type Leaving = NonNullable<RunnerDocument['leavesBecause']> | 'told'

/** Share of `deadAfterMs` without a renewal after which the runner mutes itself. This is courtesy; the fence keeps it safe. */
const MUTE_AFTER = 2 / 3

/** Vouches for this runner and its sessions in `runners/{runnerId}`, and mutes them when it cannot. */
export class Heartbeat {
  readonly #options
  readonly #path: string
  readonly #pulse: Pulse
  #leaving: Leaving | null = null
  #beginning: Beginning = { shortLives: 0, works: true }
  /** The number of the slot that this runner holds. */
  #slot: number | null = null
  /** The registration; null before it began. */
  #registering: Promise<void> | null = null
  /** Whether Firestore has `workingSince`. */
  #workIsKnown = false
  #renewedAt: number
  #muted = false
  /** The heartbeat that is on its way to Firestore. */
  #beating: Promise<void> | null = null
  #stopped = false
  #cancel: () => void = () => {}

  constructor(options: {
    documents: DocumentStore
    clock: Clock
    logger: Logger
    runnerId: string
    instanceId: string | null
    version: string
    /** The revision of Cloud Run, empty elsewhere. */
    revision: string
    capacity: number
    policy: HeartbeatPolicy
    sessions: ReadonlyMap<string, OwnedSession>
    /** Resources of this process at the last look. */
    resources: () => RunnerResources
    /** Result of the last check of the stores. */
    store: () => StoreReport | null
    /** What the runner can reach. */
    network?: () => NetworkReport
    /** Whether it can make voice messages of other sounds. Null while that is not known. */
    convertsVoice?: () => boolean | null
    /** Totals since the start. */
    totals?: () => Fields
    /** Counts of billed operations. */
    operations: () => Fields
    /** Finds another slot for a runner that was taken for dead. Null: it still has its own. */
    findSlotAgain?: (own: number) => Promise<TakenSlot | null>
  }) {
    this.#options = options
    this.#path = runnerPath(options.runnerId)
    this.#pulse = new Pulse(options)
    this.#renewedAt = options.clock.monotonic()
  }

  get muted(): boolean {
    return this.#muted
  }

  /** Milliseconds since Firestore last accepted a heartbeat, or since this process began. */
  get unrenewedForMs(): number {
    return this.#options.clock.monotonic() - this.#renewedAt
  }

  /** Registers the runner. It may be called again after a failure, and does nothing after success. */
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

  /** Whether Firestore knows that the runner takes sessions. */
  get isAtWork(): boolean {
    return this.#workIsKnown
  }

  /** Publishes that the runner takes sessions from now on. */
  async beginWork(): Promise<void> {
    this.#beginning = { ...this.#beginning, works: true }
    await this.renew()
  }

  /** Sends a heartbeat with the present state, after the one that is on its way. */
  async renew(): Promise<void> {
    await this.#beating
    await this.#beat()
  }

  /** Publishes that this runner takes no more sessions. */
  async drain(because: Leaving): Promise<void> {
    this.#leaving = because
    if (this.#registering) await this.renew()
  }

  /** Removes the runner's document, unless the next process in its place has to know how this one ended. */
  async stop(): Promise<void> {
    this.#stopped = true
    this.#cancel()
    if (!this.#registering || (await this.#leaveNote())) return
    await this.#options.documents.commit([{ kind: 'delete', path: this.#path }])
  }

  /** Leaves the document as that of a dead runner, for which no other runner waits. True when it stays. */
  async #leaveNote(): Promise<boolean> {
    const { documents, instanceId, logger } = this.#options
    if (this.#leaving !== 'memory-limit' || (instanceId === null && this.#slot === null)) return false
    // A heartbeat on its way would bring the runner back to life.
    await this.#beating
    try {
      const fields = { ...this.#fields(), deadAfterMs: 0 }
      await documents.commit([{ kind: 'update', path: this.#path, fields }])
      return true
    } catch (error) {
      logger.warn({ error }, 'The next process in this place will not know that this one left at its memory limit.')
      return false
    }
  }

  async #register(): Promise<void> {
    const { clock, policy, documents } = this.#options
    try {
      await this.#create(this.#beginning.slot ?? null)
    } catch (error) {
      // No other process uses this id: an existing document comes from a commit whose answer was lost.
      if (!(await documents.read(this.#path))) throw error
    }
    if (!this.#stopped) this.#cancel = clock.every(policy.intervalMs, () => void this.#beat(), 'heartbeat')
  }

  async #create(slot: TakenSlot | null): Promise<void> {
    const { documents, clock } = this.#options
    const { shortLives, works } = this.#beginning
    const workingSince = works ? SERVER_TIME : null
    this.#slot = slot?.number ?? null
    const fields = { ...this.#fields(), startedAt: SERVER_TIME, workingSince, shortLives }
    await documents.commit([{ kind: 'create', path: this.#path, fields }, ...(slot ? [slot.change] : [])])
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
    if (this.#muted) this.#options.logger.warn('Firestore does not accept the heartbeat: the runner is muted.')
  }

  async #write(): Promise<void> {
    const { documents, clock } = this.#options
    const before = clock.monotonic()
    try {
      const beginsToWork = this.#beginning.works && !this.#workIsKnown
      const fields = { ...this.#fields(), ...(beginsToWork ? { workingSince: SERVER_TIME } : {}) }
      await documents.commit([{ kind: 'update', path: this.#path, fields }])
      if (beginsToWork) this.#workIsKnown = true
      const wasSilent = before - this.#renewedAt > this.#options.policy.deadAfterMs
      this.#renewedAt = before
      if (wasSilent) await this.#keepSlot()
      if (this.#workIsKnown) this.#pulse.beat([...this.#options.sessions.values()].map(({ status }) => status.state))
    } catch (error) {
      await this.#recover(error)
    }
  }

  /** Registers again after another runner took this one for dead and removed its document. Journals decide about its sessions. */
  async #recover(error: unknown): Promise<void> {
    const { documents, logger } = this.#options
    try {
      if (this.#stopped || (await documents.read(this.#path))) return
      logger.warn('Another runner took this one for dead; registering again.')
      const own = this.#slot
      await this.#create(null)
      this.#slot = own
      await this.#keepSlot()
    } catch {
      logger.warn({ error }, 'The heartbeat failed.')
    }
  }

  /** Takes another slot if another process took this runner for dead, and its slot with it. */
  async #keepSlot(): Promise<void> {
    const { documents, findSlotAgain, logger } = this.#options
    if (this.#slot === null || !findSlotAgain) return
    try {
      const other = await findSlotAgain(this.#slot)
      if (!other) return
      await documents.commit([{ kind: 'update', path: this.#path, fields: { slot: other.number } }, other.change])
      logger.warn(
        { slot: this.#slot, instead: other.number },
        'Another process has the slot of this runner, which took another one.',
      )
      this.#slot = other.number
    } catch (error) {
      logger.warn({ error, slot: this.#slot }, 'Whether this runner still has its slot is not known.')
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
    const { policy, capacity, instanceId, version, revision, sessions } = this.#options
    const resources = this.#options.resources()
    const store = this.#options.store()
    const convertsVoice = this.#options.convertsVoice?.() ?? null
    return {
      v: 1,
      state: this.#leaving ? 'draining' : 'active',
      ...(this.#leaving === 'memory-limit' ? { leavesBecause: this.#leaving } : {}),
      instanceId,
      slot: this.#slot,
      version,
      revision,
      heartbeatAt: SERVER_TIME,
      capacity,
      heartbeatIntervalMs: policy.intervalMs,
      deadAfterMs: policy.deadAfterMs,
      memoryBytes: resources.memory.rssBytes,
      resources,
      operations: this.#options.operations(),
      ...(this.#options.totals ? { totals: this.#options.totals() } : {}),
      ...(store ? { store } : {}),
      ...(convertsVoice === null ? {} : { convertsVoice }),
      postsFiles: true,
      states: numbersOf([...sessions.values()].map(({ status }) => status.state)),
      ...(this.#options.network ? { network: this.#options.network() } : {}),
      sessions: Object.fromEntries([...sessions].map(([id, session]) => [id, session.status])),
    }
  }
}

const numbersOf = (states: readonly SessionState[]): Fields =>
  Object.fromEntries([...Map.groupBy(states, (state) => state)].map(([state, same]) => [state, same.length]))
