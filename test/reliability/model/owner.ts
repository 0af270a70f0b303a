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
import type { RawSocket } from '../../../runner/src/whatsapp/frame-gate.ts'
import { Journal } from '../../../runner/src/session/journal/journal.ts'
import { projectEvents } from '../../../runner/src/session/events/projector.ts'
import { JournaledState } from '../../../runner/src/session/journal/journaled-state.ts'
import type { ScheduledStore } from './scheduled-store.ts'
import type { Scheduler } from './scheduler.ts'

/** A frame that left a socket: its owner, and all changes that the owner had made before it sent the frame. */
export interface SentFrame {
  readonly owner: string
  readonly depends: readonly string[]
}

const LIMITS = { commitTimeoutMs: 10_000, giveUpAfterMs: 60_000 }

/** An owner made of the product's own parts. It claims the session as soon as it can, changes the state, and sends frames. */
export class ModelOwner {
  readonly name: string
  readonly #options
  readonly #clock: Clock
  readonly #journals: DocumentJournals
  readonly #changed: string[] = []
  #parts: { journal: Journal; state: JournaledState; gate: Gate; raw: RawSocket; checkpointer: Checkpointer } | null = null
  #isOver = false
  #wasFenced = false
  /** The ids of changes that the journal reported as durable. */
  readonly durable = new Set<string>()

  constructor(options: {
    name: string
    sessionId: string
    scheduler: Scheduler
    store: ScheduledStore
    cipher: SessionCipher
    wrappingKey: WrappingKey
    random: Random
    onFrame: (frame: SentFrame) => void
  }) {
    this.name = options.name
    this.#options = options
    this.#clock = options.scheduler.clockOf(options.name)
    this.#journals = new DocumentJournals(options.store.documentsOf(options.name))
  }

  get isOver(): boolean {
    return this.#isOver
  }

  /** Whether the owner found another owner's record at the number of its next one. A late claim or an own failure is no fence. */
  get wasFenced(): boolean {
    return this.#wasFenced
  }

  get isOpen(): boolean {
    return this.#parts !== null && !this.#isOver
  }

  /** Claims the session from any owner, reads its state, and sends a frame after a durable connect record. */
  async start(): Promise<void> {
    try {
      const claim = await this.#claim()
      if (!claim) return void (this.#isOver = true)
      await this.#open(claim)
    } catch {
      this.#isOver = true
    }
  }

  /** Makes one change of the state. Frames after it wait at the gate until its record is durable. */
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
    const frame: SentFrame = { owner: this.name, depends: [...this.#changed] }
    this.#parts?.raw.send(Buffer.from(JSON.stringify(frame)), {})
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
    const { sessionId, store, cipher, random, onFrame } = this.#options
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
    const raw = rawSocket((data) => onFrame(JSON.parse(data.toString()) as SentFrame))
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
      keys: { look: async () => cipher.currentVersion },
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
