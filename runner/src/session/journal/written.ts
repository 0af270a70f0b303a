import type { Change, Merge } from '@holdfast/core/platform/ports'
import { hasWrites, retryOf, type Entry, type Group, type RecordPlace } from './group.ts'

/** A group that is in the log, and what became of the writes of its entries. */
export interface Written {
  readonly group: Group
  readonly sequence: number
  readonly prevHash: string
  readonly withWrites: boolean
  /** The writes of the commit. */
  readonly merges: readonly Merge[]
  /** Entries whose writes could not be computed. */
  readonly unprojected: ReadonlySet<Entry>
  /** The paths of guarded documents that had changed. */
  readonly outdated: ReadonlySet<string>
}

/**
 * Reports the outcome to the entries of a group. Returns groups for the writes that were left out, in order. Passes each entry to
 * `refuse` whose writes were left out a second time.
 */
export function reportWritten(written: Written, refuse: (entry: Entry, place: RecordPlace) => void): Group[] {
  const { group, sequence, prevHash, withWrites, unprojected, outdated } = written
  const leftOut: Group[] = []
  for (const [index, entry] of group.entries.entries()) {
    const place = { sequence, index, prevHash }
    entry.onDurable?.(place)
    if (!hasWrites(entry)) continue
    if (unprojected.has(entry)) entry.onRefused?.()
    else if (isOutdated(entry, outdated)) entry.onOutdated?.()
    else if (withWrites) entry.onWritten?.()
    else if (group.retried) refuse(entry, place)
    else leftOut.push(retryOf(group, entry))
  }
  return leftOut
}

/** Whether the writes of a group were left out and must be retried. */
export const owesWrites = ({ withWrites, group }: Written): boolean => !withWrites && !group.retried

/** Whether a document that guards the writes of an entry is among the changed ones. */
export const isOutdated = ({ unlessChanged = [] }: Entry, outdated: ReadonlySet<string>): boolean =>
  unlessChanged.some(({ path }) => outdated.has(path))

/** Turns the merges into guarded documents into updates, which Firestore refuses when the document has changed. */
export const guarded = ({ unlessChanged = [] }: Entry, merges: readonly Merge[]): Change[] =>
  merges.map((merge) => {
    const unlessChangedSince = unlessChanged.find(({ path }) => path === merge.path)
    return unlessChangedSince ? { ...merge, kind: 'update', unlessChangedSince } : merge
  })
