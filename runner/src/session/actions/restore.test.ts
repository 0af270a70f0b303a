import { expect, test } from 'vitest'
import type { Engine } from '../engine.ts'
import { restore, type RestoreSession } from './restore.ts'

const ENGINE = {} as Engine

/** A session, by default without a state in memory. It records the approvals that it gets and the states that it adopts. */
function fakeSession(found: { inMemory?: Engine; restored: Engine | null }) {
  const adopted: Engine[] = []
  const approvals: unknown[] = []
  const session: RestoreSession = {
    opening: {
      restore: async (approval) => {
        approvals.push(approval)
        return found.restored
      },
    },
    engine: () => found.inMemory ?? null,
    adopt: (engine) => void adopted.push(engine),
  }
  return { session, adopted, approvals }
}

const action = (approved: { reaches: number } | null) => ({
  approved,
  step: null,
  requestedBy: 'api',
  begunBy: null,
  isInTime: true,
  note: () => {},
})

test('a restore continues with the restored state', async () => {
  const { session, adopted, approvals } = fakeSession({ restored: ENGINE })
  expect(await restore.advance(session, action({ reaches: 7 }))).toMatchObject({ code: 'restored' })
  expect([adopted, approvals]).toEqual([[ENGINE], [{ reaches: 7 }]])
})

test('a restore succeeds although the state cannot be opened yet', async () => {
  const { session, adopted } = fakeSession({ restored: null })
  expect(await restore.advance(session, action({ reaches: 7 }))).toMatchObject({ code: 'restored' })
  expect(adopted).toEqual([])
})

test('a restore without an approval, or of an undamaged state, changes nothing', async () => {
  const damaged = fakeSession({ restored: ENGINE })
  await expect(restore.advance(damaged.session, action(null))).rejects.toMatchObject({ code: 'bad-document' })
  const whole = fakeSession({ inMemory: ENGINE, restored: ENGINE })
  await expect(restore.advance(whole.session, action({ reaches: 7 }))).rejects.toMatchObject({ code: 'restore-refused' })
  expect([...damaged.approvals, ...whole.approvals]).toEqual([])
})
