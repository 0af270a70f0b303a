import { EventEmitter } from 'node:events'
import type { Readable } from 'node:stream'
import { buffer } from 'node:stream/consumers'
import type { Bucket, File } from '@google-cloud/storage'
import { HoldfastError, messageOf } from '../../platform/errors.ts'
import type { ByteRange, Bytes, ObjectStreams } from '../../platform/object-streams.ts'
import type { ListedObject, ObjectStore, StoreCheck, StoredObject } from '../../platform/ports.ts'
import type { ObjectBytes } from './object-bytes.ts'
import type { OperationCounter } from './operation-counter.ts'

/** The ObjectStore on Cloud Storage: create-only by generation precondition; checksums are verified by the client both ways. */
export class StorageObjects implements ObjectStore, ObjectStreams, StoreCheck {
  readonly #bucket: Bucket
  readonly #bytes: ObjectBytes
  readonly #counter: OperationCounter

  constructor(bucket: Bucket, bytes: ObjectBytes, counter: OperationCounter) {
    this.#bucket = bucket
    this.#bytes = bytes
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
      // For a new object 404 can only mean the bucket.
      throw this.#inOurWords(error, statusOf(error) === 404)
    }
    const generation = file.metadata.generation
    if (generation === undefined) throw new Error(`Cloud Storage reported no generation for ${name}.`)
    return { generation: String(generation) }
  }

  async read(name: string, generation?: string): Promise<StoredObject | null> {
    this.#counter.objectReads++
    const file = this.#bucket.file(name, generation === undefined ? {} : { generation })
    try {
      const bytes = await download(file)
      this.#counter.objectBytesRead += bytes.length
      if (generation !== undefined) return { bytes, generation }
      const [metadata] = await file.getMetadata()
      return { bytes, generation: String(metadata.generation) }
    } catch (error) {
      if (statusOf(error) === 404 && !saysNoBucket(error)) return null
      throw this.#inOurWords(error, saysNoBucket(error))
    }
  }

  async list(prefix: string): Promise<string[]> {
    return (await this.describe(prefix)).map(({ name }) => name)
  }

  async describe(prefix: string): Promise<ListedObject[]> {
    try {
      const [files] = await this.#bucket.getFiles({ prefix })
      // Google bills one operation for each thousand objects that are listed.
      this.#counter.objectLists += Math.max(1, Math.ceil(files.length / 1000))
      const listed = files.map(({ name, metadata: { size, timeCreated } }) => ({
        name,
        bytes: Number(size),
        createdAt: new Date(timeCreated ?? 0),
      }))
      return listed.toSorted((one, other) => (one.name < other.name ? -1 : 1))
    } catch (error) {
      throw this.#inOurWords(error, statusOf(error) === 404)
    }
  }

  async createFrom(name: string, bytes: Bytes): Promise<void> {
    this.#counter.objectCreates++
    const counter = this.#counter
    const counted = async function* () {
      for await (const some of bytes) {
        counter.objectBytesWritten += some.length
        yield some
      }
    }
    try {
      await this.#bytes.create(name, counted())
    } catch (error) {
      if (statusOf(error) === 412)
        throw new HoldfastError('already-exists', `The object ${name} exists already.`, { cause: error })
      throw this.#inOurWords(error, statusOf(error) === 404)
    }
  }

  async sizeOf(name: string): Promise<number | null> {
    this.#counter.objectReads++
    try {
      const [metadata] = await this.#bucket.file(name).getMetadata()
      return Number(metadata.size)
    } catch (error) {
      if (statusOf(error) === 404 && !saysNoBucket(error)) return null
      throw this.#inOurWords(error, saysNoBucket(error))
    }
  }

  async *readRange(name: string, range: ByteRange): AsyncGenerator<Buffer> {
    try {
      for await (const some of this.#bytes.read(name, range, () => this.#counter.objectReads++)) {
        this.#counter.objectBytesRead += some.length
        yield some
      }
    } catch (error) {
      throw this.#inOurWords(error, saysNoBucket(error))
    }
  }

  async *createdBefore(prefix: string, time: Date): AsyncGenerator<string> {
    try {
      for await (const file of this.#bucket.getFilesStream({ prefix })) {
        const { name, metadata } = file as File
        if (Date.parse(metadata.timeCreated ?? '') < time.getTime()) yield name
      }
    } catch (error) {
      throw this.#inOurWords(error, statusOf(error) === 404)
    }
  }

  async remove(name: string): Promise<void> {
    try {
      await this.#bucket.file(name).delete({ ignoreNotFound: true })
    } catch (error) {
      throw this.#inOurWords(error, saysNoBucket(error))
    }
  }

  /** Turns errors that waiting cannot fix into errors with advice; others pass as they are. */
  #inOurWords(error: unknown, isBucketMissing: boolean): unknown {
    const { name } = this.#bucket
    if (isBucketMissing) {
      return new HoldfastError('store-missing', `The bucket ${name} does not exist.`, {
        advice: 'Create the bucket, or set STORAGE_BUCKET to the name of an existing one.',
        cause: error,
      })
    }
    if (statusOf(error) !== 401 && statusOf(error) !== 403) return error
    return new HoldfastError('store-forbidden', `This process may not use the bucket ${name}.`, {
      advice: `Give its service account roles/storage.objectUser on gs://${name}.`,
      cause: error,
    })
  }

  /** Asks for the metadata of an object that never exists: a cheap operation that needs no further rights. */
  async check(): Promise<void> {
    this.#counter.objectReads++
    try {
      await this.#bucket.file(NOBODYS_OBJECT).getMetadata()
    } catch (error) {
      if (statusOf(error) === 404 && !saysNoBucket(error)) return
      throw this.#inOurWords(error, saysNoBucket(error))
    }
  }
}

/** Google's client adds 12 of one kind to the body of a download in parts, and removes them with its end. */
const LISTENERS_OF_A_DOWNLOAD = 20

/** Downloads the object as `file.download` does, without node's warning of a leak in the client. Other streams keep their limit. */
async function download(file: File): Promise<Buffer> {
  const stream = file.createReadStream({ validation: 'crc32c' })
  withoutWarning(stream)
  return buffer(stream)
}

function withoutWarning(stream: Readable): void {
  stream.on('response', ({ body }: { readonly body?: unknown }) => {
    if (body instanceof EventEmitter) body.setMaxListeners(LISTENERS_OF_A_DOWNLOAD)
  })
}

const NOBODYS_OBJECT = 'check'

/** Cloud Storage answers 404 for a missing bucket as well as for a missing object. */
const saysNoBucket = (error: unknown): boolean => statusOf(error) === 404 && /bucket does not exist/i.test(messageOf(error))

function statusOf(error: unknown): number | undefined {
  if (typeof error !== 'object' || error === null) return undefined
  const { code, status } = error as { code?: unknown; status?: unknown }
  const value = code ?? status
  return typeof value === 'number' ? value : Number(value) || undefined
}
