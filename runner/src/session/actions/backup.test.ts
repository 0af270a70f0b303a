import type { BackupWish } from '@holdfast/core/session/backup-document'
import { HoldfastError } from '@holdfast/core/platform/errors'
import { expect, test } from 'vitest'
import type { Engine } from '../engine.ts'
import { backup, type BackupSession } from './backup.ts'

const ID = `${'7'.padStart(20, '0')}-${'2'.padStart(10, '0')}`

/** A session, by default with a linked state in memory. It records the backups that are asked of it. */
function perform(
  given: { creds?: string | null; isRead?: boolean; isHalted?: boolean; isInTime?: boolean; fails?: Error } = {},
  wish: { isPinned: boolean; note: string | null } | null = null,
) {
  const { creds = 'the credentials', isRead = true, isHalted = false, isInTime = true, fails } = given
  const asked: BackupWish[] = []
  const engine = {
    state: { image: { creds } },
    checkpointer: {
      backup: async (one: BackupWish) => {
        asked.push(one)
        if (fails) throw fails
        return { object: `sessions/default.main/${ID}.ckpt` }
      },
    },
  } as unknown as Engine
  const session: BackupSession = { reconnection: { isHalted }, engine: () => (isRead ? engine : null) }
  const action = {
    id: 'a1',
    approved: null,
    restoreTo: null,
    backup: wish,
    cleanUp: null,
    step: null,
    requestedBy: 'api',
    begunBy: null,
    isInTime,
    note: () => {},
  }
  return { result: backup.advance(session, action), asked }
}

const FAILED = { code: 'backup-failed' }

test('a backup names the object that was read back', async () => {
  const { result, asked } = perform()
  expect(await result).toEqual({ code: 'backed-up', sentence: expect.stringContaining(ID) })
  expect(asked).toEqual([{ why: 'requested', isPinned: false, note: null }])
})

test('a backup is kept as its request says', async () => {
  const { result, asked } = perform({}, { isPinned: true, note: 'before the fair' })
  await result
  expect(asked).toEqual([{ why: 'requested', isPinned: true, note: 'before the fair' }])
})

test('a backup waits for the state, and fails when its time is up or an operator has to act', async () => {
  expect(await perform({ isRead: false }).result).toBeNull()
  await expect(perform({ isRead: false, isInTime: false }).result).rejects.toMatchObject(FAILED)
  await expect(perform({ isRead: false, isHalted: true }).result).rejects.toMatchObject(FAILED)
})

test('a session that was never linked has nothing to back up', async () => {
  const { result, asked } = perform({ creds: null })
  await expect(result).rejects.toMatchObject(FAILED)
  expect(asked).toEqual([])
})

test('a backup that cannot be proven fails with its cause', async () => {
  await expect(perform({ fails: new HoldfastError('backup-failed', 'No object.') }).result).rejects.toMatchObject(FAILED)
})
