import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest'
import type { CrashRecord } from '@holdfast/core/session/session-document'
import { systemClock } from '@holdfast/core/platform/system-clock'
import { SingleTrialSlot } from '../../supervisor/trial-slot.ts'
import { DEFAULT_CRASH_POLICY, NO_CRASHES } from './crash-record.ts'
import { Quarantine } from './quarantine.ts'

const SUSPECT: CrashRecord = { shortLives: 5, failedTrials: 0, onTrial: false }

beforeEach(() => {
  vi.useFakeTimers()
})

afterEach(() => {
  vi.useRealTimers()
})

function quarantineOf(sessionId: string, record: CrashRecord, slot = new SingleTrialSlot()) {
  const written: CrashRecord[] = []
  const wake = vi.fn<() => void>()
  const write = async (changed: CrashRecord) => void written.push(changed)
  const quarantine = new Quarantine({ sessionId, clock: systemClock, policy: DEFAULT_CRASH_POLICY, slot, record, write, wake })
  return { quarantine, written, wake }
}

const pass = (ms: number) => vi.advanceTimersByTime(ms)

describe('a session', () => {
  test('without crashes is opened at once, and writes no record', async () => {
    const { quarantine, written } = quarantineOf('a', NO_CRASHES)
    expect(await quarantine.mayOpen()).toBe(true)
    quarantine.look('holding')
    pass(60_000)
    quarantine.look('holding')
    expect([written, quarantine.dueAtMs]).toEqual([[], Number.POSITIVE_INFINITY])
  })

  test('whose last owner died is forgiven when its connection has held for 10 s', async () => {
    const { quarantine, written } = quarantineOf('a', { shortLives: 1, failedTrials: 0, onTrial: false })
    expect(await quarantine.mayOpen()).toBe(true)
    quarantine.look('holding')
    pass(9999)
    quarantine.look('holding')
    expect(written).toEqual([])
    expect(quarantine.dueAtMs).toBe(systemClock.now() + 1)
    pass(1)
    quarantine.look('holding')
    expect(written).toEqual([NO_CRASHES])
  })

  test('whose last owner died is not forgiven for time in which it waits or connects', async () => {
    const { quarantine, written } = quarantineOf('a', { shortLives: 1, failedTrials: 0, onTrial: false })
    for (const activity of ['waiting', 'connecting', 'holding', 'waiting', 'holding'] as const) {
      quarantine.look(activity)
      pass(activity === 'holding' ? 9000 : 60_000)
      quarantine.look(activity)
    }
    expect(written).toEqual([])
  })

  test('that is quarantined is not opened before an operator forgives it', async () => {
    const { quarantine } = quarantineOf('a', { shortLives: 9, failedTrials: 3, onTrial: false })
    expect([quarantine.isQuarantined, await quarantine.mayOpen()]).toEqual([true, false])
    quarantine.forgive()
    expect([quarantine.isQuarantined, await quarantine.mayOpen()]).toEqual([false, true])
  })
})

describe('suspects', () => {
  test('are opened one at a time, each after the connection of the last one has held, and each trial is recorded first', async () => {
    const slot = new SingleTrialSlot()
    const [first, second] = [quarantineOf('a', SUSPECT, slot), quarantineOf('b', SUSPECT, slot)]
    expect([await first.quarantine.mayOpen(), await second.quarantine.mayOpen()]).toEqual([true, false])
    expect(first.written).toEqual([{ ...SUSPECT, onTrial: true }])
    first.quarantine.look('holding')
    pass(10_000)
    first.quarantine.look('holding')
    expect(first.written.at(-1)).toEqual(NO_CRASHES)
    expect(second.wake).toHaveBeenCalledOnce()
    expect(await second.quarantine.mayOpen()).toBe(true)
  })

  test('that connect slowly are neither acquitted nor made to leave the slot', async () => {
    const slot = new SingleTrialSlot()
    const [first, second] = [quarantineOf('a', SUSPECT, slot), quarantineOf('b', SUSPECT, slot)]
    await first.quarantine.mayOpen()
    await second.quarantine.mayOpen()
    first.quarantine.look('connecting')
    pass(60_000)
    first.quarantine.look('connecting')
    expect([first.quarantine.isOnTrial, first.quarantine.dueAtMs]).toEqual([true, Number.POSITIVE_INFINITY])
    expect(second.wake).not.toHaveBeenCalled()
  })

  test('that wait for 10 s leave the slot without accusation, and need it again to connect', async () => {
    const slot = new SingleTrialSlot()
    const [first, second] = [quarantineOf('a', SUSPECT, slot), quarantineOf('b', SUSPECT, slot)]
    await first.quarantine.mayOpen()
    await second.quarantine.mayOpen()
    first.quarantine.look('waiting')
    pass(9999)
    first.quarantine.look('waiting')
    expect([first.quarantine.isOnTrial, second.wake.mock.calls.length]).toEqual([true, 0])
    pass(1)
    first.quarantine.look('waiting')
    expect(first.written.at(-1)).toEqual(SUSPECT)
    expect([first.quarantine.isOnTrial, second.wake.mock.calls.length]).toEqual([false, 1])
    expect([await second.quarantine.mayOpen(), await first.quarantine.mayOpen()]).toEqual([true, false])
    second.quarantine.end()
    expect([first.wake.mock.calls.length, await first.quarantine.mayOpen()]).toEqual([1, true])
    // The first suspect has its full time again.
    first.quarantine.look('waiting')
    expect(first.quarantine.isOnTrial).toBe(true)
  })

  test('that do not need their turn pass it on', async () => {
    const slot = new SingleTrialSlot()
    const [first, second, third] = [
      quarantineOf('a', SUSPECT, slot),
      quarantineOf('b', SUSPECT, slot),
      quarantineOf('c', SUSPECT, slot),
    ]
    for (const { quarantine } of [first, second, third]) await quarantine.mayOpen()
    first.quarantine.end()
    expect([second.wake.mock.calls.length, third.wake.mock.calls.length]).toEqual([1, 0])
    second.quarantine.look('waiting')
    expect(third.wake).toHaveBeenCalledOnce()
    expect(await third.quarantine.mayOpen()).toBe(true)
  })

  test('leave the slot to the next suspect when their owner gives them up', async () => {
    const slot = new SingleTrialSlot()
    const [first, second] = [quarantineOf('a', SUSPECT, slot), quarantineOf('b', SUSPECT, slot)]
    await first.quarantine.mayOpen()
    await second.quarantine.mayOpen()
    first.quarantine.end()
    expect(second.wake).toHaveBeenCalledOnce()
  })
})
