import { JOBS } from '@holdfast/core/message/job-document'
import { SERVER_TIME } from '@holdfast/core/platform/ports'
import { newSessionKeys, type SessionCipher, unwrapSessionKeys, WrappingKey } from '@holdfast/core/security/envelope'
import { sessionKeyPath } from '@holdfast/core/security/session-key-document'
import { DEFAULT_TENANT, jobIdOf, sessionIdOf, whatsappMessageIdOf } from '@holdfast/core/session/ids'
import { sessionPath } from '@holdfast/core/session/session-document'
import { MemoryObjects } from '../../integration/contract/memory-objects.ts'
import { Callers } from './callers.ts'
import { MOST_JOBS, SESSIONS, type SessionName } from './operations.ts'
import { QueueOwner } from './owner.ts'
import { type DocumentChange, TurnedStore } from './store.ts'
import { type Delivery, TurnedTasks } from './tasks.ts'
import { Turns } from './turns.ts'
import { Watch } from './watch.ts'
import { WhatsApp } from './whatsapp.ts'

const WRAPPING_KEY = new WrappingKey(Buffer.alloc(32, 7))

/** Session a sends to many chats at once, session b to one. */
const AT_ONCE: Record<SessionName, number> = { a: 8, b: 1 }

const idOf = (name: SessionName): string => sessionIdOf(DEFAULT_TENANT, name)

const CIPHERS = new Map(
  await Promise.all(
    SESSIONS.map(async (name) => {
      const keys = await newSessionKeys(idOf(name), WRAPPING_KEY)
      return [idOf(name), { name, keys, cipher: await unwrapSessionKeys(idOf(name), keys, WRAPPING_KEY) }] as const
    }),
  ),
)

export const SESSION_IDS: readonly string[] = [...CIPHERS.keys()]

export interface Message {
  readonly name: string
  readonly idempotencyKey: string
  readonly jobId: string
  readonly messageId: string
}

const MESSAGES: readonly Message[] = Array.from({ length: MOST_JOBS }, (_, index) => {
  const idempotencyKey = `key of m${index}`
  const jobId = jobIdOf(DEFAULT_TENANT, idempotencyKey)
  return { name: `m${index}`, idempotencyKey, jobId, messageId: whatsappMessageIdOf(jobId) }
})

/** Two sessions of one pool, their owners, WhatsApp, the stores, Cloud Tasks and the functions. */
export class World {
  readonly turns = new Turns()
  readonly store: TurnedStore
  readonly whatsapp: WhatsApp
  readonly tasks: TurnedTasks
  readonly callers: Callers
  readonly watch: Watch
  readonly #objects = new MemoryObjects()
  readonly #archives = new MemoryObjects()
  readonly #owners = new Map<string, QueueOwner>()
  readonly #sessionOfOwner = new Map<string, string>()
  readonly #broken = new Set<string>()
  /** Called with the id of a job that was just created. */
  #onAccepted: (change: DocumentChange) => void = () => {}

