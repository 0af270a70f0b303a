import { createHash } from 'node:crypto'

const DAY_MS = 24 * 60 * 60 * 1000

/** Every month has at least as many days. */
const MONTH_DAYS = 28

/** One of so many sessions is checked on a day, whenever its turn is. */
const SAMPLE_OF = 100

/** The number of a day since 1970, UTC. */
export const checkDayOf = (nowMs: number): number => Math.floor(nowMs / DAY_MS)

/**
 * Whether the backups of a session are read back on this day. Each session has its day of the month, and one in a hundred is taken at
 * random on each day besides, so that damage of all of them shows soon. The day and the id decide.
 *
 * @param lastDay the last day whose sessions had their turn. The days after it are made up for
 */
export function isCheckDue(sessionId: string, today: number, lastDay: number = today - 1): boolean {
  const days = Math.min(Math.max(today - lastDay, 1), MONTH_DAYS)
  const sinceTurn = (((today - numberOf(sessionId)) % MONTH_DAYS) + MONTH_DAYS) % MONTH_DAYS
  return sinceTurn < days || numberOf(`${today}/${sessionId}`) % SAMPLE_OF === 0
}

const numberOf = (text: string): number => createHash('sha256').update(text).digest().readUInt32BE()
