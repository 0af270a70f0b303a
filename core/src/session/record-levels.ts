/**
 * The levels that the number of a session's Signal records reaches, and what each one asks for. There are two scales: the present one,
 * and the one that operators of older systems know.
 */

/** What a level asks for: nothing, clean-up by the trigger with its pause, or clean-up at once. */
export type CleanUpUrgency = 'none' | 'triggered' | 'at-once'

interface LevelEntry {
  /** The level holds from this number of records on. */
  readonly from: number
  readonly severity: 'warning' | 'critical' | null
  readonly cleanUp: CleanUpUrgency
}

/** Levels by name, rising. Below the first one a session is `healthy`. */
export const RECORD_SCALES = {
  present: {
    warning: { from: 150, severity: 'warning', cleanUp: 'none' },
    critical: { from: 170, severity: 'critical', cleanUp: 'none' },
    cleanup: { from: 175, severity: 'critical', cleanUp: 'triggered' },
    emergency: { from: 180, severity: 'critical', cleanUp: 'at-once' },
    danger: { from: 185, severity: 'critical', cleanUp: 'at-once' },
  },
  older: {
    monitor: { from: 100, severity: null, cleanUp: 'none' },
    warning: { from: 120, severity: 'warning', cleanUp: 'none' },
    cleanup: { from: 150, severity: 'warning', cleanUp: 'triggered' },
    critical: { from: 180, severity: 'critical', cleanUp: 'at-once' },
    fatal: { from: 200, severity: 'critical', cleanUp: 'at-once' },
  },
} as const satisfies Record<string, Record<string, LevelEntry>>

export type RecordScale = keyof typeof RECORD_SCALES

export const RECORD_SCALE_NAMES = Object.keys(RECORD_SCALES) as [RecordScale, ...RecordScale[]]

/** The names of all levels but `healthy`, of both scales. */
export const LEVEL_NAMES = ['monitor', 'warning', 'critical', 'cleanup', 'emergency', 'danger', 'fatal'] as const

export type LevelName = (typeof LEVEL_NAMES)[number]

/** The scale of a tenant, and the numbers that it sets itself. Names of the other scale do not count. */
export interface RecordLevels {
  readonly scale: RecordScale
  readonly from: { readonly [Level in LevelName]?: number | undefined }
}

export interface RecordLevel extends LevelEntry {
  readonly name: LevelName | 'healthy'
}

const HEALTHY: RecordLevel = { name: 'healthy', from: 0, severity: null, cleanUp: 'none' }

/** The levels of a tenant, rising by number. `healthy` is the first one. */
export function levelsOf({ scale, from }: RecordLevels): readonly RecordLevel[] {
  const named = Object.entries(RECORD_SCALES[scale]) as [LevelName, LevelEntry][]
  return [HEALTHY, ...named.map(([name, entry]) => ({ name, ...entry, from: from[name] ?? entry.from }))]
}

/** True when the numbers rise from level to level, so that each level can be reached. */
export const areRising = (levels: RecordLevels): boolean =>
  levelsOf(levels).every(({ from }, index, all) => index === 0 || from > (all[index - 1]?.from ?? 0))

export function levelOf(records: number, levels: RecordLevels): RecordLevel {
  return levelsOf(levels).findLast(({ from }) => records >= from) ?? HEALTHY
}

/** The number of records from which on a level asks for clean-up. */
export const cleanUpFrom = (levels: RecordLevels): number =>
  levelsOf(levels).find(({ cleanUp }) => cleanUp !== 'none')?.from ?? Number.POSITIVE_INFINITY
