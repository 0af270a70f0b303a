import { expect, test } from 'vitest'
import type { PlannedRecord } from '@holdfast/core/journal/clean-up-plan'
import { HoldfastError } from '@holdfast/core/platform/errors'
import { DEFAULT_TENANT_SETTINGS } from '@holdfast/core/operations/tenant-settings'
import { cleanUp, type CleanUpSession } from './clean-up.ts'

const RECORD: PlannedRecord = { kind: 'session', id: '200000000000002_1.0', why: 'unused', unusedDays: 20 }

/** A session that records the calls that it gets. */
function perform(
  options: {
    records?: PlannedRecord[]
    backupFails?: HoldfastError
    isReadable?: boolean
    isMoving?: boolean
    isRecovering?: boolean
    isInTime?: boolean
  } = {},
  asked: { dryRun: boolean; olderThanDays: number | null } | null = null,
) {
  const { records = [RECORD], backupFails, isReadable = true, isMoving = false, isRecovering = false, isInTime = true } = options
  const calls: unknown[] = []
  const engine = {
    cleanUpSettings: () => DEFAULT_TENANT_SETTINGS.cleanup,
    records: {
      plan: (policy: unknown) => {
        calls.push(policy)
        return { records, kept: { session: { 'in-use': 3 } }, unknown: [] }
      },
      cleanedUp: (moved: number) => void calls.push(`noted ${moved}`),
    },
    checkpointer: {
      backup: async () => {
        calls.push('backup')
        if (backupFails) throw backupFails
        return { object: 'a.ckpt' }
      },
    },
    archiving: {
      move: async (given: PlannedRecord[]) => {
        calls.push('move')
        return given
      },
    },
  }
  const session = {
    engine: () => (isReadable ? engine : null),
    recovery: { cause: isRecovering ? 'owner-lost' : null },
    isMoving: () => isMoving,
  } as unknown as CleanUpSession
  const result = cleanUp.advance(session, {
    id: 'a1',
    approved: null,
    restoreTo: null,
    backup: null,
    step: null,
    cleanUp: asked,
    requestedBy: 'api',
    begunBy: null,
    isInTime,
    note: (what) => void calls.push(what),
  })
  return { result, calls }
}

test('a clean-up backs up first, then moves, and reports without whole numbers', async () => {
  const { result, calls } = perform()
  expect(await result).toMatchObject({
    code: 'cleaned-up',
    report: {
      moved: { session: 1 },
      kept: { session: { 'in-use': 3 } },
      named: [{ id: '…0002_1.0', why: 'unused', unusedDays: 20 }],
    },
  })
  expect(calls).toEqual([
    { sessionDays: 14, senderKeyDays: 3, maxPreKeys: 50 },
    'backup',
    'The state was backed up and verified: a.ckpt.',
    'move',
    'noted 1',
  ])
})

test('a dry run changes nothing, and takes the age that was asked for', async () => {
  const { result, calls } = perform({}, { dryRun: true, olderThanDays: 30 })
  expect(await result).toMatchObject({ code: 'dry-run', report: { planned: { session: 1 } } })
  expect(calls).toEqual([{ sessionDays: 30, senderKeyDays: 30, maxPreKeys: 50 }])
})

test('nothing moves when the backup failed', async () => {
  const { result, calls } = perform({ backupFails: new HoldfastError('backup-failed', 'No object.') })
  await expect(result).rejects.toMatchObject({ code: 'backup-failed' })
  expect(calls).not.toContain('move')
})

test('a clean-up waits for the state, and while the session moves', async () => {
  expect(await perform({ isReadable: false }).result).toBeNull()
  expect(await perform({ isMoving: true }).result).toBeNull()
  await expect(perform({ isReadable: false, isInTime: false }).result).rejects.toMatchObject({ code: 'not-connected' })
})

test('a clean-up waits for the end of a recovery, also of one that nobody asked for', async () => {
  const waiting = perform({ isRecovering: true })
  expect([await waiting.result, waiting.calls]).toEqual([null, []])
  const late = perform({ isRecovering: true, isInTime: false })
  await expect(late.result).rejects.toMatchObject({ code: 'not-connected', message: expect.stringContaining('recovered') })
  expect(late.calls).toEqual([])
})

test('a clean-up without anything to move makes no backup', async () => {
  const { result, calls } = perform({ records: [] })
  expect(await result).toMatchObject({ code: 'nothing-to-clean-up' })
  expect(calls).not.toContain('backup')
})
