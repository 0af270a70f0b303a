import { ALERTS } from '@holdfast/core/operations/alert-document'
import { OPEN_ACTION_STATES, RECOVERY_ACTIONS } from '@holdfast/core/operations/recovery-action-document'
import type { Deadline } from '@holdfast/core/platform/deadlines'
import type { Change, DocumentSnapshot, Query } from '@holdfast/core/platform/ports'
import type { Dependencies } from './dependencies.ts'
import { lastNumber, numberIn } from './recoveries/action-numbers.ts'

type Needed = Pick<Dependencies, 'documents' | 'clock' | 'logger'>

/** How long an action or an alert stays after its end. */
const ENDED_KEEP_DAYS = 90

const DAY_MS = 24 * 60 * 60 * 1000
const PAGE = 200

/**
 * Removes recovery actions and alerts that ended long ago. What is open stays, however old, and so does the last action of its kind: the next
 * one goes on from its number, and an owner knows by its id that it was performed. Returns how many were removed.
 */
export async function removeEnded(needed: Needed, deadline: Deadline): Promise<number> {
  const { documents, logger } = needed
  const last = new Map<string, Promise<number>>()
  const isLast = async (id: string): Promise<boolean> => {
    const own = numberIn(id)
    // A runner has its id for one life: nothing goes on from the number of what it was asked for.
    if (!own || isOfRunner(own.kind)) return false
    const known = last.get(own.kind) ?? lastNumber(documents, own.kind)
    last.set(own.kind, known)
    return own.number >= (await known)
  }
  const alerts = await removeAll(needed, deadline, {
    of: { collection: ALERTS, field: 'resolvedAt' },
    // What its channels were told would keep a new alert of the same name from being told.
    withRest: async (alert) => {
      if (alert.fields['state'] !== 'resolved') return null
      const channels = await documents.query({ collection: `${alert.path}/channels`, select: [] })
      return [removal(alert), ...channels.map(({ path }): Change => ({ kind: 'delete', path }))]
    },
  })
  // After the alerts, because each of those that stay is looked at again.
  const actions = await removeAll(needed, deadline, {
    of: { collection: RECOVERY_ACTIONS, field: 'finishedAt' },
    withRest: async (action) => (isOpen(action) || (await isLast(action.id)) ? null : [removal(action)]),
  })
  if (actions + alerts > 0) logger.info({ actions, alerts }, 'Actions and alerts that ended long ago were removed.')
  if (deadline.remainingMs === 0) logger.warn('There was no time to remove all old actions and alerts; the next run goes on.')
  return actions + alerts
}

const isOfRunner = (kind: string): boolean => kind.endsWith('-restart-runner')

/** An action of an earlier version may have an end and be open all the same, when it was asked for again. */
const isOpen = ({ fields }: DocumentSnapshot): boolean =>
  [...OPEN_ACTION_STATES, 'proposed'].some((state) => state === fields['state'])

const removal = ({ path, ...snapshot }: DocumentSnapshot): Change => ({
  kind: 'delete',
  path,
  unlessChangedSince: { path, ...snapshot },
})

interface Kind {
  readonly of: { readonly collection: string; readonly field: 'finishedAt' | 'resolvedAt' }
  /** The changes that remove it with all that belongs to it. Null: it stays. */
  readonly withRest: (snapshot: DocumentSnapshot) => Promise<Change[] | null>
}

async function removeAll({ documents, clock }: Needed, deadline: Deadline, { of, withRest }: Kind): Promise<number> {
  const { collection, field } = of
  const before = new Date(clock.now() - ENDED_KEEP_DAYS * DAY_MS)
  const query: Query = { collection, where: [[field, '<=', before]], orderBy: [field, 'asc'], thenById: true, limit: PAGE }
  let removed = 0
  for (let last: DocumentSnapshot | undefined; deadline.remainingMs > 0;) {
    const page = await documents.query(last ? { ...query, startAfter: [last.fields[field], last.id] } : query)
    for (const snapshot of page) {
      if (deadline.remainingMs === 0) return removed
      const changes = await withRest(snapshot)
      if (changes && (await isDone({ documents }, changes, snapshot))) removed++
    }
    if (page.length < PAGE) return removed
    last = page.at(-1)
  }
  return removed
}

/** Commits. False when the document has changed since: an alert that came back is open again. */
async function isDone({ documents }: Pick<Needed, 'documents'>, changes: Change[], known: DocumentSnapshot): Promise<boolean> {
  try {
    await documents.commit(changes)
    return true
  } catch (error) {
    const now = await documents.read(known.path)
    if (now?.updatedAtMicros === known.updatedAtMicros) throw error
    return now === null
  }
}
