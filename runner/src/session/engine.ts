import { journalPath } from '@holdfast/core/documents/journal-record'
import { sessionKeyPath } from '@holdfast/core/documents/session-key-document'
import { newSessionKeys, type SessionCipher, type WrappingKey } from '@holdfast/core/envelope'
import { HoldfastError } from '@holdfast/core/errors'
import type { Logger } from '@holdfast/core/logging'
import type { Clock, DocumentSnapshot, DocumentStore, ObjectStore, Random } from '@holdfast/core/ports'
import { loadSessionCipher } from '@holdfast/core/session-keys'
import { Checkpointer, type CheckpointPolicy } from './checkpointer.ts'
import type { Claim } from './claim.ts'
import type { Connect } from './connection.ts'
import { Inbox } from './inbox.ts'
import { Journal, type JournalLimits } from './journal.ts'
import { Outbox } from './outbox.ts'
import { restoreState } from './restore.ts'
import type { SendPolicy } from './send-policy.ts'
import { SentJobs } from './sent-jobs.ts'
import { SessionMemory } from './session-memory.ts'
import { SessionState } from './session-state.ts'

/** What every session of a runner shares. */
export interface SessionDependencies {
  readonly documents: DocumentStore
  readonly objects: ObjectStore
  readonly clock: Clock
  readonly random: Random
  readonly logger: Logger
  readonly wrappingKey: WrappingKey
  readonly runnerId: string
  readonly journalLimits: JournalLimits
  readonly checkpoints: CheckpointPolicy
  readonly sending: SendPolicy
  /** Gives every open job of a session first, then each one that is queued. Returns what ends it. */
  readonly subscribeJobs: (sessionId: string, onJobs: (jobs: readonly DocumentSnapshot[]) => void) => () => void
  readonly createClient: (options: ClientOptions) => Client
}

export interface ClientOptions {
  readonly state: SessionState
  readonly inbox: Inbox
  readonly clock: Clock
  readonly random: Random
  readonly sentMessage: (messageId: string) => Promise<Uint8Array | null>
}

/** A WhatsApp client library, for one session. */
export interface Client {
  readonly connect: Connect
  readonly me: { id: string; lid: string | null } | null
  renewIdentity(): void
}

/** The parts of one owned session whose state has been read and verified. */
export interface Engine {
  readonly state: SessionState
  readonly cipher: SessionCipher
  readonly inbox: Inbox
  readonly outbox: Outbox
  readonly sentJobs: SentJobs
  readonly checkpointer: Checkpointer
  readonly client: Client
  readonly memory: SessionMemory
}

/**
 * Reads the state of a claimed session and puts its parts together. Nothing is dialled yet.
 *
 * @throws HoldfastError when the state cannot be had in full (damage, a missing or wrong key); nothing was changed.
 * @throws other errors when Firestore or Cloud Storage did not answer: worth another try.
 */
export async function openEngine(dependencies: SessionDependencies, claim: Claim): Promise<Engine> {
  const { documents, objects, clock, random, logger, runnerId } = dependencies
  const { sessionId } = claim
  const cipher = await cipherOf(dependencies, claim)
  const { image, replayed, damaged, startedFrom } = await restoreState({ documents, objects, cipher, claim })
  for (const error of damaged) logger.error({ error }, 'A checkpoint is damaged; an older one and the journal made up for it.')
  logger.info({ replayed }, 'The state was restored.')
  const journal = new Journal({
    documents,
    sessionId,
    runnerId,
    cipher,
    clock,
    random,
    limits: dependencies.journalLimits,
    head: claim.head,
  })
  const state = new SessionState(image, journal)
  const inbox = new Inbox({ state, cipher, documents, clock, logger })
  const sentJobs = new SentJobs({ sessionId, state, cipher, documents, clock, logger })
  const outbox = new Outbox({
    subscribe: (onJobs) => dependencies.subscribeJobs(sessionId, onJobs),
    state,
    cipher,
    clock,
    policy: dependencies.sending,
    sentJobs,
    logger,
  })
  const checkpointer = new Checkpointer({
    state,
    inbox,
    cipher,
    documents,
    objects,
    clock,
    logger,
    policy: dependencies.checkpoints,
    session: claim.session,
    startedFrom,
  })
  const client = dependencies.createClient({
    state,
    inbox,
    clock,
    random,
    sentMessage: (messageId) => sentJobs.messageOf(messageId),
  })
  return { state, cipher, inbox, outbox, sentJobs, checkpointer, client, memory: new SessionMemory(state) }
}

/** The session's data key. Made here only for a session that has never sealed anything; otherwise its absence is damage. */
async function cipherOf({ documents, wrappingKey }: SessionDependencies, claim: Claim): Promise<SessionCipher> {
  const { sessionId } = claim
  const cipher = await loadSessionCipher(documents, sessionId, wrappingKey)
  if (cipher) return cipher
  const path = sessionKeyPath(sessionId)
  if (claim.session.checkpoint || (await hasSealedRecords(documents, sessionId))) {
    throw new HoldfastError('data-key-missing', `Session ${sessionId} has a journal but no data key.`, {
      advice: `Restore the document ${path} from a backup of Firestore.`,
    })
  }
  // Another process may have made it meanwhile, or this commit may have succeeded unheard: what is there counts.
  await documents.commit([{ kind: 'create', path, fields: { ...newSessionKeys(sessionId, wrappingKey) } }]).catch(() => {})
  const made = await loadSessionCipher(documents, sessionId, wrappingKey)
  if (!made) throw new Error(`The data key of ${sessionId} could not be stored.`)
  return made
}

/** A session that nobody could open yet has claims only. */
async function hasSealedRecords(documents: DocumentStore, sessionId: string): Promise<boolean> {
  const first = await documents.query({
    collection: journalPath(sessionId),
    orderBy: ['id', 'asc'],
    limit: 100,
    select: ['keyVersion'],
  })
  return first.length === 100 || first.some(({ fields }) => fields['keyVersion'] !== 0)
}
