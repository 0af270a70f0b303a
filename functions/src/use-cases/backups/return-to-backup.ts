import { assessState } from '@holdfast/core/journal/assess'
import { readCheckpoint } from '@holdfast/core/journal/checkpoint'
import type { StateImage } from '@holdfast/core/journal/state-image'
import { messagesPath } from '@holdfast/core/message/message-document'
import { isDamage, isKeyTrouble } from '@holdfast/core/platform/errors'
import { backupIdOf } from '@holdfast/core/session/backup-document'
import { placeOfCheckpoint, sequenceId } from '@holdfast/core/session/ids'
import { recordsIn, unlinkedSince } from '@holdfast/core/session/put-aside'
import type { SessionDocument } from '@holdfast/core/session/session-document'
import type { Principal } from '../../app/principal.ts'
import type { Dependencies } from '../dependencies.ts'
import { cipherOf, findSession, parseSession } from '../find-session.ts'
import { requestAction } from '../recoveries/request-action.ts'
import { Refusal } from '../refusal.ts'
import { backupAnswer } from './list-backups.ts'
import { describedBy } from './prove-backup.ts'
import { type StoredBackup, storedBackups } from './stored-backups.ts'

type Needed = Pick<Dependencies, 'documents' | 'objects' | 'journals' | 'wrappingKey' | 'clock' | 'logger'>

/** The backup to return to: by its id, or the newest one that is not after a time. */
export type Wanted = { readonly backup: string } | { readonly at: Date }

interface ReturnRequest {
  readonly name: string
  readonly wanted: Wanted
  /** If false, nothing is changed, and the answer says what would be lost. */
  readonly approve: boolean
  /** The return of many sessions that it belongs to. */
  readonly run?: string | null
}

/**
 * Returns a session to a backup, whether its state is damaged or not. Says first what is in the backup, what would be lost, and what the
 * risk is.
 *
 * @throws Refusal `unknown-session`, `unknown-backup` or `cannot-restore`
 */
export async function returnToBackup(needed: Needed, principal: Principal, { name, wanted, approve, run = null }: ReturnRequest) {
  const { documents, objects, wrappingKey, logger } = needed
  const { id: sessionId, snapshot } = await findSession(documents, principal, name)
  const session = parseSession(snapshot)
  const backup = chosen(await storedBackups(needed, sessionId), wanted)
  requireSameDevice(session, backup)
  const cipher = await cipherOf(documents, sessionId, wrappingKey)
  const pointer = backup.document ?? (await describedBy(needed, { sessionId, cipher, backup }))
  if (!pointer) throw unknown()
  const { image } = await readCheckpoint(objects, cipher, pointer).catch((error: unknown) => {
    throw isDamage(error) || isKeyTrouble(error)
      ? new Refusal('cannot-restore', `The backup cannot be used: ${error.message}`)
      : error
  })
  if (image.creds === null) throw new Refusal('cannot-restore', 'The backup has no credentials.')
  const madeAt = backup.document?.at ?? backup.stored?.createdAt ?? null
  const plan = {
    backup: backupAnswer({ ...backup, document: backup.document ?? pointer }, session.checkpoint?.object ?? null),
    gapMs: 'at' in wanted && madeAt ? wanted.at.getTime() - madeAt.getTime() : null,
    contents: image.counts(),
    ...(await lossOf(needed, { sessionId, session, image, after: pointer.seq })),
  }
  if (!approve) {
    const given = 'at' in wanted ? `"at": "${wanted.at.toISOString()}"` : `"backup": "${backup.id}"`
    const next = `Nothing was done. To agree: POST /api/sessions/${name}/restore {${given}, "approve": true}.`
    return { outcome: 'planned', body: { approved: false, ...plan, next } } as const
  }
  const { object, generation, sha256, seq, epoch } = pointer
  const restoreTo = { object, generation, sha256, seq, epoch }
  const why = `Return to backup ${backup.id}, giving up ${plan.wouldLose.records} records.`
  const action = await requestAction(documents, principal, {
    sessionId,
    type: 'restore',
    why,
    approved: { reaches: seq },
    restoreTo,
    restoreRun: run,
  })
  logger.warn({ action: action.id, backup: backup.id, records: plan.wouldLose.records }, 'A return to a backup was approved.')
  return { outcome: 'requested', body: { approved: true, ...plan, action } } as const
}

