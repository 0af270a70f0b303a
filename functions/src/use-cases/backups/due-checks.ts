import { createHash } from 'node:crypto'

const DAY_MS = 24 * 60 * 60 * 1000

/** Every month has at least as many days. */
const MONTH_DAYS = 28

/** One of so many sessions is checked on a day, whenever its turn is. */
const SAMPLE_OF = 100

/**
 * Whether the backups of a session are read back on this day. Each session has its day of the month, and one in a hundred is taken at
 * random on each day besides, so that damage of all of them shows soon. No state is kept: the day and the id decide.
 */
export function isCheckDue(sessionId: string, nowMs: number): boolean {
  const day = Math.floor(nowMs / DAY_MS)
  return numberOf(sessionId) % MONTH_DAYS === day % MONTH_DAYS || numberOf(`${day}/${sessionId}`) % SAMPLE_OF === 0
}

const numberOf = (text: string): number => createHash('sha256').update(text).digest().readUInt32BE()
