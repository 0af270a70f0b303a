import { readFile, readdir, rename, stat, unlink, utimes } from 'node:fs/promises'
import { join } from 'node:path'
import { parseStored } from '../../platform/parse.ts'
import { HoldfastError, isHoldfastError } from '../../platform/errors.ts'
import type { Logger } from '../../platform/logging.ts'
import type { Clock } from '../../platform/ports.ts'
import { createFile, hasCode, syncFolder } from './durable-files.ts'
import { describeSelf, judgeOwner, lockOwnerSchema, startedAtTicks, type LockOwner } from './lock-owner.ts'
import type { StoreDirectory } from './store-directory.ts'

/** Interval at which the owner touches its lock. */
const TOUCH_EVERY_MS = 1000

/** A lock that stays untouched for this long has no owner any more. */
const SILENT_MS = 6000
const LOOK_EVERY_MS = 250

const NAME = /^(\d{10})\.(lock|free)$/

interface Lock {
  readonly number: number
  readonly path: string
  readonly isFree: boolean
}

/**
 * The claim of a directory by one runner. Each owner creates the next number, which the file system does once. The highest number is
 * the owner, and no number is used again, so a runner cannot take away a lock that it has not seen. A lock that its owner gave back is
 * renamed; a lock of a dead owner is superseded.
 *
 * The lock keeps a second runner out and says so. The journal itself keeps two runners from writing it: its numbers are created once.
 */
export class DirectoryLock {
  readonly #directory: StoreDirectory
  readonly #path: string
  readonly #stopTouching: () => void

  private constructor(directory: StoreDirectory, path: string, stopTouching: () => void) {
    this.#directory = directory
    this.#path = path
    this.#stopTouching = stopTouching
  }

  /** @throws HoldfastError `store-in-use` when a live runner has the directory. */
  static async acquire(options: {
    directory: StoreDirectory
    runnerId: string
    clock: Clock
    logger: Logger
    /** Called when another process took the lock because this one seemed dead. This process has to end. */
    onLost: () => void
  }): Promise<DirectoryLock> {
    const { directory, runnerId, clock, logger } = options
    await directory.makeOwnFolder('lock')
    const folder = directory.ownFolder('lock')
    const self = await describeSelf(runnerId, new Date(clock.now()))
    for (;;) {
      const newest = await newestOf(folder)
      if (newest && !newest.isFree && !(await isAbandoned(newest, self, clock, logger))) throw await inUse(directory, newest)
      const number = (newest?.number ?? 0) + 1
      const path = join(folder, `${String(number).padStart(10, '0')}.lock`)
      if (!(await directory.guard(create(path, self)))) continue
      await clearAway(folder, number)
      await directory.removeUnfinished(folder)
      return new DirectoryLock(directory, path, keepTouching(path, self, options))
    }
  }

  /** @throws HoldfastError `store-in-use` when another runner has taken the directory because this one seemed dead. */
  async assertHeld(): Promise<void> {
    const newest = await this.#directory.guard(newestOf(this.#directory.ownFolder('lock')))
    if (newest && newest.path !== this.#path) throw await inUse(this.#directory, newest)
  }

  /** Gives the directory back, so that the next runner need not find out whether this one is dead. */
  async release(): Promise<void> {
    this.#stopTouching()
    await rename(this.#path, this.#path.replace(/lock$/, 'free'))
  }
}

async function create(path: string, self: LockOwner): Promise<boolean> {
  try {
    await createFile(path, Buffer.from(`${JSON.stringify(self)}\n`))
    return true
  } catch (error) {
    // A faster runner has cleared away the unfinished file.
    if (isHoldfastError(error, 'already-exists') || hasCode(error, 'ENOENT')) return false
    throw error
  }
}

async function newestOf(folder: string): Promise<Lock | null> {
  const locks = (await readdir(folder)).flatMap((name) => {
    const [, number, kind] = NAME.exec(name) ?? []
    return number === undefined ? [] : [{ number: Number(number), path: join(folder, name), isFree: kind === 'free' }]
  })
  return locks.toSorted((a, b) => b.number - a.number || Number(b.isFree) - Number(a.isFree))[0] ?? null
}

/** Removes superseded locks. */
async function clearAway(folder: string, below: number): Promise<void> {
  const old = (await readdir(folder)).filter((name) => Number(NAME.exec(name)?.[1] ?? below) < below)
  await Promise.all(old.map((name) => unlink(join(folder, name)).catch(() => {})))
  await syncFolder(folder)
}

async function isAbandoned(lock: Lock, self: LockOwner, clock: Clock, logger: Logger): Promise<boolean> {
  const owner = await ownerOf(lock)
  const verdict = owner ? judgeOwner(owner, self, await startedAtTicks(owner.pid)) : 'unknown'
  if (verdict !== 'unknown') return verdict === 'dead'
  logger.info(
    { owner: owner?.runnerId, host: owner?.host },
    `Watching for ${SILENT_MS / 1000} s whether the directory is in use.`,
  )
  return isSilent(lock, clock)
}

async function isSilent({ path }: Lock, clock: Clock): Promise<boolean> {
  const touchedAt = await touched(path)
  for (let watchedMs = 0; watchedMs < SILENT_MS; watchedMs += LOOK_EVERY_MS) {
    await clock.sleep(LOOK_EVERY_MS, 'directory-lock')
    const now = await touched(path)
    // A lock that is gone was given back or superseded, so its state is known.
    if (now === null || now !== touchedAt) return now === null
  }
  return true
}

async function touched(path: string): Promise<number | null> {
  try {
    return (await stat(path)).mtimeMs
  } catch (error) {
    if (hasCode(error, 'ENOENT')) return null
    throw error
  }
}

/** The owner that a lock names. Null when the lock is gone or unreadable. */
async function ownerOf({ path }: Lock): Promise<LockOwner | null> {
  try {
    return parseStored(lockOwnerSchema, JSON.parse(await readFile(path, 'utf8')), path)
  } catch {
    return null
  }
}

async function inUse({ path }: StoreDirectory, lock: Lock): Promise<HoldfastError> {
  const owner = await ownerOf(lock)
  const who = owner ? `runner ${owner.runnerId} (process ${owner.pid} on ${owner.host}, since ${owner.since})` : 'another runner'
  return new HoldfastError('store-in-use', `${path} is in use by ${who}.`, {
    advice:
      'One runner works on a directory: stop the other one, or give this one a directory of its own (SESSION_STORAGE_PATH).',
  })
}

function keepTouching(
  path: string,
  self: LockOwner,
  { directory, clock, logger, onLost }: { directory: StoreDirectory; clock: Clock; logger: Logger; onLost: () => void },
): () => void {
  let isTouching = false
  let failures = 0
  const touch = async (): Promise<void> => {
    const newest = await newestOf(directory.ownFolder('lock'))
    const owner = newest && (await ownerOf(newest))
    if (owner && owner.runnerId !== self.runnerId) {
      stop()
      logger.error({ owner: owner.runnerId }, 'Another runner has taken the directory, because this one seemed dead.')
      return onLost()
    }
    const now = new Date(clock.now())
    await utimes(path, now, now)
    failures = 0
  }
  const stop = clock.every(
    TOUCH_EVERY_MS,
    () => {
      if (isTouching) return
      isTouching = true
      touch()
        .catch((error: unknown) => {
          if (failures++ === 0) logger.warn({ error }, 'The lock of the directory could not be touched.')
        })
        .finally(() => {
          isTouching = false
        })
    },
    'directory-lock',
  )
  return stop
}
