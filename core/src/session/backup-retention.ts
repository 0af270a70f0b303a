import { dayOf } from '../platform/days.ts'

/** How long backups are kept. */
export interface RetentionPolicy {
  /** The newest ones that are kept whatever their age. */
  readonly keepLast: number
  /** For how many days one backup of each day is kept. */
  readonly keepDays: number
  /** An IANA name. Days begin and end in it. */
  readonly timeZone: string
}

/** A backup, as retention sees it. */
export interface Retained {
  /** Sorts by record number, then by epoch. */
  readonly id: string
  readonly at: Date
  readonly isPinned: boolean
  /** Its last reading back was good. */
  readonly isVerified: boolean
  /** Its last reading back failed. */
  readonly isDamaged: boolean
  /** A pointer of the session's document, or an entry of what was put aside, names it. */
  readonly isNamed: boolean
  /** Somebody asked for its removal. */
  readonly isUnwanted: boolean
}

const DAY_MS = 24 * 60 * 60 * 1000

/** A younger one stays: the documents that will name it may not be written yet. */
export const LEAST_AGE_MS = 60 * 60 * 1000

/** How many newer verified backups have to cover one that goes. */
const COVERS = 2

/**
 * Returns the ids of the backups that may go. One that is named or pinned never goes, and none goes that two newer verified ones do
 * not cover: then the loss of any one object loses nothing. Of the others the last few stay, and one of each day; damaged ones do not
 * count among these. One that nobody wants any more goes as soon as it may.
 */
export function removable(backups: readonly Retained[], policy: RetentionPolicy, nowMs: number): string[] {
  const newestFirst = backups.toSorted((one, other) => (one.id < other.id ? 1 : -1))
  const kept = keptByAge(newestFirst, policy, nowMs)
  let covers = 0
  const going: string[] = []
  for (const { id, at, isPinned, isVerified, isNamed, isUnwanted } of newestFirst) {
    const isCovered = covers >= COVERS
    if (isVerified) covers++
    const isOld = nowMs - at.getTime() >= LEAST_AGE_MS
    if (isCovered && isOld && !isPinned && !isNamed && (isUnwanted || !kept.has(id))) going.push(id)
  }
  return going
}

function keptByAge(newestFirst: readonly Retained[], { keepLast, keepDays, timeZone }: RetentionPolicy, nowMs: number) {
  const kept = new Set<string>()
  const days = new Set<string>()
  const good = newestFirst.filter(({ isDamaged, isUnwanted }) => !isDamaged && !isUnwanted)
  for (const [index, { id, at }] of good.entries()) {
    if (index < keepLast) kept.add(id)
    const day = dayOf(at.getTime(), timeZone)
    if (days.has(day) || nowMs - at.getTime() > keepDays * DAY_MS) continue
    days.add(day)
    kept.add(id)
  }
  return kept
}
