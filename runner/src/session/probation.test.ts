import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest'
import type { CrashRecord } from '@holdfast/core/documents/session-document'
import { systemClock } from '@holdfast/core/system-clock'
import { OneTrial } from '../fleet/one-trial.ts'
import { DEFAULT_CRASH_POLICY, NO_CRASHES } from './crash-record.ts'
import { Probation } from './probation.ts'

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
    pass(60_000)
    probation.look()
    expect([written, probation.dueAtMs]).toEqual([[], Number.POSITIVE_INFINITY])
  })

  test('whose last owner died is forgiven when it has held for 10 s', async () => {
    const { probation, written } = probationOf('a', { shortLives: 1, failedTrials: 0, onTrial: false })
    expect(await probation.mayOpen()).toBe(true)
    pass(9999)
    probation.look()
    expect(written).toEqual([])
    pass(1)
    probation.look()
    expect(written).toEqual([NO_CRASHES])
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
    pass(10_000)
    first.probation.look()
    expect(first.written.at(-1)).toEqual(NO_CRASHES)
    expect(second.wake).toHaveBeenCalledOnce()
    expect(await second.probation.mayOpen()).toBe(true)
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
