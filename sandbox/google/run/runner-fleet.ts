import type { Sandbox } from '../../sandbox.ts'
import { Pool } from './pool.ts'
import { serveCloudRun } from './server.ts'

/** A worker pool of a sandbox, whose instances are runner processes without a name of their own, as on Cloud Run. */
export class RunnerFleet implements AsyncDisposable {
  readonly pool: Pool
  readonly #close: () => void

  private constructor(pool: Pool, close: () => void) {
    this.pool = pool
    this.#close = close
  }

  /** The variables of functions that size the fleet by the stand-in at this port. */
  static environment(port: number): Record<string, string> {
    return { CLOUD_RUN_EMULATOR_HOST: `127.0.0.1:${port}` }
  }

  /** Serves the API of Cloud Run on this port, and starts as many runners. `env` is of the runners. */
  static async start(sandbox: Sandbox, options: { port: number; instances: number; env?: Record<string, string> }) {
    const instances = {
      start: async (revision: string) => {
        const runner = await sandbox.addRunner({ ...options.env, INSTANCE_ID: '', CLOUD_RUN_REVISION: revision })
        return runner.name
      },
      stop: (name: string) => sandbox.stopRunner(name),
    }
    const pool = new Pool(instances, [])
    const name = `projects/${sandbox.info.project}/locations/us-central1/workerPools/holdfast-runner`
    const server = await serveCloudRun(name, pool, options.port)
    pool.resize(options.instances)
    await pool.settled()
    return new RunnerFleet(pool, () => server.close())
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#close()
    await this.pool.settled()
  }
}
