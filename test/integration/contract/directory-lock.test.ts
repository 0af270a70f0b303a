import { spawn, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { statSync } from 'node:fs'
import { readdir, readFile, utimes, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { DirectoryLock } from '@holdfast/core/adapters/directory/directory-lock'
import type { LockOwner } from '@holdfast/core/adapters/directory/lock-owner'
import { StoreDirectory } from '@holdfast/core/adapters/directory/store-directory'
import { createLogger } from '@holdfast/core/platform/logging'
import type { Clock } from '@holdfast/core/platform/ports'
import { systemClock } from '@holdfast/core/platform/system-clock'
import { type DirectoryUnderTest, openDirectory } from './journal-backends.ts'

let directory: DirectoryUnderTest
const held: DirectoryLock[] = []
const children: ChildProcess[] = []

beforeEach(async () => {
  directory = await openDirectory()
})

afterEach(async () => {
  for (const child of children.splice(0)) child.kill('SIGKILL')
  await Promise.all(held.splice(0).map((lock) => lock.release().catch(() => {})))
  await directory[Symbol.asyncDispose]()
})

const folder = () => join(directory.path, '_store', 'lock')
const names = async () => (await readdir(folder())).toSorted()

async function acquire(runnerId: string, options: { clock?: Clock; onLost?: () => void } = {}): Promise<DirectoryLock> {
  const { clock = systemClock, onLost = () => {} } = options
  const logger = createLogger('test', 'silent')
  const lock = await DirectoryLock.acquire({ directory: new StoreDirectory(directory.path), runnerId, clock, logger, onLost })
  held.push(lock)
  return lock
}

const program = fileURLToPath(new URL('./locking-process.ts', import.meta.url))
const exitWithParent = new URL('../../../sandbox/exit-with-parent.ts', import.meta.url).href

/** Starts another process that holds the lock of the directory. */
async function locked(runnerId: string): Promise<ChildProcess> {
  const args = ['--import', exitWithParent, program, directory.path, runnerId]
  const child = spawn(process.execPath, args, { stdio: ['ignore', 'pipe', 'inherit', 'ipc'] })
  children.push(child)
  await once(createInterface(child.stdout!), 'line')
  return child
}

/** A clock whose sleeps end at once. `meanwhile` runs during each of them. */
const hurried = (meanwhile: () => Promise<void> = async () => {}): Clock => ({ ...systemClock, sleep: meanwhile })

/** Writes a lock file as another machine would have left it. */
async function leaveLock(number: number, owner: Partial<LockOwner> | string): Promise<string> {
  await new StoreDirectory(directory.path).makeOwnFolder('lock')
  const path = join(folder(), `${String(number).padStart(10, '0')}.lock`)
  const whole: LockOwner = {
    v: 1,
    runnerId: 'of-another-machine',
    host: 'another-machine',
    pid: 1,
    startedAtTicks: '1',
    bootId: 'another',
    pidNamespace: 'pid:[1]',
    since: '2026-01-01T00:00:00.000Z',
  }
  await writeFile(path, typeof owner === 'string' ? owner : JSON.stringify({ ...whole, ...owner }))
  return path
}

describe('a directory that a runner has locked', () => {
  test('is refused to a second runner with the name of the first, also while the first is frozen', async () => {
    const first = await locked('first')
    const refusal = { code: 'store-in-use', message: expect.stringContaining('runner first'), advice: expect.any(String) }
    await expect(acquire('second')).rejects.toMatchObject(refusal)
    first.kill('SIGSTOP')
    await expect(acquire('second')).rejects.toMatchObject(refusal)
    expect(await names()).toEqual(['0000000001.lock'])
  })

  test('is taken at once after its runner was killed', async () => {
    const first = await locked('first')
    first.kill('SIGKILL')
    await once(first, 'exit')
    // The clock fails at any sleep, so that the lock must be taken without watching the old one.
    await acquire('second', { clock: hurried(() => Promise.reject(new Error('The lock must be taken without waiting.'))) })
    expect(await names()).toEqual(['0000000002.lock'])
    await expect(acquire('third')).rejects.toMatchObject({ code: 'store-in-use' })
  })

  test('is taken at once after its release, under a new number', async () => {
    await (await acquire('first')).release()
    expect(await names()).toEqual(['0000000001.free'])
    await acquire('second')
    expect(await names()).toEqual(['0000000002.lock'])
  })

  test('is taken by exactly one of several runners that start at once', async () => {
    await leaveLock(4, { host: 'this one was killed', bootId: null })
    const outcomes = await Promise.allSettled(
      Array.from({ length: 8 }, (_, index) => acquire(`runner-${index}`, { clock: hurried() })),
    )
    const refused = outcomes.flatMap((outcome) => (outcome.status === 'rejected' ? [outcome.reason as unknown] : []))
    expect(refused).toHaveLength(7)
    for (const reason of refused) expect(reason).toMatchObject({ code: 'store-in-use' })
    expect(await names()).toEqual(['0000000005.lock'])
  })
})

describe('a lock of another machine or container', () => {
  test.each([
    ['readable', {}],
    ['damaged', '{ half a lo'],
  ])('is superseded when its file is not touched while it is watched (%s)', async (_, owner) => {
    await leaveLock(7, owner)
    let looks = 0
    const clock = hurried(async () => void looks++)
    await acquire('next', { clock })
    expect(looks).toBeGreaterThan(10)
    expect(await names()).toEqual(['0000000008.lock'])
  })

  test('stays with its owner as long as the owner touches its file', async () => {
    const path = await leaveLock(7, {})
    let looks = 0
    const clock = hurried(async () => {
      // Only the change of the time counts, not its value.
      if (++looks === 5) await utimes(path, 1, 1)
    })
    await expect(acquire('next', { clock })).rejects.toMatchObject({ code: 'store-in-use' })
    expect(await names()).toEqual(['0000000007.lock'])
  })

  test('that was superseded ends its process when that process wakes up', async () => {
    const often: Clock = { ...systemClock, every: (_, callback, name) => systemClock.every(20, callback, name) }
    let isLost = false
    await acquire('woken', { clock: often, onLost: () => (isLost = true) })
    await leaveLock(2, {})
    await expect.poll(() => isLost).toBe(true)
  })

  test('is touched by its owner, so that watching runners see it alive', async () => {
    const often: Clock = { ...systemClock, every: (_, callback, name) => systemClock.every(20, callback, name), now: () => 1000 }
    await acquire('owner', { clock: often })
    const path = join(folder(), '0000000001.lock')
    await expect.poll(() => statSync(path).mtimeMs).toBe(1000)
    expect(JSON.parse(await readFile(path, 'utf8'))).toMatchObject({ runnerId: 'owner', pid: process.pid })
  })
})
