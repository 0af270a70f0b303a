import { Storage, type Bucket } from '@google-cloud/storage'
import { spawn, type ChildProcess } from 'node:child_process'
import { EventEmitter, once } from 'node:events'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'

// The client adds more listeners to a download's stream than node finds healthy, against the real service too.
EventEmitter.defaultMaxListeners = 30

export interface StorageUnderTest {
  real: boolean
  /** Empty for the real service. */
  url: string
  storage: Storage
  bucket: Bucket
  close(): Promise<void>
}

/** The real service where HOLDFAST_CONTRACT_BUCKET names a bucket of it, else a server of the sandbox in a fresh folder. */
export async function openStorage(): Promise<StorageUnderTest> {
  const real = process.env['HOLDFAST_CONTRACT_BUCKET']
  if (real) {
    const storage = new Storage()
    return { real: true, url: '', storage, bucket: storage.bucket(real), close: async () => {} }
  }
  const folder = await mkdtemp(join(tmpdir(), 'holdfast-storage-'))
  const server = await startServer(folder)
  const storage = clientOf(server.url)
  const [bucket] = await storage.createBucket('contract', { versioning: { enabled: true } })
  const close = async () => {
    await server.kill('SIGTERM')
    await rm(folder, { recursive: true })
  }
  return { real: false, url: server.url, storage, bucket, close }
}

export interface StorageServer {
  url: string
  child: ChildProcess
  kill(signal: NodeJS.Signals): Promise<void>
}

const exitWithParent = new URL('../../exit-with-parent.ts', import.meta.url).href
const main = fileURLToPath(new URL('./main.ts', import.meta.url))

export async function startServer(folder: string, port = 0): Promise<StorageServer> {
  const args = ['--import', exitWithParent, main, '--data', folder, '--port', String(port)]
  const child = spawn(process.execPath, args, { stdio: ['ignore', 'pipe', 'inherit', 'ipc'] })
  const [line] = (await once(createInterface(child.stdout!), 'line')) as [string]
  const exited = once(child, 'exit')
  const kill = async (signal: NodeJS.Signals) => {
    child.kill(signal)
    await exited
  }
  return { url: `http://127.0.0.1:${(JSON.parse(line) as { port: number }).port}`, child, kill }
}

/** Nothing is tried again, so that a test sees what the server really answered. */
export const clientOf = (url: string) =>
  new Storage({ apiEndpoint: url, projectId: 'demo-contract', retryOptions: { autoRetry: false } })
