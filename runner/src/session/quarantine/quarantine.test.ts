import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest'
import type { CrashRecord } from '@holdfast/core/session/session-document'
import { systemClock } from '@holdfast/core/platform/system-clock'
import { OneTrial } from '../../supervisor/trial-slot.ts'
import { DEFAULT_CRASH_POLICY, NO_CRASHES } from './crash-record.ts'
import { Probation } from './quarantine.ts'

const SUSPECT: CrashRecord = { shortLives: 5, failedTrials: 0, onTrial: false }

beforeEach(() => {
  vi.useFakeTimers()
})

afterEach(() => {
  vi.useRealTimers()
})

function probationOf(sessionId: string, record: CrashRecord, slot = new OneTrial()) {
  const written: CrashRecord[] = []
  const wake = vi.fn<() => void>()
  const write = async (changed: CrashRecord) => void written.push(changed)
  const probation = new Probation({ sessionId, clock: systemClock, policy: DEFAULT_CRASH_POLICY, slot, record, write, wake })
  return { probation, written, wake }
}

const pass = (ms: number) => vi.advanceTimersByTime(ms)

describe('a session', () => {
  test('without a past is opened at once and nothing is written', async () => {
    const { probation, written } = probationOf('a', NO_CRASHES)
    expect(await probation.mayOpen()).toBe(true)
    probation.look('holding')
    pass(60_000)
    probation.look('holding')
    expect([written, probation.dueAtMs]).toEqual([[], Number.POSITIVE_INFINITY])
  })

  test('whose last owner died is forgiven when its connection has held for 10 s', async () => {
    const { probation, written } = probationOf('a', { shortLives: 1, failedTrials: 0, onTrial: false })
    expect(await probation.mayOpen()).toBe(true)
    probation.look('holding')
    pass(9999)
    probation.look('holding')
    expect(written).toEqual([])
    expect(probation.dueAtMs).toBe(systemClock.now() + 1)
    pass(1)
    probation.look('holding')
    expect(written).toEqual([NO_CRASHES])
  })

  test('whose last owner died is not forgiven for the time that it waits and connects', async () => {
    const { probation, written } = probationOf('a', { shortLives: 1, failedTrials: 0, onTrial: false })
    for (const activity of ['waiting', 'connecting', 'holding', 'waiting', 'holding'] as const) {
      probation.look(activity)
      pass(activity === 'holding' ? 9000 : 60_000)
      probation.look(activity)
    }
    expect(written).toEqual([])
  })

  test('that was convicted is not opened before somebody forgives it', async () => {
    const { probation } = probationOf('a', { shortLives: 9, failedTrials: 3, onTrial: false })
    expect([probation.isQuarantined, await probation.mayOpen()]).toEqual([true, false])
    probation.forgive()
    expect([probation.isQuarantined, await probation.mayOpen()]).toEqual([false, true])
  })
})

describe('suspects', () => {
  test('are opened one after the other, each when the one before has held, and each trial is written down first', async () => {
    const slot = new OneTrial()
    const [first, second] = [probationOf('a', SUSPECT, slot), probationOf('b', SUSPECT, slot)]
    expect([await first.probation.mayOpen(), await second.probation.mayOpen()]).toEqual([true, false])
    expect(first.written).toEqual([{ ...SUSPECT, onTrial: true }])
    first.probation.look('holding')
    pass(10_000)
    first.probation.look('holding')
    expect(first.written.at(-1)).toEqual(NO_CRASHES)
    expect(second.wake).toHaveBeenCalledOnce()
    expect(await second.probation.mayOpen()).toBe(true)
  })

  test('that connect slowly are neither acquitted nor made to leave the slot', async () => {
    const slot = new OneTrial()
    const [first, second] = [probationOf('a', SUSPECT, slot), probationOf('b', SUSPECT, slot)]
    await first.probation.mayOpen()
    await second.probation.mayOpen()
    first.probation.look('connecting')
    pass(60_000)
    first.probation.look('connecting')
    expect([first.probation.isOnTrial, first.probation.dueAtMs]).toEqual([true, Number.POSITIVE_INFINITY])
    expect(second.wake).not.toHaveBeenCalled()
  })

  test('that wait for 10 s leave the slot unaccused, and need it again when they are about to connect', async () => {
    const slot = new OneTrial()
    const [first, second] = [probationOf('a', SUSPECT, slot), probationOf('b', SUSPECT, slot)]
    await first.probation.mayOpen()
    await second.probation.mayOpen()
    first.probation.look('waiting')
    pass(9999)
    first.probation.look('waiting')
    expect([first.probation.isOnTrial, second.wake.mock.calls.length]).toEqual([true, 0])
    pass(1)
    first.probation.look('waiting')
    expect(first.written.at(-1)).toEqual(SUSPECT)
    expect([first.probation.isOnTrial, second.wake.mock.calls.length]).toEqual([false, 1])
    expect([await second.probation.mayOpen(), await first.probation.mayOpen()]).toEqual([true, false])
    second.probation.end()
    expect([first.wake.mock.calls.length, await first.probation.mayOpen()]).toEqual([1, true])
    // It has the whole time again.
    first.probation.look('waiting')
    expect(first.probation.isOnTrial).toBe(true)
  })

  test('that do not need their turn when it comes pass it on', async () => {
    const slot = new OneTrial()
    const [first, second, third] = [
      probationOf('a', SUSPECT, slot),
      probationOf('b', SUSPECT, slot),
      probationOf('c', SUSPECT, slot),
    ]
    for (const { probation } of [first, second, third]) await probation.mayOpen()
    first.probation.end()
    expect([second.wake.mock.calls.length, third.wake.mock.calls.length]).toEqual([1, 0])
    second.probation.look('waiting')
    expect(third.wake).toHaveBeenCalledOnce()
    expect(await third.probation.mayOpen()).toBe(true)
  })

  test('leave the slot to the next one when they are given up', async () => {
    const slot = new OneTrial()
    const [first, second] = [probationOf('a', SUSPECT, slot), probationOf('b', SUSPECT, slot)]
    await first.probation.mayOpen()
    await second.probation.mayOpen()
    first.probation.end()
    expect(second.wake).toHaveBeenCalledOnce()
  })
})
