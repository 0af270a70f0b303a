import { createReadStream } from 'node:fs'
import { readFile, readdir, rm, stat } from 'node:fs/promises'
import { join, normalize, sep } from 'node:path'
import { HoldfastError } from '../../platform/errors.ts'
import type { ByteRange, Bytes, ObjectStreams } from '../../platform/object-streams.ts'
import type { ListedObject, ObjectStore, StoredObject } from '../../platform/ports.ts'
import { createFile, isUnfinished } from './durable-files.ts'
import type { StoreDirectory } from './store-directory.ts'

/** The generation of every object: a name is used once. */
const GENERATION = '1'

const CHECKPOINT = /^sessions\/([^/]+)\/([^/]+)$/

/** Objects as files of a directory. A session's objects lie with the session, all others in the store's own folder. */
export class DirectoryObjects implements ObjectStore, ObjectStreams {
  readonly #directory: StoreDirectory

  constructor(directory: StoreDirectory) {
    this.#directory = directory
  }

  placeOf(name: string): string {
    const folder = /^sessions\/([^/]+)\/$/.exec(name)?.[1]
    return folder === undefined ? this.#pathOf(name) : this.#directory.sessionFolder(folder, 'checkpoints')
  }

  async create(name: string, bytes: Buffer): Promise<{ generation: string }> {
    await this.#createFile(name, bytes)
    return { generation: GENERATION }
  }

  createFrom(name: string, bytes: Bytes): Promise<void> {
    return this.#createFile(name, bytes)
  }

  async sizeOf(name: string): Promise<number | null> {
    const found = await this.#directory.absentAs(null, stat(this.#pathOf(name)))
    return found && found.size
  }

  async *readRange(name: string, { start, end }: ByteRange): AsyncGenerator<Buffer> {
    if (end <= start) return
    for await (const some of createReadStream(this.#pathOf(name), { start, end: end - 1 })) yield some as Buffer
  }

  async *createdBefore(prefix: string, time: Date): AsyncGenerator<string> {
    for (const name of await this.list(prefix)) {
      const found = await this.#directory.absentAs(null, stat(this.#pathOf(name)))
      if (found && found.mtime < time) yield name
    }
  }

  async remove(name: string): Promise<void> {
    await rm(this.#pathOf(name), { force: true })
  }

  async #createFile(name: string, bytes: Buffer | Bytes): Promise<void> {
    const path = this.#pathOf(name)
    await this.#directory.makeFolder(
      ...path
        .slice(this.#directory.path.length + 1)
        .split(sep)
        .slice(0, -1),
    )
    await this.#directory.guard(createFile(path, bytes))
  }

  async read(name: string, generation: string = GENERATION): Promise<StoredObject | null> {
    if (generation !== GENERATION) return null
    const bytes = await this.#directory.absentAs(null, readFile(this.#pathOf(name)))
    return bytes && { bytes, generation: GENERATION }
  }

  async list(prefix: string): Promise<string[]> {
    const session = /^sessions\/([^/]+)\//.exec(prefix)?.[1]
    const sessionIds = session === undefined ? await this.#directory.sessionIds() : [session]
    const ofSessions = await Promise.all(sessionIds.map((sessionId) => this.#checkpointsOf(sessionId)))
    const others = session === undefined ? await this.#others() : []
    return [...ofSessions.flat(), ...others].filter((name) => name.startsWith(prefix)).toSorted()
  }

  async describe(prefix: string): Promise<ListedObject[]> {
    const found = await Promise.all(
      (await this.list(prefix)).map(async (name) => {
        const facts = await this.#directory.absentAs(null, stat(this.#pathOf(name)))
        return facts && { name, bytes: facts.size, createdAt: facts.mtime }
      }),
    )
    return found.filter((each) => each !== null)
  }

  async #checkpointsOf(sessionId: string): Promise<string[]> {
    const names = await this.#directory.absentAs([], readdir(this.#directory.sessionFolder(sessionId, 'checkpoints')))
    return names.filter((name) => !isUnfinished(name)).map((name) => `sessions/${sessionId}/${name}`)
  }

  async #others(): Promise<string[]> {
    const folder = this.#directory.ownFolder('objects')
    const entries = await this.#directory.absentAs([], readdir(folder, { recursive: true, withFileTypes: true }))
    const files = entries.filter((entry) => entry.isFile() && !isUnfinished(entry.name))
    return files.map(({ parentPath, name }) =>
      join(parentPath, name)
        .slice(folder.length + 1)
        .replaceAll(sep, '/'),
    )
  }

  #pathOf(name: string): string {
    const [, sessionId, file] = CHECKPOINT.exec(name) ?? []
    const isOurs = sessionId !== undefined && file !== undefined
    const [folder, rest] = isOurs
      ? [this.#directory.sessionFolder(sessionId, 'checkpoints'), file]
      : [this.#directory.ownFolder('objects'), name]
    // The program makes the names, and still none may lead out of the folder.
    if (normalize(rest) === rest && !/^(\.|\/)|\/\.|\0/.test(rest)) return join(folder, rest)
    throw new HoldfastError('bad-document', `An object cannot be named ${JSON.stringify(name)} in a directory.`)
  }
}
