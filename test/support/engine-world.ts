import type { GoogleClients } from '@holdfast/core/adapters/google/clients'
import { jobPath, jobDocumentSchema, type JobDocument, type JobStatus } from '@holdfast/core/message/job-document'
import { parseStored } from '@holdfast/core/platform/parse'
import { sessionPath } from '@holdfast/core/session/session-document'
import { randomInt } from 'node:crypto'
import { readFile, readdir } from 'node:fs/promises'
import { join } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import { expect } from 'vitest'
import { clientsOf } from './clients-of-sandbox.ts'
import type { AcceptedMessage, Session } from '@holdfast/client/types'
import type { SimulatorEvent } from './event-reader.ts'
import { requestJson } from './json-request.ts'
import { linkSession } from './linked-session.ts'
import type { AccountState, ContactState, FaultOrder } from './simulator-client.ts'
import type { SandboxOptions } from '../../sandbox/options.ts'
import { startParts, World, type WorldParts } from './world.ts'

/** The log line of a runner about a change of state that `session-lifecycle.ts` lacks. */
const UNKNOWN_TRANSITION = 'a state that its lifecycle does not lead to'

/** How long a test waits for something, ms: not as long as the limit of a test, so that it fails with what it waited for. */
const LIMIT_MS = 45_000

/** The longest pause between two looks, ms. */
const LONGEST_REST_MS = 1000

/**
 * Repeats the assertion until it holds, also in concurrent tests. The limit is long, because other tests run at the same time.
 * Each look is work for three processes. So the pause between two is twice as long as a look took: what a test waits for needs most
 * of a busy machine.
 */
export async function eventually<T>(assertion: () => T | Promise<T>, timeout = LIMIT_MS, interval = 150): Promise<T> {
  const deadline = performance.now() + timeout
  for (;;) {
    const lookedAt = performance.now()
    try {
      return await assertion()
    } catch (error) {
      if (performance.now() > deadline) throw error
    }
    await pause(Math.min(Math.max(interval, 2 * (performance.now() - lookedAt)), Math.max(interval, LONGEST_REST_MS)))
  }
}

/** A World with the product's own clients of Firestore and Cloud Storage, and with sessions for tests. */
export class EngineWorld extends World {
  readonly google: GoogleClients

  private constructor(parts: WorldParts) {
    super(parts)
    this.google = clientsOf(parts.sandbox.info)
  }

  /** `ownFirestore` starts a separate emulator, which the test may stop. */
  static async start({
    ownFirestore = false,
    ...options
  }: SandboxOptions & { ownFirestore?: boolean } = {}): Promise<EngineWorld> {
    const firestore = ownFirestore ? undefined : process.env['SHARED_FIRESTORE']
    return new EngineWorld(await startParts({ ...options, firestore }))
  }

  override async [Symbol.asyncDispose](): Promise<void> {
    await this.google.close()
    const logged = (await this.logs()).split('\n')
    await super[Symbol.asyncDispose]()
    expect(logged.filter((line) => line.includes(UNKNOWN_TRANSITION))).toEqual([])
  }

  /** Returns a session that does not exist yet. */
  chat(name: string): Chat {
    return new Chat(this, name)
  }

  /** Links a session with a phone and a contact. Resolves when the session is connected. */
  async linked(name: string, options: { receipts?: boolean; phone?: object; contact?: object; as?: Chat } = {}): Promise<Chat> {
    const chat = options.as ?? this.chat(name)
    if (options.phone) await this.post('/phones', { phone: chat.phone, ...options.phone })
    const contact = { phone: chat.contact, name: `Contact of ${name}`, autoReceipt: options.receipts ?? true }
    await this.post('/contacts', { ...contact, ...options.contact })
    await linkSession(this.api, this.simulator, chat)
    return chat
  }

  /** Stops all sessions between two tests. Otherwise each start of a runner would open the sessions of earlier tests. */
  async stopSessions(): Promise<void> {
    const online = (await this.api.sessions()).filter(({ status }) => status !== 'STOPPED')
    await Promise.all(online.map(({ name }) => this.api.want(name, 'stop')))
  }

  async clearFaults(): Promise<void> {
    await requestJson(`${this.simulator.url}/faults`, { method: 'DELETE' })
  }

  /** Resolves with the first fitting event at or after the position `since` in `happened`, including past events. */
  async happens(fits: (event: SimulatorEvent) => boolean, since = 0, timeout = LIMIT_MS): Promise<SimulatorEvent> {
    return await this.eventThat(fits, since, timeout)
  }

  async logs(): Promise<string> {
    const folder = join(this.sandbox.folder, 'logs')
    const names = (await readdir(folder)).filter((name) => /^(runner|functions|api)/.test(name))
    return (await Promise.all(names.map((name) => readFile(join(folder, name), 'utf8')))).join('\n')
  }
}

/** One session, its phone, and a contact. */
export class Chat {
  readonly name: string
  readonly phone = newPhone()
  readonly contact = newPhone()
  readonly #world: EngineWorld
  #sent = 0

  constructor(world: EngineWorld, name: string) {
    this.#world = world
    this.name = name
  }

  get sessionId(): string {
    return `default.${this.name}`
  }

  async send(text: string, to = this.contact): Promise<AcceptedMessage> {
    const idempotencyKey = `${this.name}-${++this.#sent}`
    return this.#world.api.sendText({ session: this.name, chatId: `${to}@c.us`, text, idempotencyKey })
  }

  /** Sends a message from the contact. Returns the message's id. */
  async receive(text: string): Promise<string> {
    return this.#world.simulator.sendAsContact(this.contact, this.phone, text)
  }

  async fault(kind: FaultOrder['kind'], more: Omit<FaultOrder, 'kind' | 'account'> = {}): Promise<void> {
    await this.#world.post('/faults', { account: this.phone, kind, ...more })
  }

  async job({ jobId }: Pick<AcceptedMessage, 'jobId'>): Promise<JobDocument> {
    const snapshot = await this.#world.google.documents.read(jobPath(jobId))
    return parseStored(jobDocumentSchema, snapshot?.fields, jobPath(jobId))
  }

  async document(): Promise<Record<string, unknown>> {
    return (await this.#world.google.documents.read(sessionPath(this.sessionId)))?.fields ?? {}
  }

  async account(): Promise<AccountState> {
    return (await this.#world.simulator.account(this.phone)) as AccountState
  }

  async received(): Promise<ContactState['received']> {
    return (await this.#world.simulator.contact(this.contact))?.received ?? []
  }

  /** Returns the texts that the API lists, in its order. */
  async stored(): Promise<string[]> {
    return (await this.#world.api.storedMessages(this.name)).map(({ body }) => String(body))
  }

  async untilStatus(job: Pick<AcceptedMessage, 'jobId'>, status: JobStatus, withinMs?: number): Promise<void> {
    await eventually(async () => expect((await this.job(job)).status).toBe(status), withinMs)
  }

  /** Waits for `status state reason` in the API. Returns that answer, because the next one may differ. */
  async untilSession(wanted: string): Promise<Session> {
    return eventually(async () => {
      const answer = await this.#world.api.session(this.name)
      expect(`${answer.status} ${answer.state} ${answer.reason}`).toBe(wanted)
      return answer
    })
  }

  async works(): Promise<void> {
    await this.untilSession('WORKING CONNECTED logged-in')
  }
}

const newPhone = (): string => `5511${randomInt(100_000_000, 999_999_999)}`
