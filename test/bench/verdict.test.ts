import { expect, test } from 'vitest'
import { type Ratios, ratiosOf, verdictOn } from './verdict.ts'

const QUIET = { others: { beforeCores: 0.05, duringCores: 0.1, isBusy: false }, rounds: 5, onEmulator: false }

const GOOD: Ratios = {
  cpuSent: 0.9,
  cpuReceived: 1,
  sendVsMemory: 1,
  receiveVsMemory: 2.5,
  sendVsMultiFile: 1.5,
  receiveVsMultiFile: 3,
  recovery: 1.4,
}

test('a run reaches its aims, or names those that it misses', () => {
  expect(verdictOn(GOOD, QUIET)).toEqual({ isReached: true, because: [] })
  expect(verdictOn({ ...GOOD, cpuSent: 1.24, sendVsMultiFile: 1.4 }, QUIET)).toEqual({
    isReached: false,
    because: ['cpuSent is 1.24; the aim is ≤ 1', 'sendVsMultiFile is 1.4; the aim is ≥ 1.5'],
  })
})

test('a run on a busy machine, one with few rounds and one on the emulator have no verdict', () => {
  const others = { beforeCores: 0.1, duringCores: 0.8, isBusy: true }
  expect(verdictOn(GOOD, { ...QUIET, others })).toEqual({
    isReached: null,
    because: ['other programs used 0.1 cores before and 0.8 during the run; the limit is 0.25'],
  })
  expect(verdictOn(GOOD, { ...QUIET, rounds: 3, onEmulator: true })).toMatchObject({
    isReached: null,
    because: ['3 rounds are fewer than 5', expect.stringContaining('emulator')],
  })
})

test('ratios are of medians', () => {
  const of = (cpu: number, perSecond: number) => ({
    cpuMsPerSent: { min: 0, median: cpu, max: 100 },
    cpuMsPerReceived: { min: 0, median: 2 * cpu, max: 100 },
    sentPerSecond: { min: 0, median: perSecond, max: 9999 },
    receivedPerSecond: { min: 0, median: 3 * perSecond, max: 9999 },
  })
  const compared = {
    sessions: 50,
    throughput: { memory: of(2, 400), multiFile: of(4, 200), holdfast: of(2.5, 300) },
    rssPerSessionMb: { memory: 5, multiFile: 5, holdfast: 2 },
    eventLoopMs: { p99Ms: 1, maxMs: 2 },
    recovery: { fromKillMs: 4000, fromClaimMs: 1500, reconnectMs: 1000 },
  }
  expect(ratiosOf(compared)).toEqual({
    cpuSent: 1.25,
    cpuReceived: 1.25,
    sendVsMemory: 0.75,
    receiveVsMemory: 0.75,
    sendVsMultiFile: 1.5,
    receiveVsMultiFile: 1.5,
    recovery: 1.5,
  })
})
