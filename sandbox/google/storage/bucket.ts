import { createHash } from 'node:crypto'
import { mkdir, readFile, readdir, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { crc32c, md5 } from './checksums.ts'
import { isUnfinished, writeDurably } from '../durable-file.ts'
import { ApiError, invalid, notFound } from './errors.ts'
import { InTurn } from './in-turn.ts'
import { applyChange, isLive, pickWritable, type BucketMetadata, type ObjectMetadata, type Upload } from './object-metadata.ts'
import { checkPreconditions, type Preconditions } from './preconditions.ts'

/**
 * A bucket in a folder: `bucket.json`, and for each object a folder with `<generation>.data` and `<generation>.json`. A version exists
 * from the rename of its json file; its bytes are durable before. The newest version without `timeDeleted` is live, so a crash between
 * any two steps leaves the old state or the new one.
 */
export class Bucket {
  readonly #folder: string
  readonly #nextGeneration: () => string
  readonly #inTurn = new InTurn()
  readonly #objects = new Map<string, ObjectMetadata[]>()
  metadata: BucketMetadata

  private constructor(folder: string, metadata: BucketMetadata, nextGeneration: () => string) {
    this.#folder = folder
    this.metadata = metadata
    this.#nextGeneration = nextGeneration
  }

  static async create(folder: string, metadata: BucketMetadata, nextGeneration: () => string): Promise<Bucket> {
    await mkdir(join(folder, 'objects'), { recursive: true })
    await writeDurably(join(folder, 'bucket.json'), JSON.stringify(metadata))
    return new Bucket(folder, metadata, nextGeneration)
  }

  static async load(folder: string, nextGeneration: () => string): Promise<Bucket> {
    const metadata = JSON.parse(await readFile(join(folder, 'bucket.json'), 'utf8')) as BucketMetadata
    const bucket = new Bucket(folder, metadata, nextGeneration)
    for (const name of await readdir(join(folder, 'objects'))) await bucket.#loadObject(join(folder, 'objects', name))
    return bucket
  }

  async update(change: object): Promise<BucketMetadata> {
    return await this.#inTurn.run('', async () => {
      const metageneration = String(Number(this.metadata['metageneration']) + 1)
      const metadata = { ...this.metadata, ...change, metageneration }
      await writeDurably(join(this.#folder, 'bucket.json'), JSON.stringify(metadata))
      this.metadata = metadata
      return metadata
    })
  }

  /** All versions of all objects, each object's oldest first. */
  objects(): ReadonlyMap<string, readonly ObjectMetadata[]> {
    return this.#objects
  }

  /** The live version, or the given one. */
  find(name: string, generation: string | null = null): ObjectMetadata {
    const versions = this.#objects.get(name) ?? []
    const found = generation === null ? versions.findLast(isLive) : versions.find((version) => version.generation === generation)
    if (!found) throw notFound(`No such object: ${this.metadata.name}/${name}`)
    return found
  }

  async read(version: ObjectMetadata): Promise<Buffer> {
    const data = await readFile(this.#path(version, 'data')).catch((error: NodeJS.ErrnoException) => {
      // Another request removed the file after the listing.
      throw error.code === 'ENOENT' ? notFound(`No such object: ${version.bucket}/${version.name}`) : error
    })
    if (data.length !== Number(version.size) || crc32c(data) !== version.crc32c) {
      throw new ApiError(500, 'internalError', `The stored bytes of ${version.id} do not match their checksum.`)
    }
    return data
  }

  check(name: string, preconditions: Preconditions): void {
    checkPreconditions(this.#objects.get(name)?.findLast(isLive), preconditions, 'write')
  }

  async put(name: string, data: Buffer, upload: Upload, preconditions: Preconditions): Promise<ObjectMetadata> {
    return await this.#inTurn.run(name, async () => {
      this.check(name, preconditions)
      const version = this.#describe(name, data, upload)
      await mkdir(this.#objectFolder(name), { recursive: true })
      await writeDurably(this.#path(version, 'data'), data)
      await this.#save(version)
      this.#objects.set(name, [...(this.#objects.get(name) ?? []), version])
      await this.#retire(name, version)
      return version
    })
  }

  /** Removes the given generation, or the live version (which a bucket with versioning keeps as an old one). */
  async remove(name: string, generation: string | null, preconditions: Preconditions): Promise<void> {
    await this.#inTurn.run(name, async () => {
      const version = this.find(name, generation)
      checkPreconditions(version, preconditions, 'write')
      if (generation === null) await this.#retire(name)
      else await this.#erase(version)
    })
  }

  async patch(
    name: string,
    generation: string | null,
    change: Record<string, unknown>,
    mode: 'merge' | 'replace',
    preconditions: Preconditions,
  ): Promise<ObjectMetadata> {
    return await this.#inTurn.run(name, async () => {
      const before = this.find(name, generation)
      checkPreconditions(before, preconditions, 'write')
      const metageneration = String(Number(before.metageneration) + 1)
      const after: ObjectMetadata = { ...before, metageneration, updated: new Date().toISOString() }
      applyChange(after, change, mode)
      await this.#save(after)
      this.#objects.set(
        name,
        (this.#objects.get(name) ?? []).map((version) => (version === before ? after : version)),
      )
      return after
    })
  }

  #describe(name: string, data: Buffer, upload: Upload): ObjectMetadata {
    const sums = { crc32c: crc32c(data), md5Hash: md5(data) }
    if (upload.crc32c && upload.crc32c !== sums.crc32c)
      throw invalid(`Provided CRC32C "${upload.crc32c}" doesn't match calculated.`)
    if (upload.md5Hash && upload.md5Hash !== sums.md5Hash)
      throw invalid(`Provided MD5 hash "${upload.md5Hash}" doesn't match calculated.`)
    const generation = this.#nextGeneration()
    const now = new Date().toISOString()
    return {
      kind: 'storage#object',
      id: `${this.metadata.name}/${name}/${generation}`,
      name,
      bucket: this.metadata.name,
      generation,
      metageneration: '1',
      contentType: 'application/octet-stream',
      storageClass: 'STANDARD',
      ...pickWritable(upload),
      size: String(data.length),
      crc32c: sums.crc32c,
      // A composed object has no MD5.
      ...(upload.componentCount ? { componentCount: upload.componentCount } : { md5Hash: sums.md5Hash }),
      etag: Buffer.from(generation).toString('base64'),
      // Nobody waits for days: a test says how old an object is.
      timeCreated: upload.metadata?.['made-at'] ?? now,
      updated: now,
    }
  }

  /** Ends the live version: a bucket with versioning keeps it, another one removes it. */
  async #retire(name: string, successor?: ObjectMetadata): Promise<void> {
    for (const version of (this.#objects.get(name) ?? []).filter(isLive)) {
      if (version === successor) continue
      if (this.metadata.versioning?.enabled !== true) {
        await this.#erase(version)
        continue
      }
      const retired = { ...version, timeDeleted: new Date().toISOString() }
      await this.#save(retired)
      this.#objects.set(
        name,
        (this.#objects.get(name) ?? []).map((other) => (other === version ? retired : other)),
      )
    }
  }

  async #erase(version: ObjectMetadata): Promise<void> {
    await rm(this.#path(version, 'json'), { force: true })
    await rm(this.#path(version, 'data'), { force: true })
    const rest = (this.#objects.get(version.name) ?? []).filter((other) => other.generation !== version.generation)
    if (rest.length > 0) this.#objects.set(version.name, rest)
    else this.#objects.delete(version.name)
  }

  async #save(version: ObjectMetadata): Promise<void> {
    await writeDurably(this.#path(version, 'json'), JSON.stringify(version))
  }

  /** Repairs what a killed server left: removes bytes without metadata, and keeps the newest of several live versions. */
  async #loadObject(folder: string): Promise<void> {
    const files = await readdir(folder)
    const versions: ObjectMetadata[] = []
    for (const file of files.filter((file) => file.endsWith('.json'))) {
      versions.push(JSON.parse(await readFile(join(folder, file), 'utf8')) as ObjectMetadata)
    }
    const known = new Set(versions.flatMap(({ generation }) => [`${generation}.json`, `${generation}.data`]))
    for (const file of files) if (isUnfinished(file) || !known.has(file)) await rm(join(folder, file))
    const [first] = versions
    if (!first) return
    versions.sort((a, b) => (BigInt(a.generation) < BigInt(b.generation) ? -1 : 1))
    this.#objects.set(first.name, versions)
    await this.#retire(first.name, versions.findLast(isLive))
  }

  #path(version: ObjectMetadata, kind: 'data' | 'json'): string {
    return join(this.#objectFolder(version.name), `${version.generation}.${kind}`)
  }

  /** Encodes an object's name, which may hold any character and 1024 bytes, as a file name. */
  #objectFolder(name: string): string {
    return join(this.#folder, 'objects', createHash('sha256').update(name).digest('hex'))
  }
}
