import type { Compared } from './compare.ts'
import { FOREIGN_LIMIT_CORES, type ForeignWork } from './machine.ts'
import { round } from './statistics.ts'

/** Holdfast's median by that of another. Below one its CPU time is less; above one it has more messages in a second. */
export interface Ratios {
  readonly cpuSent: number
  readonly cpuReceived: number
  readonly sendVsMemory: number
  readonly receiveVsMemory: number
  readonly sendVsMultiFile: number
  readonly receiveVsMultiFile: number
  /** From the claim until all are open, by the time that Baileys takes whose sockets were dropped. */
  readonly recovery: number | null
}

export function ratiosOf({ throughput: { memory, multiFile, holdfast }, recovery }: Compared): Ratios {
  const ratio = (one: number, other: number) => round(one / other, 2)
  return {
    cpuSent: ratio(holdfast.cpuMsPerSent.median, memory.cpuMsPerSent.median),
    cpuReceived: ratio(holdfast.cpuMsPerReceived.median, memory.cpuMsPerReceived.median),
    sendVsMemory: ratio(holdfast.sentPerSecond.median, memory.sentPerSecond.median),
    receiveVsMemory: ratio(holdfast.receivedPerSecond.median, memory.receivedPerSecond.median),
    sendVsMultiFile: ratio(holdfast.sentPerSecond.median, multiFile.sentPerSecond.median),
    receiveVsMultiFile: ratio(holdfast.receivedPerSecond.median, multiFile.receivedPerSecond.median),
    recovery: recovery && ratio(recovery.fromClaimMs, recovery.reconnectMs),
  }
}

/** The aims of `npm run bench`, by ratio: at most, or at least. */
const AIMS: Readonly<Record<keyof Ratios, readonly ['≤' | '≥', number]>> = {
  cpuSent: ['≤', 1],
  cpuReceived: ['≤', 1],
  sendVsMemory: ['≥', 1],
  receiveVsMemory: ['≥', 1],
  sendVsMultiFile: ['≥', 1.5],
  receiveVsMultiFile: ['≥', 1.5],
  recovery: ['≤', 1.5],
}

const LEAST_ROUNDS = 5

export interface Verdict {
  /** Null when the run decides nothing. */
  readonly isReached: boolean | null
  /** What was missed, or why there is no verdict. */
  readonly because: readonly string[]
}

/** Judges the ratios, unless the run was on a busy machine, too short, or on the emulator, which is slower than what it stands for. */
export function verdictOn(
  ratios: Ratios,
  { others, rounds, onEmulator }: { readonly others: ForeignWork; readonly rounds: number; readonly onEmulator: boolean },
): Verdict {
  const { beforeCores, duringCores } = others
  const doubts = [
    ...(others.isBusy
      ? [`other programs used ${beforeCores} cores before and ${duringCores} during the run; the limit is ${FOREIGN_LIMIT_CORES}`]
      : []),
    ...(rounds < LEAST_ROUNDS ? [`${rounds} rounds are fewer than ${LEAST_ROUNDS}`] : []),
    ...(onEmulator ? ['the emulator takes the cores of what is measured'] : []),
  ]
  if (doubts.length > 0) return { isReached: null, because: doubts }
  const missed = Object.entries(AIMS).flatMap(([name, [side, aim]]) => {
    const ratio = ratios[name as keyof Ratios]
    const isReached = ratio === null || (side === '≤' ? ratio <= aim : ratio >= aim)
    return isReached ? [] : [`${name} is ${ratio}; the aim is ${side} ${aim}`]
  })
  return { isReached: missed.length === 0, because: missed }
}
