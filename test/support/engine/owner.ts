import { parseStored } from '@holdfast/core/platform/parse'
import { sessionDocumentSchema, sessionPath } from '@holdfast/core/session/session-document'
import { createLogger } from '@holdfast/core/platform/logging'
import { messagesPath } from '@holdfast/core/message/message-document'
import { namesIn } from '@holdfast/core/message/open-message'
import type { Clock, DocumentStore, ObjectStore } from '@holdfast/core/platform/ports'
import { DocumentJournals } from '@holdfast/core/journal/document-journals'
import type { JournalStore } from '@holdfast/core/journal/journal-store'
import { loadState, type Loaded } from '@holdfast/core/journal/load'
import { systemClock } from '@holdfast/core/platform/system-clock'
import { Checkpointer } from '../../../runner/src/session/journal/checkpointer.ts'
import type { Claim } from '../../../runner/src/session/claim.ts'
import type { ReceivedMessage } from '../../../runner/src/whatsapp/received-message.ts'
import { Inbox } from '../../../runner/src/session/inbox/inbox.ts'
import type { Journal } from '../../../runner/src/session/journal/journal.ts'
import { JournaledState } from '../../../runner/src/session/journal/journaled-state.ts'
import type { SessionUnderTest } from './session-under-test.ts'

/** The store of a session without a checkpoint. */
const NO_OBJECTS: ObjectStore = {
  create: () => Promise.reject(new Error('This test has no object store.')),
  read: () => Promise.reject(new Error('This test has no object store.')),
  list: () => Promise.resolve([]),
  describe: () => Promise.resolve([]),
  placeOf: (name) => name,
}

export interface Owner {
  readonly claim: Claim
  readonly restored: Loaded
  readonly journal: Journal
  readonly state: JournaledState
  readonly inbox: Inbox
}

/** Claims the session and loads its state, as a runner does before it dials. */
export async function takeOver(
  session: SessionUnderTest,
  options: {
    runnerId?: string
    documents?: DocumentStore
    /** Where the records are, if not among the documents. */
    journals?: JournalStore
    objects?: ObjectStore
    clock?: Clock
  } = {},
): Promise<Owner> {
  const { runnerId = 'owner', documents = session.documents, objects = NO_OBJECTS, clock = systemClock } = options
  const journals = options.journals ?? new DocumentJournals(documents)
  const isElsewhere = options.journals !== undefined
  const claim = await (isElsewhere ? session.claimThrough({ documents, journals }, runnerId) : session.claim(runnerId))
  const restored = await loadState({
    journals,
    objects,
    cipher: session.cipher,
    pointers: claim.session,
    end: claim.head.sequence,
  })
  if (restored.trouble) throw restored.trouble
  const journal = session.journal(claim, runnerId, { journals })
  const state = new JournaledState(restored.image, journal)
  const inbox = new Inbox({ sessionId: session.sessionId, state, documents, clock, logger: createLogger('test', 'silent') })
  return { claim, restored, journal, state, inbox }
}

/** Makes a checkpoint of the whole state, as an owner does from time to time. */
export async function checkpointNow(
  session: SessionUnderTest,
  owner: Owner,
  { objects }: { readonly objects: ObjectStore },
): Promise<void> {
  const snapshot = await session.documents.read(sessionPath(session.sessionId))
  const checkpointer = new Checkpointer({
    state: owner.state,
    tidyUp: () => owner.inbox.forget(),
    cipher: session.cipher,
    keys: session.keys(),
    journals: session.journals,
    objects,
    clock: systemClock,
    logger: createLogger('test', 'silent'),
    policy: { everyRecords: 1, everyMs: 60_000 },
    session: parseStored(sessionDocumentSchema, snapshot?.fields, session.sessionId),
    startedFrom: parseStored(sessionDocumentSchema, snapshot?.fields, session.sessionId).checkpoint,
  })
  await checkpointer.backup({ why: 'requested' })
}

const CONTACT = '5511900000002@s.whatsapp.net'

export const textMessage = (messageId: string, text = `text of ${messageId}`): ReceivedMessage => ({
  messageId,
  chat: CONTACT,
  participant: null,
  fromMe: false,
  pushName: 'Bob',
  type: 'text',
  text,
  proto: Buffer.from(`proto of ${text}`),
  sentAtMs: systemClock.now(),
})

export interface Received {
  hash: string
  message: ReceivedMessage | null
}

export const stanza = (messageId: string, hash = `hash of ${messageId}`): Received => ({ hash, message: textMessage(messageId) })

/** Changes the state as a decryption does: one mutation holds the ratchet step and the row. Returns its position. */
export function receive(
  { inbox, state }: Pick<Owner, 'inbox' | 'state'>,
  { hash, message }: Received,
  plain: Buffer = Buffer.from(`plaintext of ${hash}`),
): number {
  const { keys, entry, onApplied } = inbox.admit({ hash, stanzaId: message?.messageId ?? hash, plain, message })
  const position = state.change({ keys: { ...keys, session: { [`step ${hash}`]: 'stepped' } } }, entry)
  onApplied()
  return position
}

export interface Listed {
  readonly messageId: string
  readonly order: string
}

/** Returns the next page of a reader with a cursor, in ascending order. */
export async function listMessages(session: SessionUnderTest, after?: string, limit = 1000): Promise<Listed[]> {
  const found = await session.documents.query({
    collection: messagesPath(session.sessionId),
    orderBy: ['order', 'asc'],
    ...(after === undefined ? {} : { startAfter: after }),
    limit,
  })
  return found.map((snapshot) => ({
    messageId: namesIn(session.cipher, snapshot)?.messageId ?? '',
    order: String(snapshot.fields['order']),
  }))
}
