import { SignInCipher } from '@holdfast/core/security/sign-in-cipher'
import { VERSION } from '@holdfast/core/platform/version'
import { DocumentJournals } from '@holdfast/core/journal/document-journals'
import { jobPath, JOBS } from '@holdfast/core/message/job-document'
import { poolPath } from '@holdfast/core/operations/pool-document'
import { DEFAULT_TENANT_SETTINGS } from '@holdfast/core/operations/tenant-settings'
import { createLogger } from '@holdfast/core/platform/logging'
import type { DocumentSnapshot, DocumentStore, Fields, Task } from '@holdfast/core/platform/ports'
import { systemClock } from '@holdfast/core/platform/system-clock'
import { WrappingKey } from '@holdfast/core/security/envelope'
import { sessionPath } from '@holdfast/core/session/session-document'
import { randomBytes } from 'node:crypto'
import { createApp } from '../../../functions/src/app/app.ts'
import { keysBeside } from '../../../functions/src/app/authentication.ts'
import { withStores } from '../../../functions/src/app/deadline.ts'
import { RecordedTasks } from '../../support/recorded-tasks.ts'
import { API_KEY } from '../api/api-under-test.ts'
import { MemoryObjects } from '../contract/memory-objects.ts'
import type { Interruption } from './interruption.ts'
import { MemoryDocuments } from './memory-documents.ts'

const TEXT = { session: 'main', chatId: '5511999990000@c.us', text: 'Olá' }

interface Answer {
  readonly status: number
  // oxlint-disable-next-line typescript/no-explicit-any -- each test checks the shape of its answers
  readonly body: any
}

/** The functions' side of the queue on stores in memory, with the sessions `main` and `other`. */
export class FunctionsInMemory {
  readonly documents = new MemoryDocuments()
  readonly #archives = new MemoryObjects()
  readonly #tasks = new RecordedTasks()
  readonly #wrappingKey = new WrappingKey(randomBytes(32))
  /** Of requests that nothing interrupts. They share it, because its table of routes takes long to build. */
  readonly #app = this.#appOf(null)
  #accepted = 0

  static async start(): Promise<FunctionsInMemory> {
    const functions = new FunctionsInMemory()
    for (const name of ['main', 'other']) await functions.ask('POST', '/api/sessions', { name })
    return functions
  }

  get tasks(): readonly Task[] {
    return this.#tasks.all
  }

  /** What one call of a function works with. It may be interrupted at one of its calls of a store. */
  through(interruption: Interruption | null) {
    const given = this.#given(interruption)
    return { ...given, ...withStores(given), jobsLag: false }
  }

  /** Makes a request to the API, which may be interrupted. */
  async ask(method: string, path: string, json?: unknown, interruption: Interruption | null = null): Promise<Answer> {
    const app = interruption ? this.#appOf(interruption) : this.#app
    const headers = { 'X-Api-Key': API_KEY, 'Content-Type': 'application/json', 'Idempotency-Key': `key ${this.#accepted}` }
    const body = json === undefined ? {} : { body: JSON.stringify(json) }
    const response = await app.request(path, { method, headers, ...body })
    return { status: response.status, body: await response.json() }
  }

  /** Accepts a message and then writes the given fields into its job. Returns the id of the job. */
  async accept(fields: Fields = {}): Promise<string> {
    this.#accepted++
    const { body } = await this.ask('POST', '/api/sendText', TEXT)
    await this.write(body.jobId, fields)
    return body.jobId
  }

  async write(jobId: string, fields: Fields): Promise<void> {
    await this.documents.commit([{ kind: 'update', path: jobPath(jobId), fields }])
  }

  #appOf(interruption: Interruption | null) {
    return createApp({
      ...this.#given(interruption),
      authenticatorOn: keysBeside(API_KEY),
      signIns: new SignInCipher([Buffer.from(API_KEY)]),
    })
  }

  #given(interruption: Interruption | null) {
    const of = <Store extends object>(store: Store): Store => interruption?.of(store) ?? store
    return {
      documents: of(this.documents),
      objects: of(new MemoryObjects()),
      archives: of(this.#archives),
      media: of(new MemoryObjects()),
      tasks: of(this.#tasks),
      journalsOn: (guarded: DocumentStore) => new DocumentJournals(guarded),
      storage: { check: () => Promise.resolve() },
      wrappingKey: this.#wrappingKey,
      tenantDefaults: DEFAULT_TENANT_SETTINGS,
      acceptsMessages: true,
      isRecoveryAutomatic: true,
      isMultiTenant: true,
      version: VERSION,
      thresholds: { cpu: 70, memory: 75 },
      clock: systemClock,
      logger: createLogger('test', 'silent'),
    }
  }

  /** Makes a pool of both sessions, of which `main` has been down for an hour. */
  async pool(): Promise<void> {
    const now = Date.now()
    const owned = { runnerId: 'runner', epoch: 1, wanted: 'online', since: new Date(now) }
    const downSince = new Date(now - 3_600_000)
    const alive = { epoch: 1, lastProofOfLifeAt: new Date(now), lastInboundAt: null }
    await this.documents.commit([
      {
        kind: 'create',
        path: poolPath('default', 'sales'),
        fields: { v: 1, tenant: 'default', name: 'sales', sessions: ['main', 'other'], changedAt: new Date() },
      },
      { kind: 'update', path: sessionPath('default.main'), fields: { ...owned, state: 'BACKOFF', downSince } },
      { kind: 'update', path: sessionPath('default.other'), fields: { ...owned, state: 'CONNECTED', downSince: null } },
      {
        kind: 'create',
        path: 'runners/runner',
        fields: {
          v: 1,
          state: 'active',
          instanceId: null,
          startedAt: new Date(now),
          heartbeatAt: new Date(now),
          capacity: 50,
          heartbeatIntervalMs: 1000,
          deadAfterMs: 60_000,
          memoryBytes: 1,
          sessions: {
            'default.main': { state: 'BACKOFF', ...alive },
            'default.other': { state: 'CONNECTED', ...alive },
          },
        },
      },
    ])
  }

  async snapshot(jobId: string): Promise<DocumentSnapshot> {
    const snapshot = await this.documents.read(jobPath(jobId))
    if (!snapshot) throw new Error(`There is no job ${jobId}.`)
    return snapshot
  }

  /** Returns the ids of all jobs. */
  async jobs(): Promise<string[]> {
    return (await this.documents.query({ collection: JOBS })).map(({ id }) => id)
  }

  /** Returns the text of a message, as the API shows it. */
  async text(jobId: string): Promise<string | null> {
    return (await this.ask('GET', `/api/messages/${jobId}`)).body.text
  }
}
