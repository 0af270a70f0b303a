import type { JournalRecord } from '@holdfast/core/journal/journal-record'
import type { JournalStore } from '@holdfast/core/journal/journal-store'
import { within } from '@holdfast/core/platform/deadlines'
import { HoldfastError } from '@holdfast/core/platform/errors'
import type { Clock, Merge } from '@holdfast/core/platform/ports'

export interface JournalLimits {
  /** The time after which the outcome of a commit counts as unknown. The journal then reads the record to find out. */
  readonly commitTimeoutMs: number
  /** The time without success after which this process gives up the whole session. */
  readonly giveUpAfterMs: number
}

export const DEFAULT_JOURNAL_LIMITS: JournalLimits = { commitTimeoutMs: 10_000, giveUpAfterMs: 60_000 }

/** The records of a group, which the log certainly has. */
interface Committed {
  readonly records: readonly JournalRecord[]
  /** False when the commit failed, and a read found its records. Another owner may have come in between. */
  readonly answered: boolean
  /** False when the document writes were left out. */
  readonly withWrites: boolean
}

interface CommitOptions {
  readonly journals: JournalStore
  readonly sessionId: string
  readonly clock: Clock
  readonly limits: JournalLimits
  /** Seals the group, with a fresh nonce each time: the commit with writes and the one without are told apart by it. */
  readonly seal: () => readonly JournalRecord[]
  /** Document writes that ride on the records. */
  readonly writes: readonly Merge[]
  /** The reason why the journal accepts no more appends; null while it does. */
  readonly ended: () => HoldfastError | null
}

/**
 * Commits the records of one group, until the log has them. A failed commit may have succeeded, so each failure is followed by a read.
 * The writes are left out every other time after three attempts, so that a write that Firestore refuses cannot stop the session.
 *
 * @throws HoldfastError `fenced` when another owner has created the record, `journal-unavailable` when no attempt succeeded in time,
 * and the journal's own end.
 */
export async function commitGroup(options: CommitOptions): Promise<Committed> {
  const { journals, sessionId, clock, limits, seal, writes, ended } = options
  const full = seal()
  let alone: readonly JournalRecord[] | null = null
  const startedAt = clock.monotonic()
  for (let attempt = 1; ; attempt++) {
    const withWrites = writes.length === 0 || attempt < 4 || attempt % 2 === 1
    const records = withWrites ? full : (alone ??= seal())
    try {
      const commit = journals.append(sessionId, records, records === full ? writes : [])
      await within(clock, limits.commitTimeoutMs, commit)
      return { records, answered: true, withWrites: records === full }
    } catch (cause) {
      const settled = await findOut(options, full, alone)
      if (settled) return { records: settled, answered: false, withWrites: settled === full }
      if (clock.monotonic() - startedAt > limits.giveUpAfterMs) {
        throw new HoldfastError('journal-unavailable', `The journal of ${sessionId} could not be written.`, { cause })
      }
      await clock.sleep(Math.min(50 * 2 ** attempt, 2000), 'journal')
      const end = ended()
      if (end) throw end
    }
  }
}

/** Returns the records that the log has, null when it has none yet. Throws `fenced` when they are of another owner. */
async function findOut(
  { journals, sessionId, clock, limits }: CommitOptions,
  full: readonly JournalRecord[],
  alone: readonly JournalRecord[] | null,
): Promise<readonly JournalRecord[] | null> {
  const sequence = full[0]?.seq ?? 0
  let found
  try {
    found = await within(clock, limits.commitTimeoutMs, journals.read(sessionId, sequence))
  } catch {
    return null
  }
  if (!found) return null
  if (found.fields['nonce'] === full[0]?.nonce) return full
  if (alone && found.fields['nonce'] === alone[0]?.nonce) return alone
  throw new HoldfastError('fenced', `Record ${sequence} of ${sessionId} was written by ${String(found.fields['runnerId'])}.`)
}