const unknown = (): Refusal => new Refusal('unknown-backup', 'Use an id from GET /api/sessions/{name}/backups.')

/** The newest first. */
function chosen(backups: readonly StoredBackup[], wanted: Wanted): StoredBackup {
  const usable = backups.filter(({ stored }) => stored !== null)
  if ('backup' in wanted) {
    const found = usable.find(({ id }) => id === wanted.backup)
    if (!found) throw unknown()
    return found
  }
  const madeBy = ({ document, stored }: StoredBackup): number => (document?.at ?? stored?.createdAt)?.getTime() ?? 0
  const found = usable.find(
    (backup) => madeBy(backup) <= wanted.at.getTime() && backup.document?.verification?.state !== 'failed',
  )
  if (!found) throw new Refusal('unknown-backup', 'No backup is that old.')
  return found
}

/** WhatsApp has ended the credentials that a log-out put aside: a restore of them would only ask for a new scan. */
function requireSameDevice({ state, putAside }: SessionDocument, { object }: StoredBackup): void {
  const ended = unlinkedSince(putAside, placeOfCheckpoint(object)?.seq ?? 0)
  // The owner may be about to put its last state aside.
  if (!ended && state !== 'LOGGED_OUT') return
  const last = ended ? ` (${backupIdOf(ended.object)})` : ''
  throw new Refusal('cannot-restore', `The device of this backup was unlinked${last}. WhatsApp accepts its credentials no more.`)
}

interface Losing {
  readonly sessionId: string
  readonly session: SessionDocument
  /** The state of the backup, whose last record is `after`. */
  readonly image: StateImage
  readonly after: number
}

/** Compares the backup with the present state, as far as that can be read. */
async function lossOf({ documents, journals, objects, wrappingKey }: Needed, { sessionId, session, image, after }: Losing) {
  const openCipher = () => cipherOf(documents, sessionId, wrappingKey)
  const assessed = await assessState({ journals, objects, sessionId, session, openCipher })
  const present = assessed.status === 'missing' ? null : assessed.loaded?.image
  const upTo = 'end' in assessed ? assessed.end : session.journalHead
  const records = recordsIn(session.putAside, { after, upTo })
  const where = [['order', '>', `${sequenceId(after)}-999999`] as const]
  const messages = await documents.count({ collection: messagesPath(sessionId), where })
  const isKnown = new Set([...image.entries('session')].map(([contact]) => contact))
  const contacts = present ? [...present.entries('session')].filter(([contact]) => !isKnown.has(contact)).length : null
  const wouldLose = {
    records,
    after,
    upTo,
    messages,
    contacts,
    chats: image.count('session'),
    sentence:
      `All changes of keys since then are given up. The ${messages} messages that were received since then keep their documents, and so do ` +
      'jobs. The next message to each contact begins a new encrypted session, and what contacts send in a newer one is asked for again.',
  }
  return { wouldLose, risk: riskOf(records, assessed.status) }
}

/** high: much has changed since. medium: something has. low: the state is damaged, and this is a way out. */
function riskOf(records: number, status: 'missing' | 'valid' | 'corrupt') {
  if (status !== 'valid') {
    return { level: 'low' as const, sentence: 'The present state cannot be used, so that there is little to lose.' }
  }
  if (records > MUCH_CHANGED) {
    const sentence = `The present state is whole, and ${records} records newer. A restore helps only against damage that the keys have.`
    return { level: 'high' as const, sentence }
  }
  return {
    level: 'medium' as const,
    sentence: 'The present state is whole. It is backed up first, and the restore can be undone.',
  }
}

const MUCH_CHANGED = 5000
