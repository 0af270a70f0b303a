import type { FleetFacts } from '../fleet-facts.ts'
import { isPlainlyFine, type SessionFact } from '../fleet/session-facts.ts'
import type { CountedSessions } from '../health-status.ts'

export interface SessionFigures extends CountedSessions {
  /** Wanted online, and waiting for a phone to scan. */
  readonly pairing: number
  /** Wanted online, and nobody can connect them but a person at a phone: never linked, unlinked, or banned. */
  readonly needPhone: number
  /** Wanted online without a live owner. */
  readonly unplaced: number
}

const PHONE_STATES = ['PAIRING', 'LOGGED_OUT', 'BANNED'] as const

/** Whether nobody can connect a session but a person at its phone. */
export const needsPhone = ({ document }: SessionFact): boolean => PHONE_STATES.some((state) => state === document?.state)

/** Counts the sessions by what heartbeats vouch for. Where the facts are cut, the numbers of documents say how many there are. */
export function sessionFigures({ runners, sessions, counts, cut, nowMs }: FleetFacts): SessionFigures {
  const alive = runners.filter(({ isDead }) => !isDead)
  const fine = alive.flatMap(({ document }) => Object.values(document.sessions)).filter((one) => isPlainlyFine(one, nowMs))
  const damaged = sessions.filter(({ document }) => document === null)
  const wanted = sessions.filter(({ isWanted }) => isWanted)
  const working = sessions.filter(({ status }) => status === 'WORKING').length
  const active = fine.length + working
  const failed = counts.failed + damaged.length
  const wantedFailed = counts.wantedFailed + damaged.filter(({ isWanted }) => isWanted).length
  const isCut = cut.some((list) => list.startsWith('sessions'))
  const withStatus = (...statuses: readonly string[]) => wanted.filter(({ status }) => statuses.includes(status)).length
  const pairing = isCut ? counts.wantedPairing : withStatus('SCAN_QR_CODE')
  const rest = Math.max(0, counts.wanted - active - wantedFailed - pairing)
  return {
    total: counts.total,
    active,
    failed,
    wanted: counts.wanted,
    wantedFailed,
    recovering: isCut ? rest : withStatus('STARTING', 'STOPPED'),
    pairing,
    needPhone: wanted.filter(needsPhone).length,
    unplaced: wanted.filter(({ owner }) => owner !== 'alive').length,
  }
}
