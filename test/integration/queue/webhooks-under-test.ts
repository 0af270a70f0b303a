import { createLogger } from '@holdfast/core/platform/logging'
import type { OutgoingRequest } from '@holdfast/core/platform/outgoing'
import { systemClock } from '@holdfast/core/platform/system-clock'
import { newSessionKeys, nextSessionKeys, unwrapSessionKeys, WrappingKey } from '@holdfast/core/security/envelope'
import { sessionKeyPath } from '@holdfast/core/security/session-key-document'
import { sessionPath } from '@holdfast/core/session/session-document'
import {
  bodyPlace,
  type Delivery,
  deliveryIdOf,
  deliveryPath,
  laneOf,
  WEBHOOK_DELIVERIES,
} from '@holdfast/core/session/webhook-delivery-document'
import { endpointIdOf } from '@holdfast/core/session/webhooks'
import { handleWebhookTask } from '../../../functions/src/use-cases/webhooks/handle-task.ts'
import { RecordedTasks } from '../../support/recorded-tasks.ts'
import type { Interruption } from './interruption.ts'
import { type Counts, MemoryDocuments } from './memory-documents.ts'

export const SESSION = 'default.shop'
export const MINUTE_MS = 60_000

type Dependencies = Parameters<typeof handleWebhookTask>[0]

/** What an end point answers: a status, that and headers, or nothing, because the process that asks ends. */
type Answered = number | { status: number; headers: Record<string, string> } | 'dies'

interface ToldEvent {
  readonly text: string
  /** `message` without. */
  readonly name?: string
  readonly traceparent?: string
}

const wrappingKey = new WrappingKey(Buffer.alloc(32, 3))
export const keys = await newSessionKeys(SESSION, wrappingKey)
let endpoints = 0

/** The sending of webhooks by functions, on documents in memory, with a clock and an end point of the test's own. */
export class WebhooksUnderTest {
  /** Each one has an end point of its own, because a process counts what is under way at each. */
  readonly url = `https://receiver.example/hook/${++endpoints}`
  readonly endpoint = endpointIdOf(SESSION, this.url)
  readonly documents = new MemoryDocuments()
  /** What the end point got. */
  readonly got: { readonly body: string; readonly headers: Readonly<Record<string, string>> }[] = []
  readonly dependencies: Dependencies
  answer: (body: string) => Answered | Promise<Answered> = () => 200
  readonly #tasks = new RecordedTasks()
  readonly #done = new Set<string>()
  #aheadMs = 0
  #keys = keys
  #number = 0

  private constructor() {
    this.dependencies = {
      documents: this.documents,
      tasks: this.#tasks,
      wrappingKey,
      clock: { ...systemClock, now: () => this.now() },
      logger: createLogger('test', 'silent'),
      notifications: { http: { request: (asked) => this.#take(asked) } },
    }
  }

  static async begin(): Promise<WebhooksUnderTest> {
    const webhooks = new WebhooksUnderTest()
    const config = { webhooks: [{ url: webhooks.url, events: ['*'] }] }
    const session = { v: 1, tenant: 'default', name: 'shop', wanted: 'online', createdAt: new Date() }
    await webhooks.documents.commit([
      { kind: 'create', path: sessionPath(SESSION), fields: { ...session, config } },
      { kind: 'create', path: sessionKeyPath(SESSION), fields: { ...keys } },
    ])
    return webhooks
  }

  now(): number {
    return systemClock.now() + this.#aheadMs
  }

  moveOn(ms: number): void {
    this.#aheadMs += ms
  }

  /** The dependencies of a process that is interrupted at one of its calls, of stores, tasks and the end point. */
  through(interruption: Interruption): Dependencies {
    const { documents, tasks, notifications, ...others } = this.dependencies
    const http = interruption.of(notifications.http)
    return { ...others, documents: interruption.of(documents), tasks: interruption.of(tasks), notifications: { http } }
  }

  /** Writes deliveries, as the owner of the session does, and returns the task of their lane. */
  async told(chat: string, ...texts: readonly (string | ToldEvent)[]): Promise<{ lane: string }> {
    const lane = laneOf(this.endpoint, SESSION, chat)
    const cipher = await unwrapSessionKeys(SESSION, this.#keys, wrappingKey)
    for (const one of texts) {
      const { text, name = 'message', traceparent = null } = typeof one === 'string' ? { text: one } : one
      const event = `evt_${String(++this.#number).padStart(26, '0')}`
      const id = deliveryIdOf(this.endpoint, event)
      const delivery: Delivery = {
        v: 1,
        tenant: 'default',
        sessionId: SESSION,
        endpoint: this.endpoint,
        scope: 'session',
        event: name,
        eventId: event,
        at: new Date(this.now()),
        since: new Date(this.now()),
        lane,
        order: String(this.#number).padStart(6, '0'),
        body: cipher.sealContent(Buffer.from(text), bodyPlace(id)),
        isSealed: true,
        status: 'pending',
        waitsIn: lane,
        isOutOfOrder: false,
        attempts: 0,
        firstAttemptAt: null,
        notBefore: null,
        lookAt: new Date(this.now()),
        problem: null,
        endedAt: null,
        redrives: 0,
        traceparent,
      }
      await this.documents.commit([{ kind: 'merge', path: deliveryPath(id), fields: { ...delivery } }])
    }
    return { lane }
  }

  /** Makes another data key of the session, which seals what is told from now on. */
  async newDataKey(): Promise<void> {
    this.#keys = await nextSessionKeys(SESSION, this.#keys, wrappingKey)
    await this.documents.commit([{ kind: 'update', path: sessionKeyPath(SESSION), fields: { ...this.#keys } }])
  }

  bodies(): string[] {
    return this.got.map(({ body }) => body)
  }

  async statuses(): Promise<unknown[]> {
    const found = await this.documents.query({ collection: WEBHOOK_DELIVERIES, orderBy: ['order', 'asc'] })
    return found.map(({ fields }) => fields['status'])
  }

  /** Runs the tasks that are due, as their queue does, until none is left. */
  async runDue(): Promise<void> {
    for (;;) {
      const due = this.#tasks.all.filter(({ at, name }) => !this.#done.has(name) && (at?.getTime() ?? 0) <= this.now())
      if (due.length === 0) return
      for (const { name, payload } of due) {
        this.#done.add(name)
        await handleWebhookTask(this.dependencies, payload)
      }
    }
  }

  async pass(minutes: number): Promise<void> {
    for (let minute = 0; minute < minutes; minute++) {
      this.moveOn(MINUTE_MS)
      await this.runDue()
    }
  }

  /** Returns what is billed from now on, and in how many queries and commits. */
  counted(): () => Counts {
    const before = { ...this.documents.counts }
    return () => {
      const { reads, found, looks, commits } = this.documents.counts
      return {
        reads: reads - before.reads,
        found: found - before.found,
        looks: looks - before.looks,
        commits: commits - before.commits,
      }
    }
  }

  async #take({ body = '', headers = {} }: OutgoingRequest) {
    const text = body.toString()
    this.got.push({ body: text, headers })
    const answered = await this.answer(text)
    // The process ends: nothing that follows the request happens.
    if (answered === 'dies') return new Promise<never>(() => {})
    const answer = typeof answered === 'object' ? answered : { status: answered, headers: {} }
    return { ...answer, body: Buffer.alloc(0) }
  }
}
