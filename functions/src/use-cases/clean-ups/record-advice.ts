import { countedTotal, type RecordCounts } from '@holdfast/core/session/record-counts'
import { dayOfReaching } from '@holdfast/core/session/record-forecast'
import { cleanUpFrom, levelsOf, type RecordLevels } from '@holdfast/core/session/record-levels'

const DAY_MS = 24 * 60 * 60 * 1000

/** A session with fewer known contacts is small, and clean-up that still removes some helps. */
const LID_MAPPINGS = 60
const REMOVED = 5

/** What the numbers of a session say about the days to come, and about what a person should do. */
export function adviceOf(records: RecordCounts, levels: RecordLevels, nowMs: number) {
  const { removable = null, archived = null, growthPerDay = null, lastCleanUp } = records
  const today = Math.floor(nowMs / DAY_MS)
  const day = dayOfReaching(cleanUpFrom(levels), countedTotal(records), today, growthPerDay)
  return {
    removable,
    archived,
    growthPerDay,
    cleanUpNeededOn: day === null ? null : new Date(day * DAY_MS).toISOString().slice(0, 10),
    lastCleanUp: lastCleanUp ? { at: new Date(lastCleanUp.atMs), moved: lastCleanUp.moved, left: lastCleanUp.left } : null,
    recommendation: needsRotation(records, levels) ? ROTATE : null,
  }
}

const ROTATE = {
  code: 'rotate' as const,
  sentence:
    'Clean-up does not bring the session below its levels any more. Give it a new device, at a time that suits its user: POST /api/sessions/{name}/rotate.',
}

/** Whether clean-up has left too many records in a session with many contacts, and moved hardly any. */
function needsRotation({ lastCleanUp, lidMappings = 0 }: RecordCounts, levels: RecordLevels): boolean {
  if (!lastCleanUp || lidMappings < LID_MAPPINGS || lastCleanUp.moved >= REMOVED) return false
  const critical = levelsOf(levels).find(({ name }) => name === 'critical')?.from ?? Number.POSITIVE_INFINITY
  return lastCleanUp.left > critical
}
