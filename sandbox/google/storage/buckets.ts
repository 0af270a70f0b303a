import { mkdir, readdir, rename, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { Bucket } from './bucket.ts'
import { ApiError, invalid, notFound } from './errors.ts'
import type { BucketMetadata } from './object-metadata.ts'

/** All buckets of a folder, with one count of generations. */
export class Buckets {
  readonly #folder: string
  readonly #buckets = new Map<string, Bucket>()
  #lastGeneration = 0n

  private constructor(folder: string) {
    this.#folder = folder
  }

  static async load(folder: string): Promise<Buckets> {
    const buckets = new Buckets(folder)
    await mkdir(folder, { recursive: true })
    for (const name of await readdir(folder)) {
      // A bucket whose creation or deletion a kill cut short does not exist.
      if (!isBucketName(name)) await rm(join(folder, name), { recursive: true })
      else buckets.#buckets.set(name, await Bucket.load(join(folder, name), buckets.#nextGeneration))
    }
    for (const bucket of buckets.#buckets.values()) {
      for (const version of [...bucket.objects().values()].flat()) buckets.#sawGeneration(BigInt(version.generation))
    }
    return buckets
  }

  get(name: string): Bucket {
    const bucket = this.#buckets.get(name)
    if (!bucket) throw notFound('The specified bucket does not exist.')
    return bucket
  }

  all(): Bucket[] {
    return [...this.#buckets.values()]
  }

  async create(properties: { name?: unknown }): Promise<Bucket> {
    const { name } = properties
    if (typeof name !== 'string' || !isBucketName(name)) throw invalid(`Invalid bucket name: '${String(name)}'`)
    const taken = new ApiError(
      409,
      'conflict',
      'Your previous request to create the named bucket succeeded and you already own it.',
    )
    if (this.#buckets.has(name)) throw taken
    const now = new Date().toISOString()
    const fixed = {
      kind: 'storage#bucket',
      id: name,
      location: 'US',
      storageClass: 'STANDARD',
      metageneration: '1',
      timeCreated: now,
    }
    const metadata: BucketMetadata = { ...fixed, ...properties, name }
    const aside = join(this.#folder, `.creating-${name}`)
    await rm(aside, { recursive: true, force: true })
    await Bucket.create(aside, metadata, this.#nextGeneration)
    if (this.#buckets.has(name)) throw taken
    await rename(aside, join(this.#folder, name))
    const bucket = await Bucket.load(join(this.#folder, name), this.#nextGeneration)
    this.#buckets.set(name, bucket)
    return bucket
  }

  async remove(name: string): Promise<void> {
    if (this.get(name).objects().size > 0) throw new ApiError(409, 'conflict', 'The bucket you tried to delete is not empty.')
    this.#buckets.delete(name)
    const aside = join(this.#folder, `.deleting-${name}`)
    await rename(join(this.#folder, name), aside)
    await rm(aside, { recursive: true })
  }

  /** The next generation: microseconds, as the service's generations look, and never used before. */
  readonly #nextGeneration = (): string => {
    this.#sawGeneration(BigInt(Date.now()) * 1000n)
    this.#lastGeneration += 1n
    return String(this.#lastGeneration)
  }

  #sawGeneration(generation: bigint): void {
    if (generation > this.#lastGeneration) this.#lastGeneration = generation
  }
}

const isBucketName = (name: string) => /^[a-z0-9][a-z0-9._-]{1,220}[a-z0-9]$/.test(name)
