import { jobDocumentSchema, jobPath } from '@holdfast/core/message/job-document'
import type { Priority } from '@holdfast/core/message/job-document'
import { DEFAULT_TENANT_SETTINGS } from '@holdfast/core/operations/tenant-settings'
import { createLogger } from '@holdfast/core/platform/logging'
import { isHoldfastError } from '@holdfast/core/platform/errors'
import { parseUnlessDamaged } from '@holdfast/core/platform/parse'
import type { ObjectStore, Task } from '@holdfast/core/platform/ports'
import type { SessionCipher, WrappingKey } from '@holdfast/core/security/envelope'
import { DEFAULT_TENANT } from '@holdfast/core/session/ids'
import { OPERATOR_KEY, type Principal } from '../../../functions/src/app/principal.ts'
import { acceptMessage } from '../../../functions/src/use-cases/accept-message.ts'
import { cancelMessage } from '../../../functions/src/use-cases/cancel-message.ts'
import { deleteMessage } from '../../../functions/src/use-cases/delete-message.ts'
import { decideMove } from '../../../functions/src/use-cases/failover-decision.ts'
import { handleDueTask } from '../../../functions/src/use-cases/make-due.ts'
import { Limits } from '../../../functions/src/use-cases/limits.ts'
import { moveJob } from '../../../functions/src/use-cases/move-job.ts'
import { Refusal } from '../../../functions/src/use-cases/refusal.ts'
import { replaceMessage } from '../../../functions/src/use-cases/replace-message.ts'
import { retryMessage } from '../../../functions/src/use-cases/retry-message.ts'
import { sweepQueue } from '../../../functions/src/use-cases/sweep.ts'
import { TenantDirectory } from '../../../functions/src/use-cases/tenant-directory.ts'
import type { TurnedStore } from './store.ts'
import type { TurnedTasks } from './tasks.ts'
import type { Turns } from './turns.ts'

const PRINCIPAL: Principal = {
  key: OPERATOR_KEY,
  tenant: DEFAULT_TENANT,
  role: 'operator',
  sessions: 'all',
  requestsPerMinute: null,
}

export interface NewRequest {
  readonly session: string
  readonly chatId: string
  readonly text: string
  readonly priority: Priority
  readonly sendAt: Date | null
  readonly expiresAt: Date | null
  readonly retryDelaysMs: readonly number[] | null
  readonly idempotencyKey: string
}

interface CallerOptions {
  readonly turns: Turns
  readonly store: TurnedStore
  readonly tasks: TurnedTasks
  readonly archives: ObjectStore
  readonly wrappingKey: WrappingKey
}

/** The functions of the product. Each call is an actor of its own. */
export class Callers {
  readonly #options: CallerOptions
  #calls = 0

  constructor(options: CallerOptions) {
    this.#options = options
  }

  accept({ text, retryDelaysMs, ...request }: NewRequest): Promise<string> {
    const content = { type: 'text' as const, text }
    const retry = retryDelaysMs && { delaysMs: retryDelaysMs, maxRetries: undefined }
    return this.#answer('accept', (parts) =>
      acceptMessage(parts, PRINCIPAL, { ...request, pool: null, messageId: null, content, retry }),
    )
  }

  cancel(jobId: string): Promise<string> {
    return this.#answer('cancel', (parts) => cancelMessage(parts, PRINCIPAL, jobId))
  }

  replace(jobId: string, text: string): Promise<string> {
    return this.#answer('replace', (parts) => replaceMessage(parts, PRINCIPAL, jobId, { text }))
  }

  retry(jobId: string): Promise<string> {
    return this.#answer('retry', (parts) => retryMessage(parts, PRINCIPAL, jobId))
  }

  delete(jobId: string): Promise<string> {
    return this.#answer('delete', (parts) => deleteMessage(parts, PRINCIPAL, jobId))
  }

  /** Moves a message away from a session that has been down for long, as the sweep does. */
  async move(jobId: string, sessions: readonly string[], cipherOf: (sessionId: string) => SessionCipher): Promise<void> {
    const parts = this.#parts('failover')
    const snapshot = await parts.documents.read(jobPath(jobId))
    const found = snapshot && parseUnlessDamaged(jobDocumentSchema, snapshot)
    if (!found || isHoldfastError(found)) return
    const job = { ...found, pool: 'default' }
    const own = { sessionId: job.sessionId, isConnected: false, comesBack: true, downForMs: 600_000 }
    const pool = sessions.map((sessionId) =>
      sessionId === job.sessionId ? own : { ...own, sessionId, isConnected: true, downForMs: 0 },
    )
    const move = decideMove(job, { pool, own, failoverAfterMs: 300_000, nowMs: parts.clock.now() })
    if (move) await moveJob(parts, { snapshot, job, move }, async (sessionId) => cipherOf(sessionId))
  }

  /** Returns the number of messages whose task was lost. */
  async sweep(): Promise<number> {
    const { overdue } = await sweepQueue(this.#parts('sweep'))
    return overdue
  }

  handle(task: Task): Promise<unknown> {
    return handleDueTask(this.#parts('task'), task.payload)
  }

  /** Returns `done`, the code of a refusal, or `unavailable`. */
  async #answer(name: string, run: (parts: Parts) => Promise<unknown>): Promise<string> {
    try {
      await run(this.#parts(name))
      return 'done'
    } catch (error) {
      return error instanceof Refusal ? error.code : 'unavailable'
    }
  }

  #parts(name: string): Parts {
    return partsOf(`${name} ${++this.#calls}`, this.#options)
  }
}

type Parts = ReturnType<typeof partsOf>

/** The dependencies of the use cases, for one call. */
function partsOf(actor: string, { turns, store, tasks, archives, wrappingKey }: CallerOptions) {
  const documents = store.documentsOf(actor)
  const [clock, logger] = [turns.clockOf(actor), createLogger('model', 'silent')]
  const tenants = new TenantDirectory({ documents, clock, logger, defaults: DEFAULT_TENANT_SETTINGS })
  return {
    documents,
    archives,
    wrappingKey,
    clock,
    logger,
    tasks: tasks.queuesOf(actor),
    tenants,
    limits: new Limits({ documents, tenants, clock, logger }),
    acceptsMessages: true,
    isRecoveryAutomatic: true,
    jobsLag: false,
  }
}
