import { type AlertDocument, type AlertType, alertDocumentSchema, alertPath } from '@holdfast/core/operations/alert-document'
import { DEFAULT_TENANT_SETTINGS } from '@holdfast/core/operations/tenant-settings'
import { createLogger, type Logger } from '@holdfast/core/platform/logging'
import { parseStored } from '@holdfast/core/platform/parse'
import type { Change, DocumentCounter, DocumentStore, Task } from '@holdfast/core/platform/ports'
import { systemClock } from '@holdfast/core/platform/system-clock'
import { WrappingKey } from '@holdfast/core/security/envelope'
import { randomBytes } from 'node:crypto'
import { openNotifications } from '../../../functions/src/app/wiring.ts'
import { readFunctionConfig } from '../../../functions/src/config.ts'
import { handleAlertTask } from '../../../functions/src/use-cases/alerts/deliver.ts'
import { reconcileAlerts } from '../../../functions/src/use-cases/alerts/reconcile.ts'
import { tellDue } from '../../../functions/src/use-cases/alerts/tell.ts'
import { readFleetFacts } from '../../../functions/src/use-cases/fleet-facts.ts'
import { TenantDirectory } from '../../../functions/src/use-cases/tenant-directory.ts'
import { RECEIVERS, Receivers, type ReceiverName } from '../../../sandbox/notifications/receivers.ts'
import { type FirestoreUnderTest, startFirestore } from '../../support/firestore-under-test.ts'
import { RecordedTasks } from '../../support/recorded-tasks.ts'
import { writeAll } from '../../support/fleet-documents.ts'

/** The alerts of an installation on the emulator, with receivers on this host, a clock that tests move, and tasks that tests run. */
export class AlertsUnderTest implements AsyncDisposable {
  readonly firestore: FirestoreUnderTest
  readonly receivers: Receivers
  readonly tasks = new RecordedTasks()
  readonly lines: string[] = []
  /** Milliseconds by which runners have been silent for longer than Firestore's times say. */
  readonly silence = new Map<string, number>()
  readonly #done = new Set<string>()
  readonly #wrappingKey = new WrappingKey(randomBytes(32))
  #offsetMs = 0

  private constructor(firestore: FirestoreUnderTest, receivers: Receivers) {
    this.firestore = firestore
    this.receivers = receivers
  }

  static async start(): Promise<AlertsUnderTest> {
    const [firestore, receivers] = await Promise.all([startFirestore(), Receivers.start()])
    return new AlertsUnderTest(firestore, receivers)
  }

  get documents(): DocumentStore & DocumentCounter {
    return this.firestore.clients.documents
  }

  get wrappingKey(): WrappingKey {
    return this.#wrappingKey
  }

  /** What a call of a function works with. */
  get dependencies() {
    const { documents, tasks } = this
    const clock = { ...systemClock, now: () => this.now() }
    const logger = this.#logger
    const tenants = new TenantDirectory({ documents, clock, logger, defaults: DEFAULT_TENANT_SETTINGS })
    const notifications = openNotifications(readFunctionConfig({ ...ENVIRONMENT, ...this.receivers.environment }))
    const thresholds = { cpu: 70, memory: 75 }
    return { documents, tasks, tenants, clock, logger, thresholds, notifications, wrappingKey: this.#wrappingKey }
  }

  readonly now = (): number => systemClock.now() + this.#offsetMs

  advance(minutes: number): void {
    this.#offsetMs += minutes * 60_000
  }

  async write(...changes: Change[]): Promise<void> {
    await writeAll(this.documents, changes)
  }

  /** One run of the sweep's part. */
  async sweep(): Promise<void> {
    const { dependencies } = this
    const facts = await readFleetFacts(dependencies)
    const runners = facts.runners.map((one) => ({ ...one, silentForMs: one.silentForMs + (this.silence.get(one.id) ?? 0) }))
    await reconcileAlerts(dependencies, { ...facts, runners })
  }

  /** Runs each task that is due and has not ended, until no new one comes. Returns the tasks that failed. */
  async runTasks(): Promise<readonly Task[]> {
    const failed = new Map<string, Task>()
    for (;;) {
      const due = this.tasks.all.filter(
        ({ name, at }) => !this.#done.has(name) && !failed.has(name) && (at?.getTime() ?? 0) <= this.now(),
      )
      if (due.length === 0) return [...failed.values()]
      await Promise.all(
        due.map(async (task) => {
          try {
            await handleAlertTask(this.dependencies, task.payload)
            this.#done.add(task.name)
          } catch {
            failed.set(task.name, task)
          }
        }),
      )
    }
  }

  /** Delivers all tasks again, as Cloud Tasks may. */
  async repeatTasks(): Promise<void> {
    this.#done.clear()
    await this.runTasks()
  }

  /** Tells people of what is due, without a sweep before. */
  async tell(): Promise<void> {
    await tellDue(this.dependencies)
    await this.runTasks()
  }

  /** Runs the sweep and its tasks. */
  async round(): Promise<void> {
    await this.sweep()
    await this.runTasks()
  }

  async alert(type: AlertType, scope: string): Promise<AlertDocument | null> {
    const path = alertPath(type, scope)
    const found = await this.documents.read(path)
    return found && parseStored(alertDocumentSchema, found.fields, path)
  }

  /** The headlines that each receiver got, of what has this in its text. */
  headlines(about = ''): Readonly<Record<ReceiverName, readonly string[]>> {
    const of = (name: ReceiverName) => this.receivers.of(name).map(({ text }) => text)
    const headsOf = (name: ReceiverName) => of(name).flatMap((text) => (text.includes(about) ? (text.split('\n')[0] ?? '') : []))
    return { telegram: headsOf('telegram'), slack: headsOf('slack'), email: headsOf('email'), webhook: headsOf('webhook') }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await Promise.all([this.firestore[Symbol.asyncDispose](), this.receivers[Symbol.asyncDispose]()])
  }

  get #logger(): Logger {
    const collect = (...line: unknown[]) => void this.lines.push(JSON.stringify(line))
    return { ...createLogger('test', 'silent'), debug: collect, info: collect, warn: collect, error: collect }
  }
}

const ENVIRONMENT = {
  GOOGLE_CLOUD_PROJECT: 'project',
  STORAGE_BUCKET: 'bucket',
  SESSION_ENCRYPTION_KEY: randomBytes(32).toString('base64'),
}

/** The same headlines on every channel. */
export const onAll = (...headlines: readonly string[]) => Object.fromEntries(RECEIVERS.map((name) => [name, headlines]))
