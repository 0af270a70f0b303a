import { NO_MEDIA, NO_MEDIA_READER } from '../../support/engine/no-media.ts'
import { createLogger } from '@holdfast/core/platform/logging'
import { DEFAULT_TENANT_SETTINGS } from '@holdfast/core/operations/tenant-settings'
import { DocumentJournals } from '@holdfast/core/journal/document-journals'
import type { WrappingKey } from '@holdfast/core/security/envelope'
import type { Clock, ObjectStore, TaskQueues } from '@holdfast/core/platform/ports'
import { systemRandom } from '@holdfast/core/platform/system-clock'
import { claimSession } from '../../../runner/src/session/claim.ts'
import { assembleEngine, findState, type Engine, type SessionDependencies } from '../../../runner/src/session/engine.ts'
import { projectEvents } from '../../../runner/src/session/events/projector.ts'
import { DEFAULT_JOURNAL_LIMITS } from '../../../runner/src/session/journal/commit.ts'
import { Journal } from '../../../runner/src/session/journal/journal.ts'
import { DEFAULT_SEND_POLICY } from '../../../runner/src/session/outbox/send-policy.ts'
import { SettledJobs } from '../../../runner/src/session/outbox/settled-jobs.ts'
import { JobFeed } from '../../../runner/src/supervisor/job-feed.ts'
import type { Client, ClientOptions } from '../../../runner/src/whatsapp/port.ts'
import { OwnerConnection, type ConnectionHooks } from './connection.ts'
import type { TurnedStore } from './store.ts'
import type { Turns } from './turns.ts'
import type { WhatsApp } from './whatsapp.ts'

export interface OwnerOptions extends ConnectionHooks {
  readonly name: string
  readonly sessionId: string
  /** The number of chats that have a message on its way at the same time. */
  readonly chatsAtOnce: number
  readonly turns: Turns
  readonly store: TurnedStore
  readonly objects: ObjectStore
  readonly archives: ObjectStore
  readonly tasks: TaskQueues
  readonly whatsapp: WhatsApp
  readonly wrappingKey: WrappingKey
}

/** The tenant's settings: no pace, so that the order of events is the test's. */
const SETTINGS = { ...DEFAULT_TENANT_SETTINGS, pacing: { ...DEFAULT_TENANT_SETTINGS.pacing, enabled: false } }

/** A process that owns one session, made of the product's own parts. Only its WhatsApp client is the test's. */
export class QueueOwner {
  readonly name: string
  readonly sessionId: string
  readonly #options: OwnerOptions
  readonly #clock: Clock
  #engine: Engine | null = null
  #openGate: ClientOptions['openGate'] | null = null
  #connection: OwnerConnection | null = null
  #isOver = false

  constructor(options: OwnerOptions) {
    this.name = options.name
    this.sessionId = options.sessionId
    this.#options = options
    this.#clock = options.turns.clockOf(options.name)
  }

  /** False once another owner has fenced it, its journal has failed, or its process is dead. */
  get isAlive(): boolean {
    return !this.#isOver
  }

  /** Whether it has read its state. */
  get isReady(): boolean {
    return !this.#isOver && this.#engine !== null
  }

  get isConnected(): boolean {
    return !this.#isOver && this.#connection?.isOpen === true
  }

  /** Claims the session from any owner and reads its state. */
  async start(): Promise<void> {
    try {
      await this.#open()
    } catch {
      this.#isOver = true
    }
  }

