import { access, constants, readFile, readdir, stat, unlink } from 'node:fs/promises'
import { join, resolve } from 'node:path'
import { HoldfastError, isHoldfastError } from '../../platform/errors.ts'
import { createFile, hasCode, isUnfinished, makeFolders } from './durable-files.ts'

/** What is not of a session lies in here; no session's id begins like this. */
const OWN_FOLDER = '_store'

/** Ids become names of folders. Firestore takes more than a file system does. */
const SAFE_ID = /^[A-Za-z0-9][A-Za-z0-9._-]{0,200}$/

/**
 * The directory of storage mode `local` (`SESSION_STORAGE_PATH`):
 *
 *     {root}/{sessionId}/journal/{number of its first record, 20 digits}.rec    records that were committed as one
 *     {root}/{sessionId}/journal/applied                                       how far Firestore has the changes that came with them
 *     {root}/{sessionId}/checkpoints/{record, 20 digits}-{epoch}.ckpt
 *     {root}/_store/store.json                                                 tells this directory from one where the disk is missing
 *     {root}/_store/lock/…                                                     which runner works on it
 *     {root}/_store/objects/…                                                  whatever else is stored
 *
 * What is not found is only absent as long as `store.json` can be read. Without it nothing is known of what there was.
 */
export class StoreDirectory {
  readonly path: string

  /** @param path absolute */
  constructor(path: string) {
    this.path = resolve(path)
  }

  /** @throws HoldfastError `bad-document` for an id that cannot be the name of a folder. */
  sessionFolder(sessionId: string, name: 'journal' | 'checkpoints'): string {
    if (!SAFE_ID.test(sessionId)) {
      throw new HoldfastError('bad-document', `A session with the id ${JSON.stringify(sessionId)} cannot lie in a directory.`, {
        advice: 'Ids have letters, digits, dots, dashes and underscores. Create the session over the API.',
      })
    }
    return join(this.path, sessionId, name)
  }

  ownFolder(name: string): string {
    return join(this.path, OWN_FOLDER, name)
  }

  /** Of the sessions that have anything here. */
  async sessionIds(): Promise<string[]> {
    const entries = await this.guard(readdir(this.path, { withFileTypes: true }))
    return entries.filter((entry) => entry.isDirectory() && SAFE_ID.test(entry.name)).map(({ name }) => name)
  }

  /** Makes a folder below the directory, never the directory itself: where that is missing, something else is wrong. */
  async makeFolder(...names: readonly string[]): Promise<void> {
    await this.assertPresent()
    await this.guard(makeFolders(this.path, ...names))
  }

  async makeOwnFolder(...names: readonly string[]): Promise<void> {
    await this.makeFolder(OWN_FOLDER, ...names)
  }

  /** Makes an empty directory a store; one that is a store already stays as it is. */
  async initialize(): Promise<void> {
    await this.guard(makeFolders(this.path, OWN_FOLDER))
    const marker = Buffer.from(`${JSON.stringify({ v: 1, store: 'holdfast' })}\n`)
    try {
      await this.guard(createFile(this.#marker, marker))
    } catch (error) {
      if (!isHoldfastError(error, 'already-exists')) throw error
    }
  }

  /**
   * @throws HoldfastError `store-missing` or `store-forbidden` when the directory is not what it was.
   */
  async assertPresent(): Promise<void> {
    try {
      await this.guard(readFile(this.#marker))
    } catch (error) {
      if (!hasCode(error, 'ENOENT')) throw error
      throw missing(`${this.path} is not the directory of a store: ${OWN_FOLDER}/store.json is not in it.`, error)
    }
  }

  /**
   * Whether there can be a store at all.
   *
   * @throws HoldfastError `store-missing`, `store-forbidden` or `store-unfit`, each with what to do.
   */
  async assertUsable(): Promise<void> {
    const found = await this.guard(
      stat(this.path).catch((error: unknown) => {
        if (hasCode(error, 'ENOENT')) throw missing(`${this.path} does not exist.`, error)
        throw error
      }),
    )
    if (!found.isDirectory()) throw missing(`${this.path} is no directory.`)
    await this.guard(access(this.path, constants.R_OK | constants.W_OK | constants.X_OK))
  }

  /** What a crash left of files that were never whole. To be called by the one process that writes here. */
  async removeUnfinished(folder: string): Promise<void> {
    const names = await readdir(folder).catch((error: unknown) => {
      if (hasCode(error, 'ENOENT')) return []
      throw error
    })
    await Promise.all(names.filter(isUnfinished).map((name) => unlink(join(folder, name))))
  }

  /** What is not there is only absent while the store itself is there. */
  async absentAs<Found, Absent>(absent: Absent, work: Promise<Found>): Promise<Found | Absent> {
    try {
      return await this.guard(work)
    } catch (error) {
      if (!hasCode(error, 'ENOENT')) throw error
      await this.assertPresent()
      return absent
    }
  }

  /** Says in our words what a file system says of the directory as a whole; other errors pass as they are. */
  async guard<Result>(work: Promise<Result>): Promise<Result> {
    try {
      return await work
    } catch (error) {
      throw this.#inOurWords(error)
    }
  }

  #inOurWords(error: unknown): unknown {
    if (hasCode(error, 'EACCES', 'EPERM', 'EROFS')) {
      return new HoldfastError('store-forbidden', `${this.path} cannot be read and written by this process (${codeOf(error)}).`, {
        advice: 'Give the directory and all in it to the user that the process runs as, and mount it for writing.',
        cause: error,
      })
    }
    if (hasCode(error, 'ENOTDIR')) return missing(`Something in ${this.path} is no directory although it should be.`, error)
    return error
  }

  get #marker(): string {
    return join(this.path, OWN_FOLDER, 'store.json')
  }
}

const missing = (message: string, cause?: unknown): HoldfastError =>
  new HoldfastError('store-missing', message, {
    advice: 'Mount the disk or bring the directory back, or set SESSION_STORAGE_PATH to where it is. Nothing was changed.',
    cause,
  })

const codeOf = (error: unknown): string => (error instanceof Error && 'code' in error ? String(error.code) : 'unknown')
