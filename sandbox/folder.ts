import { randomBytes } from 'node:crypto'
import { renameSync, writeFileSync } from 'node:fs'
import { mkdir, mkdtemp, readFile, rename, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import type { SandboxInfo } from './info.ts'
import type { RealStores } from './real-stores.ts'

/** What holds the data of a sandbox, of which there is a part only. Sessions lie in the last one where it is self-hosted. */
export const DATA_FOLDERS: readonly string[] = ['firestore', 'storage', 'tasks', 'kms', 'sessions']

/** The facts that stay the same at each start in a folder. The data of the folder is useless without them. */
export interface Identity {
  project: string
  bucket: string
  apiKey: string
  sessionEncryptionKey: string
}

/** The folder of a sandbox's data and logs. A temporary folder is removed when the sandbox stops. */
export class Folder {
  readonly path: string
  readonly identity: Identity
  readonly #temporary: boolean

  private constructor(path: string, identity: Identity, temporary: boolean) {
    this.path = path
    this.identity = identity
    this.#temporary = temporary
  }

  /** `stores` take the place of the project and the bucket that the folder has a name for. */
  static async open(path: string | undefined, stores?: RealStores): Promise<Folder> {
    const folder = path === undefined ? await mkdtemp(join(tmpdir(), 'holdfast-sandbox-')) : resolve(path)
    await mkdir(join(folder, 'logs'), { recursive: true })
    const before = await readJson<SandboxInfo>(join(folder, 'sandbox.json'))
    if (before) await refuseWhileRunning(folder, before)
    const own = await identityOf(folder)
    const identity = stores === undefined ? own : { ...own, project: stores.project, bucket: stores.bucket }
    const opened = new Folder(folder, identity, path === undefined)
    // The earlier sandbox was killed. Cloud Storage has its state of that moment, but Firestore that of the last stop, so the two
    // do not fit together.
    if (before) await opened.discardData()
    return opened
  }

  get firestore(): string {
    return join(this.path, 'firestore')
  }

  get storage(): string {
    return join(this.path, 'storage')
  }

  /** Path of the directory of Cloud Tasks' queues. */
  get tasks(): string {
    return join(this.path, 'tasks')
  }

  /** Path of the directory of Cloud KMS' keys. */
  get kms(): string {
    return join(this.path, 'kms')
  }

  /** Path of the file that says how far a movable clock is ahead. */
  get clock(): string {
    return join(this.path, 'clock')
  }

  /** Path of the file that says how wrong the clock of a slot is. */
  clockOf(slot: string): string {
    return `${this.clock}-${slot}`
  }

  /** Path of the directory for storage mode `local`. */
  get sessions(): string {
    return join(this.path, 'sessions')
  }

  /** Whether the data stays for the next start. */
  get kept(): boolean {
    return !this.#temporary
  }

  log(name: string): string {
    return join(this.path, 'logs', `${name}.log`)
  }

  /** Writes `sandbox.json` at once and atomically, so that a reader always finds the current processes. */
  publish(info: SandboxInfo): void {
    const aside = join(this.path, 'sandbox.json.new')
    writeFileSync(aside, `${JSON.stringify(info, null, 2)}\n`, { mode: 0o600 })
    renameSync(aside, join(this.path, 'sandbox.json'))
  }

  async close(): Promise<void> {
    if (this.#temporary) await rm(this.path, { recursive: true, force: true })
    else await rm(join(this.path, 'sandbox.json'), { force: true })
  }

  /** Moves the data to `discarded`, where a user can look at it, and removes what was there before. */
  async discardData(): Promise<void> {
    const aside = join(this.path, 'discarded')
    await rm(aside, { recursive: true, force: true })
    await mkdir(aside)
    for (const name of DATA_FOLDERS) {
      await rename(join(this.path, name), join(aside, name)).catch(ignoreMissing)
    }
    await rm(join(this.path, 'sandbox.json'), { force: true })
  }
}

async function identityOf(folder: string): Promise<Identity> {
  const file = join(folder, 'identity.json')
  const known = await readJson<Identity>(file)
  if (known) return known
  const name = `demo-${randomBytes(4).toString('hex')}`
  const identity: Identity = {
    project: name,
    bucket: `${name}-sessions`,
    apiKey: randomBytes(24).toString('base64url'),
    sessionEncryptionKey: randomBytes(32).toString('base64'),
  }
  await writeFile(file, `${JSON.stringify(identity, null, 2)}\n`, { mode: 0o600 })
  return identity
}

/**
 * Rejects while another sandbox runs in the folder. The processes of a killed sandbox need a moment to end; those of a running
 * one keep answering.
 */
async function refuseWhileRunning(folder: string, info: SandboxInfo): Promise<void> {
  const deadline = performance.now() + 2_000
  while (await answers(`${info.storage}/storage/v1/b/${info.bucket}`)) {
    if (performance.now() > deadline)
      throw new Error(`A sandbox is running in ${folder} (its API is at ${info.api ?? 'no address'}).`)
    await pause(50)
  }
}

async function answers(url: string): Promise<boolean> {
  try {
    return (await fetch(url, { signal: AbortSignal.timeout(1_000) })).ok
  } catch {
    return false
  }
}

async function readJson<T>(path: string): Promise<T | null> {
  const text = await readFile(path, 'utf8').catch(ignoreMissing)
  return text === undefined ? null : (JSON.parse(text) as T)
}

function ignoreMissing(error: NodeJS.ErrnoException): undefined {
  if (error.code !== 'ENOENT') throw error
}