  constructor(deliveries: readonly Delivery[]) {
    const { turns } = this
    this.store = new TurnedStore(turns, (actor, change) => this.#changed(actor, change))
    this.watch = new Watch({
      now: () => turns.nowMs,
      cipherOf: (sessionId) => this.cipherOf(sessionId),
      sessionOf: (actor) => this.#sessionOfOwner.get(actor) ?? null,
      atOnce: (sessionId) => AT_ONCE[this.#nameOf(sessionId)],
      isCalm: () => this.#isCalm,
      onTaken: (jobId) => this.whatsapp.restarted(MESSAGES.find((message) => message.jobId === jobId)?.messageId ?? ''),
      nameOf: (jobId) => MESSAGES.find((message) => message.jobId === jobId)?.name ?? jobId,
    })
    this.whatsapp = new WhatsApp(turns, (sessionId, frame) => this.watch.left(jobOf(frame.messageId), sessionId, frame))
    this.tasks = new TurnedTasks(turns, deliveries, (task) => this.callers.handle(task))
    const { store, tasks } = this
    this.callers = new Callers({ turns, store, tasks, archives: this.#archives, wrappingKey: WRAPPING_KEY })
    for (const [sessionId, { name, keys }] of CIPHERS) {
      const session = { v: 1, tenant: DEFAULT_TENANT, name, wanted: 'online', createdAt: SERVER_TIME, runnerId: null, config: {} }
      store.commit([
        { kind: 'create', path: sessionPath(sessionId), fields: session },
        { kind: 'create', path: sessionKeyPath(sessionId), fields: { ...keys } },
      ])
    }
  }

  get messages(): readonly Message[] {
    return MESSAGES
  }

  message(index: number): Message {
    const message = MESSAGES[index]
    if (!message) throw new Error(`There is no message ${index}.`)
    return message
  }

  cipherOf(sessionId: string): SessionCipher {
    const known = CIPHERS.get(sessionId)
    if (!known) throw new Error(`There is no session ${sessionId}.`)
    return known.cipher
  }

  onAccepted(listener: (change: DocumentChange) => void): void {
    this.#onAccepted = listener
  }

  ownerOf(sessionId: string): QueueOwner | undefined {
    return this.#owners.get(sessionId)
  }

  /** A process claims the session, and connects once it has read its state. The owner before, if it lives, does not know. */
  takeOver(sessionId: string): void {
    const { turns, store, tasks, whatsapp } = this
    const name = `owner ${this.#sessionOfOwner.size + 1} of ${this.#nameOf(sessionId)}`
    this.#sessionOfOwner.set(name, sessionId)
    const owner = new QueueOwner({
      name,
      sessionId,
      chatsAtOnce: AT_ONCE[this.#nameOf(sessionId)],
      turns,
      store,
      objects: this.#objects,
      archives: this.#archives,
      tasks: tasks.queuesOf(name),
      whatsapp,
      wrappingKey: WRAPPING_KEY,
      onAnswer: (messageId, error) => this.watch.heard(jobOf(messageId), error, name),
      onMissed: (messageId) => this.watch.missed(jobOf(messageId), name),
      breaks: (id) => this.#broken.delete(id),
    })
    this.#owners.set(sessionId, owner)
    this.watch.note(`${name} takes over`)
    void owner.start().then(() => owner.connect())
  }

  /** Whether an owner died or was replaced, which may have had a task to enqueue. */
  get hasLostOwners(): boolean {
    return this.#sessionOfOwner.size > this.#owners.size || [...this.#owners.values()].some(({ isAlive }) => !isAlive)
  }

  /** The next message of the session cannot be encrypted. */
  break(sessionId: string): void {
    this.#broken.add(sessionId)
  }

  /** Runs until nothing is under way, and compares what has to be true then. */
  async rest(): Promise<void> {
    await this.turns.rest()
    if (!this.#isCalm) return
    for (const [sessionId, owner] of this.#owners) if (owner.isReady) this.watch.rested(sessionId, owner.isConnected)
  }

  /** After a fault the product may pause for longer than a rest. */
  get #isCalm(): boolean {
    return this.turns.nowMs - this.turns.lastFaultMs > PAUSE_AFTER_FAULT_MS
  }

  #changed(actor: string, change: DocumentChange): void {
    if (!change.path.startsWith(`${JOBS}/`)) return
    if (change.before) this.watch.changed(change.path.slice(JOBS.length + 1), actor, change)
    else this.#onAccepted(change)
  }

  #nameOf(sessionId: string): SessionName {
    return CIPHERS.get(sessionId)?.name ?? 'a'
  }
}

const PAUSE_AFTER_FAULT_MS = 120_000

const jobOf = (messageId: string): string => MESSAGES.find((message) => message.messageId === messageId)?.jobId ?? messageId

export { idOf as sessionIdOf }
