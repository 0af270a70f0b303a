import { HoldfastError } from '../../platform/errors.ts'
import type { PoolConfig } from '../../platform/fleet-settings.ts'
import type { PoolState, RunnerPool } from '../../platform/runner-pool.ts'
import { PROMPT_RECONNECTS } from './prompt-reconnects.ts'
import { standInAt } from './stand-in.ts'

/** gRPC's codes. */
const NOT_FOUND = 5
const PERMISSION_DENIED = 7

/** The sweep has other things to do. */
const CALL = { timeout: 20_000 }

/** A field of the template that nothing but a new revision comes of. */
const RESTARTED = 'holdfast/restarted'

interface Scaled {
  readonly scaling?: { readonly manualInstanceCount?: number | null } | null
  readonly reconciling?: boolean | null
}

interface Annotated {
  readonly annotations?: Readonly<Record<string, string>> | null
}

interface Deployed<Template extends Annotated> {
  readonly template?: Template | null
  readonly etag?: string | null
}

/** The API of Cloud Run, with rights on one worker pool or service only. The client is heavy, and is loaded when it is needed. */
export class CloudRunPool implements RunnerPool {
  readonly #config: PoolConfig
  readonly #name: string
  #clients: ReturnType<typeof clientsOf> | null = null

  constructor(config: PoolConfig) {
    const { projectId, region, platform, name } = config
    this.#config = config
    this.#name = `projects/${projectId}/locations/${region}/${platform === 'service' ? 'services' : 'workerPools'}/${name}`
  }

  async read(): Promise<PoolState> {
    const { scaling, reconciling } = await this.#asked<Scaled>(async ({ pools, services }) => {
      const request = { name: this.#name }
      return this.#isService ? (await services().getService(request, CALL))[0] : (await pools().getWorkerPool(request, CALL))[0]
    })
    return { instances: scaling?.manualInstanceCount ?? 0, isSettled: reconciling !== true }
  }

  async resize(instances: number): Promise<void> {
    const updateMask = { paths: ['scaling.manual_instance_count'] }
    const change = { name: this.#name, scaling: { manualInstanceCount: instances } }
    // The operation takes as long as the instances, and the next run of the sweep sees what came of it.
    await this.#asked(async ({ pools, services }) =>
      this.#isService
        ? services().updateService({ service: change, updateMask }, CALL)
        : pools().updateWorkerPool({ workerPool: change, updateMask }, CALL),
    )
  }

  async restart(requestedAt: Date): Promise<void> {
    const updateMask = { paths: ['template'] }
    await this.#asked(async ({ pools, services }) => {
      if (this.#isService) {
        const [service] = await services().getService({ name: this.#name }, CALL)
        return services().updateService({ service: this.#renewed(service, requestedAt), updateMask }, CALL)
      }
      const [workerPool] = await pools().getWorkerPool({ name: this.#name }, CALL)
      return pools().updateWorkerPool({ workerPool: this.#renewed(workerPool, requestedAt), updateMask }, CALL)
    })
  }

  /** The etag refuses the change when somebody deploys meanwhile: it would bring the former image back. */
  #renewed<Template extends Annotated>({ template, etag }: Deployed<Template>, requestedAt: Date) {
    const annotations = { ...template?.annotations, [RESTARTED]: requestedAt.toISOString() }
    return { name: this.#name, etag: etag ?? null, template: { ...template, annotations } }
  }

  async close(): Promise<void> {
    await (await this.#clients)?.close()
  }

  get #isService(): boolean {
    return this.#config.platform === 'service'
  }

  async #asked<Answer>(call: (clients: Awaited<ReturnType<typeof clientsOf>>) => Promise<Answer>): Promise<Answer> {
    this.#clients ??= clientsOf(this.#config)
    try {
      return await call(await this.#clients)
    } catch (cause) {
      throw this.#inOurWords(cause)
    }
  }

  /** Turns errors that waiting cannot fix into errors with advice. */
  #inOurWords(cause: unknown): HoldfastError {
    const code = (cause as { code?: unknown } | null)?.code
    if (code === NOT_FOUND) {
      return new HoldfastError('store-missing', `Cloud Run has no ${this.#name}.`, {
        advice: 'Set FLEET_PLATFORM, FLEET_NAME and FLEET_REGION to where the runners are, or leave FLEET_MAX out.',
        cause,
      })
    }
    if (code === PERMISSION_DENIED) {
      return new HoldfastError('store-forbidden', `This process may not change ${this.#name}.`, {
        advice:
          'Give its service account the role holdfastScaler on it, and roles/iam.serviceAccountUser on the account of the runners.',
        cause,
      })
    }
    return new HoldfastError('unavailable', `Cloud Run did not answer about ${this.#name}.`, { cause })
  }
}

async function clientsOf({ projectId, emulator }: PoolConfig) {
  const { ServicesClient, WorkerPoolsClient } = await import('@google-cloud/run')
  const options = { projectId, ...PROMPT_RECONNECTS, ...(emulator === null ? {} : standInAt(emulator)) }
  let pool: InstanceType<typeof WorkerPoolsClient> | null = null
  let service: InstanceType<typeof ServicesClient> | null = null
  return {
    pools: () => (pool ??= new WorkerPoolsClient(options)),
    services: () => (service ??= new ServicesClient(options)),
    close: async () => {
      await Promise.all([pool?.close(), service?.close()])
    },
  }
}