  /** Connects after a durable record, unless there is a connection. */
  async connect(): Promise<void> {
    const engine = this.#engine
    if (!engine || !this.#openGate || this.#connection || this.#isOver) return
    const { whatsapp, turns } = this.#options
    const gate = this.#openGate(() => {})
    const connection = new OwnerConnection({ owner: this, engine, gate, whatsapp, turns, hooks: this.#options })
    this.#connection = connection
    try {
      await engine.state.journal.whenDurable(engine.state.append({ kind: 'connect' }))
    } catch {
      return
    }
    if (this.#connection === connection) connection.open(() => (this.#connection = null))
  }

  disconnect(): void {
    this.#connection?.close()
    this.#connection = null
  }

  /** A contact has received or read a message, as the product's connection keeper hears it. */
  receipt(messageId: string, type: 'delivered' | 'read'): void {
    if (!this.isConnected) return
    this.#options.onAnswer(messageId, null)
    this.#engine?.outbox.acknowledged(messageId, null)
    this.#engine?.receipts.receipt(messageId, type)
  }

  /** The process dies. What it has begun takes effect later, unless it is to get lost. */
  die({ losesAll }: { readonly losesAll: boolean }): void {
    this.#isOver = true
    this.#connection?.cut()
    this.#options.turns.end(this.name)
    if (losesAll) this.#options.turns.forget(this.name)
  }

  async #open(): Promise<void> {
    const { sessionId, name, wrappingKey } = this.#options
    const dependencies = this.#dependencies()
    const { documents, journals, random } = dependencies
    const parts = { documents, journals, clock: this.#clock, random, wrappingKey, sessionId, runnerId: name }
    const claim = await claimSession({ ...parts, mayClaim: () => true })
    if (!claim) return void (this.#isOver = true)
    const limits = DEFAULT_JOURNAL_LIMITS
    const shared = { journals, sessionId, runnerId: name, clock: this.#clock, random, limits }
    const journal = new Journal({ ...shared, head: claim.head, project: projectEvents })
    journal.listen({ onEnd: () => this.#ended(), onWriteRefused: () => {} })
    const found = await findState(dependencies, claim)
    if (found.loaded.trouble) throw found.loaded.trouble
    if (journal.ended) throw journal.ended
    const engine = assembleEngine(dependencies, claim, found, { journal, settled: new SettledJobs() })
    engine.receipts.settleRecorded()
    engine.outbox.listen()
    this.#engine = engine
  }

  /** An owner whose journal has ended says nothing more. */
  #ended(): void {
    this.#isOver = true
    this.#engine?.outbox.abandon()
    this.#connection?.cut()
  }

  #dependencies(): SessionDependencies {
    const { name, store, objects, archives, tasks, wrappingKey, chatsAtOnce } = this.#options
    const documents = store.documentsOf(name)
    const logger = createLogger('model', 'silent')
    const feed = new JobFeed({ documents, clock: this.#clock, logger })
    return {
      documents,
      journals: new DocumentJournals(documents),
      objects,
      archives,
      media: NO_MEDIA,
      fetchFile: () => Promise.reject(new Error('This test fetches no files.')),
      mostMediaBytes: 100 * 1024 * 1024,
      clock: this.#clock,
      random: systemRandom,
      logger,
      wrappingKey,
      runnerId: name,
      journalLimits: DEFAULT_JOURNAL_LIMITS,
      checkpoints: { everyRecords: 1000, everyMs: 3_600_000 },
      autoRestore: 'lossless',
      sending: { ...DEFAULT_SEND_POLICY, chatsAtOnce },
      tasks,
      tenantSettings: () => SETTINGS,
      subscribeJobs: (sessionId, onJobs) => feed.subscribe(sessionId, onJobs),
      createClient: (options) => this.#createClient(options),
      outlivesFirestore: false,
      rekey: () => ({}),
    }
  }

  #createClient({ openGate }: ClientOptions): Client {
    this.#openGate = openGate
    return {
      connect: () => {
        throw new Error('The model connects by itself.')
      },
      me: null,
      media: NO_MEDIA_READER,
      historyReader: {
        // eslint-disable-next-line require-yield
        async *read() {
          throw new Error('The model has no history.')
        },
      },
      renewIdentity: () => {},
      contactOf: (chat) => chat,
      isNewChat: () => false,
      describeSent: () => null,
    }
  }
}
