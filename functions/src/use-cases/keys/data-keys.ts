import { HoldfastError } from '@holdfast/core/platform/errors'
import { parseStored } from '@holdfast/core/platform/parse'
import type { DocumentSnapshot } from '@holdfast/core/platform/ports'
import { writeUnlessChanged } from '@holdfast/core/platform/unless-changed'
import { withNextKey } from '@holdfast/core/security/next-data-key'
import {
  DATA_KEY_WAITS_MS,
  newestVersion,
  type SessionKeyDocument,
  sessionKeyDocumentSchema,
  sessionKeyPath,
} from '@holdfast/core/security/session-key-document'
import type { Principal } from '../../app/principal.ts'
import type { Dependencies } from '../dependencies.ts'
import { findSession } from '../find-session.ts'

type Needed = Pick<Dependencies, 'documents' | 'wrappingKey' | 'clock' | 'logger'>

/** The key document changes when somebody wraps its keys anew, which is rare. */
const MAX_ROUNDS = 5

interface DataKeyAnswer {
  readonly version: number
  /** Null: it is as old as the session, or was found in a checkpoint. */
  readonly madeAt: Date | null
  readonly state: 'earlier' | 'current' | 'waiting'
}

export interface DataKeysAnswer {
  readonly current: number
  readonly keys: readonly DataKeyAnswer[]
  /** The first checkpoint after this time makes the waiting key the current one. Null: none waits. */
  readonly usedFrom: Date | null
  readonly sentence: string
}

/**
 * Shows the data keys of a session.
 *
 * @throws Refusal `unknown-session`
 */
export async function showDataKeys(
  { documents }: Pick<Dependencies, 'documents'>,
  principal: Principal,
  name: string,
): Promise<DataKeysAnswer> {
  const { id } = await findSession(documents, principal, name)
  return answerOf(parsed(await keyDocumentOf({ documents }, id)))
}

/**
 * Makes the next data key of a session, which waits until the session's owner uses it. While one waits, no further one is made.
 *
 * @throws Refusal `unknown-session`; `wrapping-key-unavailable` and other errors of the keys
 */
export async function requestNextKey(needed: Needed, principal: Principal, name: string): Promise<DataKeysAnswer> {
  const { id } = await findSession(needed.documents, principal, name)
  for (let round = 1; round <= MAX_ROUNDS; round++) {
    const snapshot = await keyDocumentOf(needed, id)
    const outcome = await addNextKey(needed, snapshot)
    if (outcome === 'waiting') return answerOf(parsed(snapshot))
  }
  throw new HoldfastError('unavailable', `The data keys of "${name}" changed while one was added.`)
}

/**
 * Adds a data key in the version of the document that was read: a key that is stored is never replaced.
 *
 * @throws the errors of the keys; nothing is written then
 */
export async function addNextKey(
  { documents, wrappingKey, clock, logger }: Needed,
  snapshot: DocumentSnapshot,
): Promise<'added' | 'waiting' | 'changed'> {
  const { id, path, fields } = snapshot
  const next = await withNextKey(path, fields, wrappingKey, new Date(clock.now()))
  if (!next) return 'waiting'
  if (!(await writeUnlessChanged(documents, path, snapshot, { keys: next.keys }))) return 'changed'
  logger.info({ session: id, version: next.version }, 'A session has a further data key.')
  return 'added'
}

async function keyDocumentOf({ documents }: Pick<Dependencies, 'documents'>, sessionId: string): Promise<DocumentSnapshot> {
  const snapshot = await documents.read(sessionKeyPath(sessionId))
  if (snapshot) return snapshot
  throw new HoldfastError('data-key-missing', `Session ${sessionId} has no data key.`, {
    advice: 'Its key document was removed. Restore session_keys from a backup of Firestore.',
  })
}

const parsed = ({ fields, path }: DocumentSnapshot): SessionKeyDocument => parseStored(sessionKeyDocumentSchema, fields, path)

function answerOf(stored: SessionKeyDocument): DataKeysAnswer {
  const { current, keys } = stored
  const answers = Object.entries(keys).map(([version, { at = null }]): DataKeyAnswer => {
    const number = Number(version)
    return { version: number, madeAt: at, state: number === current ? 'current' : number < current ? 'earlier' : 'waiting' }
  })
  const newest = newestVersion(stored)
  const usedFrom = newest > current ? new Date((keys[newest]?.at?.getTime() ?? 0) + DATA_KEY_WAITS_MS) : null
  const sentence = usedFrom ? waits(newest) : 'No further data key waits.'
  return { current, keys: answers.toSorted((one, other) => one.version - other.version), usedFrom, sentence }
}

const waits = (version: number): string =>
  `Data key ${version} waits. The first checkpoint after \`usedFrom\` is sealed with it, and so is everything after that checkpoint. ` +
  'Earlier keys stay: what they have sealed is opened with them.'
