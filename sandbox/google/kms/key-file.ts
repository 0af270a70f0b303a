import { mkdir, readFile } from 'node:fs/promises'
import { dirname } from 'node:path'
import { writeDurably } from '../durable-file.ts'

export type VersionState = 'ENABLED' | 'DISABLED' | 'DESTROY_SCHEDULED'

export interface StoredVersion {
  state: VersionState
  /** 32 bytes as base64. */
  readonly secret: string
}

export interface StoredKey {
  /** The number of the primary version. */
  primary: number
  readonly versions: Record<string, StoredVersion>
}

/** Key rings and keys by their full names, in one file, so that they outlive the process. */
export class KeyFile {
  readonly rings: Set<string>
  readonly keys: Map<string, StoredKey>
  readonly #path: string

  private constructor(path: string, rings: readonly string[], keys: Readonly<Record<string, StoredKey>>) {
    this.#path = path
    this.rings = new Set(rings)
    this.keys = new Map(Object.entries(keys))
  }

  static async open(path: string): Promise<KeyFile> {
    await mkdir(dirname(path), { recursive: true })
    const text = await readFile(path, 'utf8').catch((error: NodeJS.ErrnoException) => {
      if (error.code === 'ENOENT') return '{"rings":[],"keys":{}}'
      throw error
    })
    const { rings, keys } = JSON.parse(text) as { rings: string[]; keys: Record<string, StoredKey> }
    return new KeyFile(path, rings, keys)
  }

  async save(): Promise<void> {
    await writeDurably(this.#path, JSON.stringify({ rings: [...this.rings], keys: Object.fromEntries(this.keys) }))
  }
}
