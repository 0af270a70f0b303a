import { HoldfastError } from '@holdfast/core/platform/errors'
import { expect, test } from 'vitest'
import type { Engine } from '../engine.ts'
import { restore, type RestoreSession } from './restore.ts'

const BACKUP = { object: 'sessions/default.main/x.ckpt', generation: '1', sha256: 'ab', seq: 7, epoch: 1 }

/** A session, by default without a state in memory. It records what is asked of it, in order. */
function fakeSession(found: {
  inMemory?: boolean
  restored?: boolean
  isDone?: boolean
  isUnlinked?: boolean
  fails?: Error
  backupFails?: Error
}) {
  const calls: string[] = []
  const call = async (name: string, error?: Error): Promise<void> => {
    calls.push(name)
    if (error) throw error
  }
  const restored = found.restored ? ({} as Engine) : null
  const inMemory = { checkpointer: { putAside: (reason: string) => call(`put aside: ${reason}`, found.backupFails) } }
  const session: RestoreSession = {
    opening: {
      restore: async ({ reaches }, action) => {
        await call(`restore: ${reaches} for ${action}`, found.fails)
        return restored
      },
      returnTo: async ({ seq }, action) => {
        await call(`return to: ${seq} for ${action}`, found.fails)
        return restored
      },
      isRestoredBy: async (action) => found.isDone === true && action === 'a1',
      isUnlinked: async ({ seq }) => found.isUnlinked === true && seq === BACKUP.seq,
      hasten: () => void calls.push('open'),
    },
    engine: () => (found.inMemory ? (inMemory as unknown as Engine) : null),
    discard: () => call('discard'),
    adopt: () => void calls.push('adopt'),
  }
  return { session, calls }
}

const action = (given: { approved?: { reaches: number } | null; restoreTo?: typeof BACKUP }) => ({
  id: 'a1',
  approved: { reaches: 7 },
  restoreTo: null,
  ...given,
  backup: null,
  cleanUp: null,
  step: null,
  requestedBy: 'api',
  begunBy: null,
  isInTime: true,
  note: () => {},
})

const RETURN = action({ restoreTo: BACKUP })

test('a restore continues with the restored state', async () => {
  const { session, calls } = fakeSession({ restored: true })
  expect(await restore.advance(session, action({}))).toMatchObject({ code: 'restored' })
  expect(calls).toEqual(['restore: 7 for a1', 'adopt'])
})

test('a restore succeeds although the state cannot be opened yet', async () => {
  const { session, calls } = fakeSession({ restored: false })
  expect(await restore.advance(session, action({}))).toMatchObject({ code: 'restored' })
  expect(calls).toEqual(['restore: 7 for a1'])
})

test('a restore without an approval, or of an undamaged state, changes nothing', async () => {
  const damaged = fakeSession({ restored: true })
  await expect(restore.advance(damaged.session, action({ approved: null }))).rejects.toMatchObject({ code: 'bad-document' })
  const whole = fakeSession({ inMemory: true, restored: true })
  await expect(restore.advance(whole.session, action({}))).rejects.toMatchObject({ code: 'restore-refused' })
  expect([...damaged.calls, ...whole.calls]).toEqual([])
})

test('a return to a backup backs the present state up, before that is dropped', async () => {
  const { session, calls } = fakeSession({ inMemory: true, restored: true })
  expect(await restore.advance(session, RETURN)).toMatchObject({ code: 'restored' })
  expect(calls).toEqual(['put aside: before-restore', 'discard', 'return to: 7 for a1', 'adopt'])
})

test('a return to a backup whose device was unlinked meanwhile changes nothing, because a new one may be linked', async () => {
  const { session, calls } = fakeSession({ inMemory: true, restored: true, isUnlinked: true })
  await expect(restore.advance(session, RETURN)).rejects.toMatchObject({ code: 'restore-refused' })
  expect(calls).toEqual([])
})

test('a return to a backup of a damaged state has nothing to back up', async () => {
  const { session, calls } = fakeSession({ restored: true })
  expect(await restore.advance(session, RETURN)).toMatchObject({ code: 'restored' })
  expect(calls).toEqual(['return to: 7 for a1', 'adopt'])
})

test('a return to a backup drops nothing when the present state cannot be backed up', async () => {
  const { session, calls } = fakeSession({ inMemory: true, backupFails: new HoldfastError('backup-failed', 'No object.') })
  await expect(restore.advance(session, RETURN)).rejects.toMatchObject({ code: 'backup-failed' })
  expect(calls).toEqual(['put aside: before-restore'])
})

test('a return to a backup is done once, also when the owner that did it died before it could say so', async () => {
  const { session, calls } = fakeSession({ inMemory: true, restored: true, isDone: true })
  expect(await restore.advance(session, RETURN)).toMatchObject({ code: 'restored' })
  expect(calls).toEqual([])
})

test('a return to a backup that does not open leaves the session with the state that it had', async () => {
  const fails = new HoldfastError('checkpoint-corrupt', 'Altered.')
  const { session, calls } = fakeSession({ inMemory: true, fails })
  await expect(restore.advance(session, RETURN)).rejects.toMatchObject({ code: 'checkpoint-corrupt' })
  expect(calls).toEqual(['put aside: before-restore', 'discard', 'return to: 7 for a1', 'open'])
})
