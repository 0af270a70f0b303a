import { randomUUID } from 'node:crypto'
import { mkdir, open, readFile, readdir, rm, stat } from 'node:fs/promises'
import { join } from 'node:path'
import type { Readable } from 'node:stream'
import { isUnfinished, writeDurably } from '../durable-file.ts'
import { ApiError } from './errors.ts'
import { InTurn } from './in-turn.ts'
import type { ObjectMetadata, Upload } from './object-metadata.ts'
import type { Preconditions } from './preconditions.ts'

/** An upload over several requests. It is `done` once it became an object. */
export interface UploadSession {
  id: string
  bucket: string
  name: string
  upload: Upload
  preconditions: Preconditions
  done?: ObjectMetadata
}

/** Resumable uploads in a folder. They survive the server, because a client may resume one after a restart. */
export class ResumableUploads {
  readonly inTurn = new InTurn()
  readonly #folder: string

  private constructor(folder: string) {
    this.#folder = folder
  }

  static async load(folder: string): Promise<ResumableUploads> {
    await mkdir(folder, { recursive: true })
    for (const name of await readdir(folder)) if (isUnfinished(name)) await rm(join(folder, name))
    return new ResumableUploads(folder)
  }

  async begin(session: Omit<UploadSession, 'id'>): Promise<string> {
    const id = randomUUID()
    await writeDurably(this.#path(id, 'data'), '')
    await this.#save({ id, ...session })
    return id
  }

  async get(id: string): Promise<UploadSession> {
    const gone = new ApiError(404, 'notFound', 'No such upload session.')
    if (!/^[0-9a-f-]{36}$/.test(id)) throw gone
    try {
      return JSON.parse(await readFile(this.#path(id, 'json'), 'utf8')) as UploadSession
    } catch (error) {
      throw (error as NodeJS.ErrnoException).code === 'ENOENT' ? gone : error
    }
  }

  async received(id: string): Promise<number> {
    return (await stat(this.#path(id, 'data'))).size
  }

  async bytes(id: string): Promise<Buffer> {
    return await readFile(this.#path(id, 'data'))
  }

  /** Keeps the bytes that arrive, also when the request breaks off, and skips bytes that the client repeats. */
  async append(id: string, offset: number, body: Readable): Promise<void> {
    const received = await this.received(id)
    if (offset > received) throw new ApiError(503, 'backendError', 'The upload goes on behind what was received.')
    let skip = received - offset
    const file = await open(this.#path(id, 'data'), 'a')
    try {
      for await (const chunk of body as AsyncIterable<Buffer>) {
        const fresh = chunk.subarray(Math.min(skip, chunk.length))
        skip -= chunk.length - fresh.length
        if (fresh.length > 0) await file.writeFile(fresh)
      }
      await file.sync()
    } finally {
      await file.close()
    }
  }

  /** Keeps the answer for a client that lost it and asks again. */
  async finish(session: UploadSession, done: ObjectMetadata): Promise<void> {
    await this.#save({ ...session, done })
    await rm(this.#path(session.id, 'data'), { force: true })
  }

  async cancel(id: string): Promise<void> {
    await rm(this.#path(id, 'json'), { force: true })
    await rm(this.#path(id, 'data'), { force: true })
  }

  async #save(session: UploadSession): Promise<void> {
    await writeDurably(this.#path(session.id, 'json'), JSON.stringify(session))
  }

  #path(id: string, kind: 'data' | 'json'): string {
    return join(this.#folder, `${id}.${kind}`)
  }
}
