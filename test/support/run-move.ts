import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { SandboxInfo } from '../../sandbox/info.ts'
import { lastLine, runProgram } from './run-program.ts'

const PROGRAM = new URL('../../runner/src/moving/main.ts', import.meta.url)
const LIMIT_MS = 120_000

export interface Moved {
  readonly code: number | null
  /** The result of a run that ended well, or well for some sessions only. */
  readonly result: Record<string, unknown> | null
  /** What the operator reads. */
  readonly said: string
}

/** Where the command finds its stores, and the key. */
interface Around {
  readonly sandbox: { readonly info: Pick<SandboxInfo, 'project' | 'bucket' | 'firestore' | 'storage'>; readonly folder: string }
}

/** Runs the command as an operator does, with the configuration of the sandbox's runners. */
export async function runMove({ sandbox }: Around, ...args: readonly string[]): Promise<Moved> {
  const { info, folder } = sandbox
  const identity = JSON.parse(await readFile(join(folder, 'identity.json'), 'utf8')) as { sessionEncryptionKey: string }
  const env = {
    GOOGLE_CLOUD_PROJECT: info.project,
    STORAGE_BUCKET: info.bucket,
    FIRESTORE_EMULATOR_HOST: info.firestore,
    STORAGE_EMULATOR_HOST: info.storage,
    METADATA_SERVER_DETECTION: 'none',
    SESSION_ENCRYPTION_KEY: identity.sessionEncryptionKey,
  }
  const { code, stdout, stderr } = await runProgram(PROGRAM, [...args, '--json'], LIMIT_MS, env)
  return { code, result: stdout.trim() === '' ? null : (lastLine(stdout) as Record<string, unknown>), said: stderr }
}
