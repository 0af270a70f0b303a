import { HoldfastError } from '@holdfast/core/platform/errors'
import { expect, test } from 'vitest'
import { ConnectionEnded } from '../../whatsapp/port.ts'
import type { Engine } from '../engine.ts'
import { logout, type LogoutSession } from './logout.ts'

type Reach = LogoutSession['keeper']['reach']

/** A session whose state can be backed up. It records the calls that it gets. */
function fakeSession(options: {
  reach?: Reach
  isHalted?: boolean
  loggedOut?: boolean
  unlinkFails?: Error
  backupFails?: Error
}) {
  const { reach = 'connected', isHalted = false, loggedOut = false, unlinkFails, backupFails } = options
  const calls: string[] = []
  const call = async (name: string, error: Error | undefined): Promise<void> => {
    calls.push(name)
    if (error) throw error
  }
  const engine = {
    memory: { loggedOut },
    checkpointer: {
      backup: async ({ why }: { why: string }) => {
        await call(`backup: ${why}`, backupFails)
        return 'the backup'
      },
      keepAside: (reason: string, what: unknown) => void calls.push(`${String(what)} is put aside: ${reason}`),
    },
  } as unknown as Engine
  const session: LogoutSession = {
    reconnection: { isHalted },
    keeper: {
      reach,
      unlink: async (_, confirmed) => {
        await call('unlink', unlinkFails)
        confirmed()
      },
    },
    engine: () => engine,
  }
  return { session, calls }
}

const perform = (options: Parameters<typeof fakeSession>[0], isInTime = true) => {
  const { session, calls } = fakeSession(options)
  const note = (what: string) => void calls.push(`note: ${what}`)
  return {
    result: logout.advance(session, {
      id: 'a1',
      approved: null,
      restoreTo: null,
      backup: null,
      cleanUp: null,
      step: null,
      requestedBy: 'api',
      begunBy: null,
      isInTime,
      note,
    }),
    calls,
  }
}

const LOGGED_OUT = { code: 'logged-out' }
const UNREACHABLE = { code: 'not-connected' }

test('a log-out unlinks the device after the state is backed up', async () => {
  const { result, calls } = perform({})
  expect(await result).toMatchObject(LOGGED_OUT)
  expect(calls).toEqual(['backup: logged-out', 'note: The state was backed up.', 'unlink', 'the backup is put aside: logged-out'])
})

test('a log-out of an unlinked device does nothing', async () => {
  const { result, calls } = perform({ loggedOut: true, isHalted: true })
  expect(await result).toMatchObject(LOGGED_OUT)
  expect(calls).toEqual([])
})

test('a log-out waits for a connection, and fails when its time is up', async () => {
  expect(await perform({ reach: 'on-its-way' }).result).toBeNull()
  await expect(perform({ reach: 'on-its-way' }, false).result).rejects.toMatchObject(UNREACHABLE)
})

test.each([{ isHalted: true }, { reach: 'pairing' as const }])(
  'a log-out of a session with %o fails at once',
  async (options) => {
    const { result, calls } = perform(options)
    await expect(result).rejects.toMatchObject(UNREACHABLE)
    expect(calls).toEqual([])
  },
)

test('a log-out does not unlink the device when the backup failed', async () => {
  const { result, calls } = perform({ backupFails: new HoldfastError('backup-failed', 'No object.') })
  await expect(result).rejects.toMatchObject({ code: 'backup-failed' })
  expect(calls).toEqual(['backup: logged-out'])
})

test('a log-out whose connection ended waits for the next one, and fails when its time is up', async () => {
  const unlinkFails = new ConnectionEnded()
  expect(await perform({ unlinkFails }).result).toBeNull()
  await expect(perform({ unlinkFails }, false).result).rejects.toMatchObject(UNREACHABLE)
})

test('a log-out that did not unlink the device leaves the backups of before usable', async () => {
  for (const unlinkFails of [new ConnectionEnded(), new Error('refused')]) {
    const { result, calls } = perform({ unlinkFails }, false)
    await expect(result).rejects.toThrow()
    expect(calls).toEqual(['backup: logged-out', 'note: The state was backed up.', 'unlink'])
  }
})

test('a log-out that WhatsApp refuses fails with its error', async () => {
  await expect(perform({ unlinkFails: new Error('refused') }).result).rejects.toThrow('refused')
})
