import type { CheckpointPointer, PutAside } from './session-document.ts'

/** How many records of the log before a rebuilt one counts as lost for the numbers of pre-keys: those between two checkpoints. */
export const RECORDS_LOST_AT_REBUILD = 256

/** The records (after, upTo] of a log. */
export interface Span {
  readonly after: number
  readonly upTo: number
}

/**
 * Returns the last checkpoint of the device that was unlinked after the record. WhatsApp accepts no credentials of before any more. Null
 * when the device is the present one.
 */
export function unlinkedSince(putAside: readonly PutAside[], seq: number): CheckpointPointer | null {
  const ended = putAside.find(({ reason, checkpoint }) => reason === 'logged-out' && (checkpoint?.seq ?? 0) >= seq)
  return ended?.checkpoint ?? null
}

/** Returns how many records the log is known to have had in the span. A rebuilt log begins far beyond the one before. */
export const recordsIn = (putAside: readonly PutAside[], span: Span): number =>
  Math.max(0, span.upTo - span.after - skippedIn(putAside, span))

/**
 * Returns how many records the log can have had in the span. Nobody knows how many a rebuild lost. It jumped past the numbers of that
 * many, so that whoever jumps over it has to jump twice as far.
 */
export function mostRecordsIn(putAside: readonly PutAside[], span: Span): number {
  const lost = skippedIn(putAside, span) > 0 ? 2 * RECORDS_LOST_AT_REBUILD : 0
  return recordsIn(putAside, span) + lost
}

/** The numbers that no record ever had. */
function skippedIn(putAside: readonly PutAside[], { after, upTo }: Span): number {
  const skipped = putAside.map(({ reason, records }) => {
    if (reason !== 'rebuilt' || !records) return 0
    // The last one is the first record of the new log.
    return Math.max(0, Math.min(upTo, records.upTo - 1) - Math.max(after, records.after))
  })
  return skipped.reduce((sum, each) => sum + each, 0)
}
