import type { Bucket } from '@google-cloud/storage'
import { HoldfastError, messageOf } from '../errors.ts'
import type { ObjectStore, StoreCheck, StoredObject } from '../ports.ts'
import type { OperationCounter } from './operation-counter.ts'

/** The ObjectStore on Cloud Storage: create-only by generation precondition; checksums are verified by the client both ways. */
export class StorageObjects implements ObjectStore, StoreCheck {
  readonly #bucket: Bucket
  readonly #counter: OperationCounter

  constructor(bucket: Bucket, counter: OperationCounter) {
    this.#bucket = bucket
    this.#counter = counter
  }

  placeOf(name: string): string {
    return `gs://${this.#bucket.name}/${name}`
  }

  async create(name: string, bytes: Buffer): Promise<{ generation: string }> {
    this.#counter.objectCreates++
    this.#counter.objectBytesWritten += bytes.length
    const file = this.#bucket.file(name)
    try {
      await file.save(bytes, {
        resumable: false,
        validation: 'crc32c',
        contentType: 'application/octet-stream',
        preconditionOpts: { ifGenerationMatch: 0 },
      })
    } catch (error) {
      if (statusOf(error) === 412)
        throw new HoldfastError('already-exists', `The object ${name} exists already.`, { cause: error })
      throw error
    }
    const generation = file.metadata.generation
    if (generation === undefined) throw new Error(`Cloud Storage reported no generation for ${name}.`)
    return { generation: String(generation) }
  }

  async read(name: string, generation?: string): Promise<StoredObject | null> {
    this.#counter.objectReads++
    const file = this.#bucket.file(name, generation === undefined ? {} : { generation })
    try {
      const [bytes] = await file.download({ validation: 'crc32c' })
      this.#counter.objectBytesRead += bytes.length
      if (generation !== undefined) return { bytes, generation }
      const [metadata] = await file.getMetadata()
      return { bytes, generation: String(metadata.generation) }
    } catch (error) {
      if (statusOf(error) === 404) return null
      throw error
    }
  }

  async list(prefix: string): Promise<string[]> {
    const [files] = await this.#bucket.getFiles({ prefix })
    // Google bills one operation for each thousand objects that are listed.
    this.#counter.objectLists += Math.max(1, Math.ceil(files.length / 1000))
    return files.map(({ name }) => name).toSorted()
  }

  /** The metadata of an object that nobody makes: one of the cheapest operations, and it needs no right that runners and the API lack. */
  async check(): Promise<void> {
    this.#counter.objectReads++
    try {
      await this.#bucket.file(NOBODYS_OBJECT).getMetadata()
    } catch (error) {
      if (statusOf(error) !== 404) throw error
      if (!/bucket does not exist/i.test(messageOf(error))) return
      throw new HoldfastError('unavailable', `The bucket ${this.#bucket.name} does not exist.`, {
        cause: error,
        advice: 'Create it, or set STORAGE_BUCKET to the one that was created.',
      })
    }
  }
}

const NOBODYS_OBJECT = 'check'

function statusOf(error: unknown): number | undefined {
  if (typeof error !== 'object' || error === null) return undefined
  const { code, status } = error as { code?: unknown; status?: unknown }
  const value = code ?? status
  return typeof value === 'number' ? value : Number(value) || undefined
}
