import { KeyManagementServiceClient } from '@google-cloud/kms'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { plainEnvironment } from '../../environment.ts'
import { freePort } from '../../ports.ts'
import { SupervisedProcess } from '../../processes.ts'
import { clientAt } from './client.ts'

// The client looks for a cloud's metadata server otherwise.
process.env['METADATA_SERVER_DETECTION'] = 'none'

export interface KmsUnderTest {
  readonly client: KeyManagementServiceClient
  /** The full name of a symmetric key whose versions the test may disable and enable. */
  readonly key: string
  close(): Promise<void>
}

/**
 * The real service where HOLDFAST_CONTRACT_KMS names a symmetric key of it that was made for this test, because keys are never removed, else a
 * server of the sandbox in a fresh folder.
 */
export async function openKms(): Promise<KmsUnderTest> {
  const real = process.env['HOLDFAST_CONTRACT_KMS']
  if (real) {
    const client = new KeyManagementServiceClient()
    return { client, key: real, close: () => client.close() }
  }
  const server = await KmsServer.start()
  return { client: server.client, key: server.key, close: () => server.remove() }
}

const KEY = 'projects/demo-contract/locations/us-central1/keyRings/holdfast/cryptoKeys/wrapping'

/** The stand-in in a process of its own, in a fresh folder, with one key. */
export class KmsServer {
  readonly process: SupervisedProcess
  readonly client: KeyManagementServiceClient
  /** host:port */
  readonly address: string
  readonly key = KEY
  readonly #folder: string

  private constructor({ folder, process, port }: { folder: string; process: SupervisedProcess; port: number }) {
    this.#folder = folder
    this.process = process
    this.address = `127.0.0.1:${port}`
    this.client = clientAt(this.address, 'demo-contract')
  }

  static async start(): Promise<KmsServer> {
    const folder = await mkdtemp(join(tmpdir(), 'holdfast-kms-'))
    const port = await freePort()
    const process = new SupervisedProcess({
      name: 'kms',
      entry: fileURLToPath(new URL('./main.ts', import.meta.url)),
      args: ['--port', String(port), '--data', join(folder, 'data'), '--key', KEY],
      env: plainEnvironment(),
      log: join(folder, 'log'),
      whenItDies: 'restart',
      ready: 'line',
    })
    await process.start()
    return new KmsServer({ folder, process, port })
  }

  async remove(): Promise<void> {
    await this.client.close()
    await this.process.close()
    await rm(this.#folder, { recursive: true })
  }
}
