import { SignInCipher } from '@holdfast/core/security/sign-in-cipher'
import { VERSION } from '@holdfast/core/platform/version'
import { randomBytes } from 'node:crypto'
import { DEFAULT_TENANT_SETTINGS } from '@holdfast/core/operations/tenant-settings'
import { DocumentJournals } from '@holdfast/core/journal/document-journals'
import { createLogger } from '@holdfast/core/platform/logging'
import type { Clock } from '@holdfast/core/platform/ports'
import { systemClock } from '@holdfast/core/platform/system-clock'
import { type SessionCipher, WrappingKey } from '@holdfast/core/security/envelope'
import { loadSessionCipher } from '@holdfast/core/security/session-keys'
import { sessionIdOf } from '@holdfast/core/session/ids'
import { createApp } from '../../functions/src/app/app.ts'
import { keysBeside } from '../../functions/src/app/authentication.ts'
import { handleDueTask } from '../../functions/src/use-cases/make-due.ts'
import { RecordedTasks } from '../support/recorded-tasks.ts'
import { difference, per, type Operations } from './costs.ts'
import type { Clients } from './product.ts'

/** The functions in this process, on clients that count, with a session that no runner holds. */
export class CountedApi {
  readonly #clients: Clients
  readonly #tasks = new RecordedTasks()
  readonly #apiKey = randomBytes(16).toString('hex')
  readonly #logger = createLogger('bench', 'silent')
  /** A session of its own, because its key is sealed with a key of its own. */
  readonly session = `counted-${randomBytes(4).toString('hex')}`
  // A random key is enough, because no runner opens the content of this session.
  readonly wrappingKey = new WrappingKey(randomBytes(32))
  readonly #app

  private constructor(clients: Clients) {
    const { documents, objects } = clients
    this.#clients = clients
    this.#app = createApp({
      documents,
      objects,
      archives: objects,
      media: objects,
      storage: objects,
      tasks: this.#tasks,
      journalsOn: (guarded) => new DocumentJournals(guarded),
      wrappingKey: this.wrappingKey,
      authenticatorOn: keysBeside(this.#apiKey),
      signIns: new SignInCipher([Buffer.from(this.#apiKey)]),
      tenantDefaults: DEFAULT_TENANT_SETTINGS,
      acceptsMessages: true,
      isRecoveryAutomatic: true,
      isMultiTenant: true,
      version: VERSION,
      thresholds: { cpu: 100, memory: 100 },
      clock: systemClock,
      logger: this.#logger,
    })
  }

  static async open(clients: Clients): Promise<CountedApi> {
    const api = new CountedApi(clients)
    await api.#send('POST', '/api/sessions', { name: api.session, start: false })
    return api
  }

  /** Accepts a message. Returns its id. */
  async accept(contact: string, more: object = {}): Promise<string> {
    const message = { session: this.session, chatId: `${contact}@c.us`, text: 'Counted', ...more }
    const answer = await this.#send('POST', '/api/sendText', message)
    if (answer.status !== 201) throw new Error(`The API answered ${answer.status} to a message.`)
    return ((await answer.json()) as { jobId: string }).jobId
  }

  async get(path: string): Promise<string> {
    const answer = await this.#app.request(path, { headers: { 'X-Api-Key': this.#apiKey } })
    const text = await answer.text()
    if (answer.status !== 200) throw new Error(`The API answered ${answer.status} to ${path}: ${text}`)
    return text
  }

  /** Changes the configuration of the session. */
  async configure(config: object): Promise<void> {
    const answer = await this.#send('PUT', `/api/sessions/${this.session}`, { config })
    if (!answer.ok) throw new Error(`The API answered ${answer.status} to a configuration: ${await answer.text()}`)
  }

  /** Returns the cipher of the session. */
  async cipher(): Promise<SessionCipher> {
    const cipher = await loadSessionCipher(this.#clients.documents, sessionIdOf('default', this.session), this.wrappingKey)
    if (!cipher) throw new Error('The session has no key.')
    return cipher
  }

  async cancel(id: string): Promise<void> {
    const { status } = await this.#send('POST', `/api/messages/${id}/cancel`, {})
    if (status !== 200) throw new Error(`The API answered ${status} to a cancel.`)
  }

  /** Handles the task of a message as if its time had come. */
  async handleTask(id: string): Promise<void> {
    const clock: Clock = { ...systemClock, now: () => systemClock.now() + 24 * 3_600_000 }
    await handleDueTask(
      {
        documents: this.#clients.documents,
        wrappingKey: this.wrappingKey,
        tasks: this.#tasks,
        clock,
        logger: this.#logger,
        jobsLag: false,
      },
      { job: id },
    )
  }

  /** Returns the operations of some work, for each of `count` messages. */
  async count(count: number, work: () => Promise<void>): Promise<Operations> {
    const before = { ...this.#clients.operations, taskCreates: this.#tasks.all.length }
    await work()
    return per(difference({ ...this.#clients.operations, taskCreates: this.#tasks.all.length }, before), count)
  }

  #send(method: string, path: string, body: unknown) {
    return this.#app.request(path, {
      method,
      headers: { 'X-Api-Key': this.#apiKey, 'Content-Type': 'application/json' },
      body: JSON.stringify(body),
    })
  }
}
