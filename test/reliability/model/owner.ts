import { createLogger } from '@holdfast/core/platform/logging'
import { parseStored } from '@holdfast/core/platform/parse'
import { sessionDocumentSchema, sessionPath } from '@holdfast/core/session/session-document'
import type { SessionCipher, WrappingKey } from '@holdfast/core/security/envelope'
import type { Clock, Random } from '@holdfast/core/platform/ports'
import { DocumentJournals } from '@holdfast/core/journal/document-journals'
import { loadState } from '@holdfast/core/journal/load'
import { Checkpointer } from '../../../runner/src/session/journal/checkpointer.ts'
import { claimSession, type Claim } from '../../../runner/src/session/claim.ts'
import { Gate } from '../../../runner/src/session/journal/gate.ts'
import type { RawSocket } from '../../../runner/src/whatsapp/port.ts'
import { Journal } from '../../../runner/src/session/journal/journal.ts'
import { projectEvents } from '../../../runner/src/session/events/projector.ts'
import { JournaledState } from '../../../runner/src/session/journal/journaled-state.ts'
import type { ScheduledStore } from './scheduled-store.ts'
import type { Scheduler } from './scheduler.ts'

/** What left a socket: who said it, and everything that its owner had changed before it was said. */
export interface Said {
  readonly owner: string
  readonly depends: readonly string[]
}

const LIMITS = { commitTimeoutMs: 10_000, giveUpAfterMs: 60_000 }

/** A process that takes the session for its own as soon as it can, changes its state, and speaks. The product's own parts. */
export class ModelOwner {
  readonly name: string
  readonly #options
  readonly #clock: Clock
  readonly #journals: DocumentJournals
  readonly #changed: string[] = []
  #parts: { journal: Journal; state: JournaledState; gate: Gate; raw: RawSocket; checkpointer: Checkpointer } | null = null
  #isOver = false
  #wasFenced = false
  /** Ids whose record is durable, by the journal's word. */
  readonly durable = new Set<string>()

  constructor(options: {
    name: string
    sessionId: string
    scheduler: Scheduler
    store: ScheduledStore
    cipher: SessionCipher
    wrappingKey: WrappingKey
    random: Random
    onSaid: (said: Said) => void
  }) {
    this.name = options.name
    this.#options = options
    this.#clock = options.scheduler.clockOf(options.name)
    this.#journals = new DocumentJournals(options.store.documentsOf(options.name))
  }

  get isOver(): boolean {
    return this.#isOver
  }

  /** Another's record was where its own was to be. One whose claim came too late, or that failed by itself, was not fenced. */
  get wasFenced(): boolean {
    return this.#wasFenced
  }

  get isOpen(): boolean {
    return this.#parts !== null && !this.#isOver
  }

  /** Claims, whoever has the session now, reads its state, and says that it connects. */
  async start(): Promise<void> {
    try {
      const claim = await this.#claim()
      if (!claim) return void (this.#isOver = true)
      await this.#open(claim)
    } catch {
      this.#isOver = true
    }
  }

  /** One change of the state; what it causes to be said waits at the gate. */
  change(id: string): void {
    if (!this.#parts || this.#isOver) return
    const { state, journal } = this.#parts
    const position = state.change({ keys: { session: { [id]: this.name } } })
    this.#changed.push(id)
    journal.whenDurable(position).then(
      () => this.durable.add(id),
      () => {},
    )
  }

  speak(): void {
    const said: Said = { owner: this.name, depends: [...this.#changed] }
    this.#parts?.raw.send(Buffer.from(JSON.stringify(said)), {})
  }

  save(): void {
    void this.#parts?.checkpointer.run()
  }

  #claim(): Promise<Claim | null> {
    const { sessionId, store, random, wrappingKey } = this.#options
    const documents = store.documentsOf(this.name)
    const parts = { documents, journals: this.#journals, clock: this.#clock, random, sessionId, wrappingKey }
    return claimSession({ ...parts, runnerId: this.name, mayClaim: () => true })
  }

  async #open(claim: Claim): Promise<void> {
    const { sessionId, store, cipher, random, onSaid } = this.#options
    const objects = store.objectsOf(this.name)
    const loaded = await loadState({
      journals: this.#journals,
      objects,
      cipher,
      pointers: claim.session,
      end: claim.head.sequence,
    })
    if (loaded.trouble) throw loaded.trouble
    const shared = {
      sessionId,
      runnerId: this.name,
      clock: this.#clock,
      random,
      limits: LIMITS,
      head: claim.head,
      project: projectEvents,
    }
    const journal = new Journal({ journals: this.#journals, ...shared })
    journal.unlock(cipher)
    const state = new JournaledState(loaded.image, journal)
    const gate = new Gate({ journal, commitPending: () => {}, now: () => this.#clock.monotonic() })
    const raw = rawSocket((data) => onSaid(JSON.parse(data.toString()) as Said))
    gate.attach(raw)
    Object.assign(raw, { readyState: 1 })
    journal.listen({
      onEnd: ({ code }) => {
        this.#wasFenced = code === 'fenced'
        this.#isOver = true
        gate.shut()
      },
      onWriteRefused: () => {},
    })
    const logger = createLogger('model', 'silent')
    const checkpointer = new Checkpointer({
      state,
      tidyUp: () => {},
      cipher,
      journals: this.#journals,
      objects,
      clock: this.#clock,
      logger,
      policy: { everyRecords: 8, everyMs: 60_000 },
      session: parseStored(sessionDocumentSchema, claim.session, sessionPath(sessionId)),
      startedFrom: loaded.startedFrom,
    })
    this.#parts = { journal, state, gate, raw, checkpointer }
    await journal.whenDurable(state.append({ kind: 'connect' }))
    this.speak()
  }
}

const rawSocket = (onFrame: (data: Buffer) => void): RawSocket => ({
  readyState: 0,
  send: (data) => onFrame(Buffer.from(data)),
  terminate: () => {},
})
