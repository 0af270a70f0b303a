import { expect, test } from 'vitest'
import { ConnectionEnded } from '../../whatsapp/port.ts'
import type { Engine } from '../engine.ts'
import type { RunningAction } from './action-handler.ts'
import { rotate, type RotateSession } from './rotate.ts'

/** A session as the connection makes it: unlinking halts it, and a restart lets it ask for a phone. */
function linkedSession(options: { unlinkFails?: boolean } = {}) {
  const calls: string[] = []
  const now = { loggedOut: false, isHalted: false, isOpen: true, reach: 'connected' as RotateSession['keeper']['reach'] }
  const session: RotateSession = {
    opening: { hasten: () => {} },
    quarantine: { forgive: () => {} },
    reconnection: {
      get isHalted() {
        return now.isHalted
      },
      resume: () => {
        calls.push('resume')
        Object.assign(now, { isHalted: false, reach: 'on-its-way' })
      },
    },
    keeper: {
      get reach() {
        return now.reach
      },
      close: () => Promise.resolve(),
      unlink: (_, confirmed) => {
        calls.push('unlink')
        if (options.unlinkFails) throw new ConnectionEnded('It ended.')
        confirmed()
        Object.assign(now, { loggedOut: true, isHalted: true })
        return Promise.resolve()
      },
    },
    engine: () =>
      now.isOpen
        ? ({
            memory: now,
            checkpointer: {
              backup: ({ why }: { why: string }) => Promise.resolve(calls.push(`backup: ${why}`)),
              keepAside: (reason: string) => calls.push(`put aside: ${reason}`),
            },
          } as unknown as Engine)
        : null,
  }
  /** The loop makes a new identity, and WhatsApp answers with a QR code. */
  const asksForPhone = () => Object.assign(now, { loggedOut: false, reach: 'pairing' })
  return { session, calls, now, asksForPhone }
}

/** An owner that performs the action. `taken` outlives it, as the document does. */
function owner({ session, calls }: ReturnType<typeof linkedSession>, taken: Set<string>, isInTime = true) {
  const action = {
    id: 'a1',
    isInTime,
    hasTaken: (step) => taken.has(step),
    note: (what, step) => {
      calls.push(`note: ${what}`)
      if (step) taken.add(step)
    },
  } as RunningAction
  return () => rotate.advance(session, action)
}

test('a rotation backs up, unlinks the old device and ends when the session asks for a phone', async () => {
  const world = linkedSession()
  const advance = owner(world, new Set())
  expect(await advance()).toBeNull()
  expect(await advance()).toBeNull()
  world.asksForPhone()
  expect(await advance()).toMatchObject({ code: 'rotated' })
  expect(world.calls).toEqual([
    'backup: logged-out',
    'note: The state was backed up.',
    'unlink',
    'put aside: logged-out',
    'note: The old device is unlinked.',
    'resume',
  ])
})

test('the next owner unlinks no device that was linked since', async () => {
  const world = linkedSession()
  const taken = new Set<string>()
  await owner(world, taken)()
  Object.assign(world.now, { loggedOut: false, reach: 'connected' })
  expect(await owner(world, taken)()).toMatchObject({ code: 'rotated' })
  expect(world.calls.filter((call) => call === 'unlink')).toHaveLength(1)
})

test('the next owner goes on from a log-out whose note, or whose restart, was lost', async () => {
  for (const taken of [new Set<string>(), new Set(['new-qr'])]) {
    const world = linkedSession()
    Object.assign(world.now, { loggedOut: true, isHalted: true })
    const advance = owner(world, taken)
    expect(await advance()).toBeNull()
    world.asksForPhone()
    expect(await advance()).toMatchObject({ code: 'rotated' })
    expect(world.calls).not.toContain('unlink')
    expect(world.calls).toContain('resume')
  }
})

test('the next owner waits for the state, which says whether the device is unlinked', async () => {
  for (const taken of [new Set<string>(), new Set(['new-qr'])]) {
    const world = linkedSession()
    Object.assign(world.now, { loggedOut: true, isHalted: true, isOpen: false })
    const advance = owner(world, taken)
    expect(await advance()).toBeNull()
    expect(world.calls).toEqual([])
    Object.assign(world.now, { isOpen: true })
    expect(await advance()).toBeNull()
    expect(world.calls).toContain('resume')
    world.asksForPhone()
    expect(await advance()).toMatchObject({ code: 'rotated' })
  }
})

test('without a connection nothing is changed', async () => {
  for (const reach of ['pairing', 'on-its-way'] as const) {
    const world = linkedSession()
    world.now.reach = reach
    await expect(owner(world, new Set(), false)()).rejects.toMatchObject({ code: 'not-connected' })
    expect(world.calls).toEqual([])
  }
  const world = linkedSession({ unlinkFails: true })
  const taken = new Set<string>()
  await expect(owner(world, taken, false)()).rejects.toMatchObject({ code: 'not-connected' })
  expect([...taken]).toEqual([])
})
