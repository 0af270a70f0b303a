import type { CloudTasksClient } from '@google-cloud/tasks'
import { HoldfastError } from '../../platform/errors.ts'
import type { Task, TaskQueues } from '../../platform/ports.ts'
import type { TasksConfig } from '../../platform/tasks-settings.ts'
import type { OperationCounter } from './operation-counter.ts'

/** Cloud Tasks gives up on one delivery after this time. All functions that it calls end before. */
const DELIVERY_LIMIT_SECONDS = 90

/** gRPC's codes. */
const DEADLINE_EXCEEDED = 4
const NOT_FOUND = 5
const ALREADY_EXISTS = 6
const PERMISSION_DENIED = 7
const UNAVAILABLE = 14

/**
 * The client repeats no creation by itself, because an unnamed task would then come twice. Ours have names, so it may: the second
 * attempt finds the task of the first.
 */
const CALL = {
  retry: {
    retryCodes: [DEADLINE_EXCEEDED, UNAVAILABLE],
    backoffSettings: {
      initialRetryDelayMillis: 100,
      retryDelayMultiplier: 2,
      maxRetryDelayMillis: 1000,
      initialRpcTimeoutMillis: 2000,
      rpcTimeoutMultiplier: 1,
      maxRpcTimeoutMillis: 2000,
      totalTimeoutMillis: 5000,
    },
  },
}

/** Cloud Tasks. Each task calls the function that has the name of its queue, in the form that `onTaskDispatched` expects. */
export class CloudTaskQueues implements TaskQueues {
  readonly #client: CloudTasksClient
  readonly #config: TasksConfig
  readonly #counter: OperationCounter

  constructor(client: CloudTasksClient, config: TasksConfig, counter: OperationCounter) {
    this.#client = client
    this.#config = config
    this.#counter = counter
  }

  async enqueue(task: Task): Promise<'queued' | 'known'> {
    const { projectId, region } = this.#config
    this.#counter.taskCreates++
    const parent = this.#client.queuePath(projectId, region, task.queue)
    try {
      await this.#client.createTask({ parent, task: this.#describe(parent, task) }, CALL)
      return 'queued'
    } catch (error) {
      if (codeOf(error) === ALREADY_EXISTS) return 'known'
      throw this.#inOurWords(error, task.queue)
    }
  }

  #describe(parent: string, { queue, name, payload, at }: Task) {
    return {
      name: `${parent}/tasks/${name}`,
      ...(at ? { scheduleTime: { seconds: Math.floor(at.getTime() / 1000), nanos: (at.getTime() % 1000) * 1_000_000 } } : {}),
      dispatchDeadline: { seconds: DELIVERY_LIMIT_SECONDS },
      httpRequest: {
        url: `${this.#config.functionsUrl}/${queue}`,
        httpMethod: 'POST' as const,
        headers: { 'Content-Type': 'application/json' },
        body: Buffer.from(JSON.stringify({ data: payload })).toString('base64'),
        // Without an audience the token is for the URL, which is what the function's front end wants.
        oidcToken: { serviceAccountEmail: this.#config.serviceAccount },
      },
    }
  }

  /** Turns errors that waiting cannot fix into errors with advice; others become `unavailable`. */
  #inOurWords(cause: unknown, queue: string): HoldfastError {
    const { region, serviceAccount } = this.#config
    switch (codeOf(cause)) {
      case NOT_FOUND:
        return new HoldfastError('store-missing', `The queue ${queue} does not exist in ${region}.`, {
          advice: 'Deploy the functions, which makes their queues, or set FUNCTIONS_REGION to the region where they are.',
          cause,
        })
      case PERMISSION_DENIED:
        return new HoldfastError('store-forbidden', `This process may not use the queue ${queue}.`, {
          advice: `Enable Cloud Tasks, and give its service account roles/cloudtasks.enqueuer and, on ${serviceAccount}, roles/iam.serviceAccountUser.`,
          cause,
        })
      default:
        return new HoldfastError('unavailable', `The queue ${queue} did not take a task.`, { cause })
    }
  }
}

const codeOf = (error: unknown): unknown => (error as { code?: unknown } | null)?.code
