import { type JobDocument, jobDocumentSchema, jobPath } from '@holdfast/core/message/job-document'
import { createLogger, type Logger } from '@holdfast/core/platform/logging'
import { parseStored } from '@holdfast/core/platform/parse'
import type { DocumentCounter, DocumentSnapshot, DocumentStore, Fields } from '@holdfast/core/platform/ports'
import { systemClock } from '@holdfast/core/platform/system-clock'
import { DEFAULT_TENANT_SETTINGS } from '@holdfast/core/operations/tenant-settings'
import { TenantDirectory } from '../../../functions/src/use-cases/tenant-directory.ts'
import { SILENT } from '../../support/notifications.ts'
import { RecordedTasks } from '../../support/recorded-tasks.ts'
import { type ApiUnderTest, startApi } from '../api/api-under-test.ts'

export const MINUTE_MS = 60_000
export const HOUR_MS = 60 * MINUTE_MS
export const DAY_MS = 24 * HOUR_MS

/** The functions' side of the queue, on the real API and the emulator, with a clock that tests move and a queue of tasks in memory. */
export class QueueUnderTest implements AsyncDisposable {
  readonly api: ApiUnderTest
  readonly tasks = new RecordedTasks()
  readonly lines: string[] = []
  #offsetMs = 0

  private constructor(api: ApiUnderTest) {
    this.api = api
  }

  static async start(...sessions: readonly string[]): Promise<QueueUnderTest> {
    const queue = new QueueUnderTest(await startApi())
    for (const name of sessions) await queue.api.post('/api/sessions', { name })
    return queue
  }

  get dependencies() {
    const { wrappingKey, firestore } = this.api
    const { documents } = firestore.clients
    const clock = { ...systemClock, now: () => this.now() }
    const logger = this.#logger
    const tenants = new TenantDirectory({ documents, clock, logger, defaults: DEFAULT_TENANT_SETTINGS })
    const given = { documents, wrappingKey, clock, logger, tenants, tasks: this.tasks }
    const thresholds = { cpu: 70, memory: 75 }
    return { ...given, notifications: SILENT, thresholds, isRecoveryAutomatic: true, jobsLag: false }
  }

  readonly now = (): number => systemClock.now() + this.#offsetMs

  /** Moves the clock of the functions. */
  advance(ms: number): void {
    this.#offsetMs += ms
  }

  /** Accepts a message and then writes the given fields into its job. Returns the id of the job. */
  async job(fields: Fields = {}, message: object = {}): Promise<string> {
    const text = { session: 'main', chatId: '5511999990000@c.us', text: 'Olá' }
    const { body } = await this.api.post('/api/sendText', { ...text, ...message })
    await this.write(body.jobId, fields)
    return body.jobId
  }

  async write(jobId: string, fields: Fields): Promise<void> {
    if (Object.keys(fields).length > 0) await this.api.documents.commit([{ kind: 'update', path: jobPath(jobId), fields }])
  }

  async snapshot(jobId: string): Promise<DocumentSnapshot> {
    const snapshot = await this.api.documents.read(jobPath(jobId))
    if (!snapshot) throw new Error(`There is no job ${jobId}.`)
    return snapshot
  }

  async read(jobId: string): Promise<JobDocument> {
    return parseStored(jobDocumentSchema, (await this.snapshot(jobId)).fields, jobPath(jobId))
  }

  /** Returns whether the work left the document of a job exactly as it was. */
  async leavesAlone(jobId: string, work: () => Promise<unknown>): Promise<boolean> {
    const before = await this.snapshot(jobId)
    await work()
    return (await this.snapshot(jobId)).updatedAtMicros === before.updatedAtMicros
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.api[Symbol.asyncDispose]()
  }

  get #logger(): Logger {
    const collect = (...line: unknown[]) => void this.lines.push(JSON.stringify(line))
    return {
      ...createLogger('test', 'silent'),
      debug: collect,
      info: collect,
      warn: collect,
      error: collect,
    }
  }
}

/** Nothing here counts. */
export const countless = (documents: DocumentStore): DocumentStore & DocumentCounter => ({
  commit: (changes) => documents.commit(changes),
  read: (path) => documents.read(path),
  query: (query) => documents.query(query),
  listen: (query, onEvents, onError) => documents.listen(query, onEvents, onError),
  count: () => Promise.reject(new Error('Nothing here counts.')),
})
