import type { JournalRecord } from '@holdfast/core/journal/journal-record'
import type { JournalStore } from '@holdfast/core/journal/journal-store'
import { within } from '@holdfast/core/platform/deadlines'
import { HoldfastError } from '@holdfast/core/platform/errors'
import type { Change, Clock, DocumentSnapshot } from '@holdfast/core/platform/ports'

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
  /** The paths of guarded documents that had changed. The writes of their entries were dropped. */
  readonly outdated: ReadonlySet<string>
}

/** One form of the group, with a nonce of its own: a record found in the log tells by it which form was committed. */
type Form = Pick<Committed, 'records' | 'withWrites' | 'outdated'>

interface CommitOptions {
  readonly journals: JournalStore
  readonly sessionId: string
  readonly clock: Clock
  readonly limits: JournalLimits
  /** Seals the group, with a fresh nonce each time: the commit with writes and the one without are told apart by it. */
  readonly seal: () => readonly JournalRecord[]
  /** Returns the document writes that ride on the records, without those of entries with an outdated guard. */
  readonly writesUnless: (outdated: ReadonlySet<string>) => readonly Change[]
  /** The guards of all entries. */
  readonly guards: readonly DocumentSnapshot[]
  /** The reason why the journal accepts no more appends; null while it does. */
  readonly ended: () => HoldfastError | null
}

/**
 * Commits the records of one group, until the log has them. A failed commit may have succeeded, so each failure is followed by a read.
 * The writes are left out every other time after three attempts, so that a write that Firestore refuses cannot stop the session.
 * A guard that no longer holds refuses the commit, so after a failure the guarded documents are read, and the writes of entries whose
 * documents have changed are dropped.
 *
 * @throws HoldfastError `fenced` when another owner has created the record, `journal-unavailable` when no attempt succeeded in time,
 * and the journal's own end.
 */
export async function commitGroup(options: CommitOptions): Promise<Committed> {
  const { journals, sessionId, clock, limits, seal, writesUnless, ended } = options
  let whole: Form = { records: seal(), withWrites: true, outdated: new Set() }
  let alone: Form | null = null
  const forms = [whole]
  /** True when the guarded documents cannot be read: whoever keeps them is away, and the record need not wait for that. */
  let areGuardsAway = false
  const startedAt = clock.monotonic()
  for (let attempt = 1; ; attempt++) {
    const writes = writesUnless(whole.outdated)
    const leavesOut = writes.length > 0 && (areGuardsAway || attempt >= 4) && attempt % 2 === 0
    if (leavesOut && !alone) forms.push((alone = { ...whole, records: seal(), withWrites: false }))
    const form: Form = leavesOut && alone ? alone : whole
    try {
      const commit = journals.append(sessionId, form.records, form.withWrites ? writes : [])
      await within(clock, limits.commitTimeoutMs, commit)
      return { ...form, answered: true }
    } catch (cause) {
      const settled = await findOut(options, forms)
      if (settled) return { ...settled, answered: false }
      if (clock.monotonic() - startedAt > limits.giveUpAfterMs) {
        throw new HoldfastError('journal-unavailable', `The journal of ${sessionId} could not be written.`, { cause })
      }
      const outdated = await outdatedGuards(options, whole.outdated)
      areGuardsAway = outdated === null
      if (outdated && outdated.size > whole.outdated.size) {
        forms.push((whole = { records: seal(), withWrites: true, outdated }))
        alone = null
      } else await clock.sleep(Math.min(50 * 2 ** attempt, 2000), 'journal')
      const end = ended()
      if (end) throw end
    }
  }
}

/** Returns the form that the log has, null when it has none yet. Throws `fenced` when the record is of another owner. */
async function findOut({ journals, sessionId, clock, limits }: CommitOptions, forms: readonly Form[]): Promise<Form | null> {
  const sequence = forms[0]?.records[0]?.seq ?? 0
  let found
  try {
    found = await within(clock, limits.commitTimeoutMs, journals.read(sessionId, sequence))
  } catch {
    return null
  }
  if (!found) return null
  const ours = forms.find(({ records }) => records[0]?.nonce === found.fields['nonce'])
  if (ours) return ours
  throw new HoldfastError('fenced', `Record ${sequence} of ${sessionId} was written by ${String(found.fields['runnerId'])}.`)
}

/** The time for a look at the guarded documents. */
const LOOK_WITHIN_MS = 3000

/** Returns the paths of the guarded documents that have changed, null when they cannot be read now. */
async function outdatedGuards(
  { journals, clock, limits, guards }: CommitOptions,
  before: ReadonlySet<string>,
): Promise<ReadonlySet<string> | null> {
  const open = guards.filter(({ path }) => !before.has(path))
  if (open.length === 0) return before
  try {
    return new Set([
      ...before,
      ...(await within(clock, Math.min(limits.commitTimeoutMs, LOOK_WITHIN_MS), journals.changedSince(open))),
    ])
  } catch {
    return null
  }
}
