import { access, constants, readFile, readdir, stat, unlink } from 'node:fs/promises'
import { join, resolve } from 'node:path'
import { HoldfastError, isHoldfastError } from '../../platform/errors.ts'
import { createFile, hasCode, isUnfinished, makeFolders } from './durable-files.ts'

/** The folder for everything that belongs to no session. No session id begins with an underscore. */
const OWN_FOLDER = '_store'

/** Ids that may name a folder. Firestore accepts more than a file system does. */
const SAFE_ID = /^[A-Za-z0-9][A-Za-z0-9._-]{0,200}$/

/**
 * The directory of storage mode `local` (`SESSION_STORAGE_PATH`):
 *
 *     {root}/{sessionId}/journal/{number of its first record, 20 digits}.rec    the records of one commit
 *     {root}/{sessionId}/journal/applied                                       how far Firestore has their merges
 *     {root}/{sessionId}/checkpoints/{record, 20 digits}-{epoch}.ckpt
 *     {root}/_store/store.json                                                 tells this directory from one where the disk is missing
 *     {root}/_store/lock/…                                                     which runner works on it
 *     {root}/_store/objects/…                                                  all other objects
 *
 * A missing file counts as absent only while `store.json` can be read. Without it nothing is known of the store.
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

  /** Ids of the sessions that have a folder. */
  async sessionIds(): Promise<string[]> {
    const entries = await this.guard(readdir(this.path, { withFileTypes: true }))
    return entries.filter((entry) => entry.isDirectory() && SAFE_ID.test(entry.name)).map(({ name }) => name)
  }

  /** Makes a folder below the directory, never the directory itself: a missing directory is an error. */
  async makeFolder(...names: readonly string[]): Promise<void> {
    await this.assertPresent()
    await this.guard(makeFolders(this.path, ...names))
  }

  async makeOwnFolder(...names: readonly string[]): Promise<void> {
    await this.makeFolder(OWN_FOLDER, ...names)
  }

  /** Makes an empty directory a store. An existing store stays as it is. */
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
   * @throws HoldfastError `store-missing` or `store-forbidden` when the store's marker cannot be read.
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
   * Checks that the path is a directory with the needed rights.
   *
   * @throws HoldfastError `store-missing`, `store-forbidden` or `store-unfit`, each with advice.
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

  /** Removes unfinished files that a crash left. Only the process that writes here may call it. */
  async removeUnfinished(folder: string): Promise<void> {
    const names = await readdir(folder).catch((error: unknown) => {
      if (hasCode(error, 'ENOENT')) return []
      throw error
    })
    await Promise.all(names.filter(isUnfinished).map((name) => unlink(join(folder, name))))
  }

  /** Returns `absent` for a missing file, provided that the store itself exists. */
  async absentAs<Found, Absent>(absent: Absent, work: Promise<Found>): Promise<Found | Absent> {
    try {
      return await this.guard(work)
    } catch (error) {
      if (!hasCode(error, 'ENOENT')) throw error
      await this.assertPresent()
      return absent
    }
  }

  /** Turns errors of the directory as a whole into errors with advice; others pass as they are. */
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
