import { sessionKeyPath } from '@holdfast/core/security/session-key-document'
import { newSessionKeys, type SessionCipher, type WrappingKey } from '@holdfast/core/security/envelope'
import { HoldfastError } from '@holdfast/core/platform/errors'
import type { TenantSettings } from '@holdfast/core/operations/tenant-settings'
import { checkpointFolder } from '@holdfast/core/session/ids'
import type { Logger } from '@holdfast/core/platform/logging'
import type { Clock, DocumentSnapshot, DocumentStore, ObjectStore, Random, TaskQueues } from '@holdfast/core/platform/ports'
import { loadSessionCipher } from '@holdfast/core/security/session-keys'
import { hasSealedRecords } from '@holdfast/core/journal/journal-reader'
import type { JournalStore } from '@holdfast/core/journal/journal-store'
import { loadState, type Loaded } from '@holdfast/core/journal/load'
import type { Mutation } from '@holdfast/core/journal/mutation'
import type { StateImage } from '@holdfast/core/journal/state-image'
import { Checkpointer, type CheckpointPolicy } from './journal/checkpointer.ts'
import type { Claim } from './claim.ts'
import type { Client, ClientOptions } from '../whatsapp/port.ts'
import { Gate } from './journal/gate.ts'
import { Deliveries } from './inbox/deliveries.ts'
import { Inbox } from './inbox/inbox.ts'
import { MessageDocuments } from './inbox/message-documents.ts'
import type { JournalLimits } from './journal/commit.ts'
import type { Journal } from './journal/journal.ts'
import { retryByTask } from './outbox/later-retry.ts'
import { Outbox } from './outbox/outbox.ts'
import { forTenant, type SendPolicy } from './outbox/send-policy.ts'
import { Pacer } from './outbox/pacer.ts'
import { Receipts } from './outbox/receipts.ts'
import { Resending } from './outbox/resending.ts'
import type { SettledJobs } from './outbox/settled-jobs.ts'
import { SessionMemory } from './session-memory.ts'
import { JournaledState } from './journal/journaled-state.ts'
import { HistorySync } from './inbox/history-sync.ts'
import { Undecrypted } from './inbox/undecrypted.ts'

/** The parts that all sessions of a runner share. */
export interface SessionDependencies {
  readonly documents: DocumentStore
  readonly journals: JournalStore
  readonly objects: ObjectStore
  /** Where jobs are archived. Null without a bucket. */
  readonly archives: ObjectStore | null
  readonly clock: Clock
  readonly random: Random
  readonly logger: Logger
  readonly wrappingKey: WrappingKey
  readonly runnerId: string
  readonly journalLimits: JournalLimits
  readonly checkpoints: CheckpointPolicy
  /** `AUTO_RESTORE`: whether a damaged state is restored without approval even if the restore loses records. */
  readonly autoRestore: 'lossless' | 'always'
  readonly sending: SendPolicy
  /** True in storage mode `local`, where journals do not lie in Firestore. */
  readonly outlivesFirestore: boolean
  /** Takes what is to be done later than this process may wait. */
  readonly tasks: TaskQueues
  /** The settings that the session's tenant has now. They change while the session runs, so nobody keeps them. */
  readonly tenantSettings: (sessionId: string) => TenantSettings
  /**
   * Passes every open job of a session to `onJobs`, then each newly queued one. Returns the function that ends the subscription.
   */
  readonly subscribeJobs: (sessionId: string, onJobs: (jobs: readonly DocumentSnapshot[]) => void) => () => void
  readonly createClient: (options: ClientOptions) => Client
  /** Whether the session is suspected of ending its process. Each delivery is then counted durably before it is handled. */
  readonly countFirst?: () => boolean
  /** Replaces the keys of a state that lost its newest records, before it may connect again: see `rekey.ts`. */
  readonly rekey: (image: StateImage, lostRecords: number) => Mutation
}

/** The parts of one owned session whose state has been read and verified. */
export interface Engine {
  readonly state: JournaledState
  readonly cipher: SessionCipher
  readonly inbox: Inbox
  readonly undecrypted: Undecrypted
  readonly history: HistorySync
  readonly outbox: Outbox
  readonly pacer: Pacer
  readonly receipts: Receipts
  readonly resending: Resending
  readonly checkpointer: Checkpointer
  readonly client: Client
  readonly memory: SessionMemory
}

/** The readable part of a state, and the key that decrypted it. */
export interface Found {
  readonly cipher: SessionCipher
  readonly loaded: Loaded
}

/**
 * Reads the state of a claimed session. The result names its damage. Changes no part of the state.
 *
 * @throws HoldfastError when the data key is missing, wrong or damaged.
 * @throws other errors when the stores did not answer; a later attempt may succeed.
 */
export async function findState(dependencies: SessionDependencies, claim: Claim): Promise<Found> {
  const { journals, objects } = dependencies
  const cipher = await cipherOf(dependencies, claim)
  const loaded = await loadState({ journals, objects, cipher, pointers: claim.session, end: claim.head.sequence })
  return { cipher, loaded }
}

/** The parts that all engines of one ownership share. */
export interface Lasting {
  readonly journal: Journal
  readonly settled: SettledJobs
}

/** Wires the parts of a session to its state. Dials nothing yet. */
export function assembleEngine(
  dependencies: SessionDependencies,
  claim: Claim,
  { cipher, loaded }: Found,
  { journal, settled }: Lasting,
): Engine {
  const { documents, journals, objects, archives, clock, random, logger } = dependencies
  const { sessionId } = claim
  const { image, startedFrom } = loaded
  journal.unlock(cipher)
  const state = new JournaledState(image, journal)
  const inbox = new Inbox({ sessionId, state, documents, clock, logger })
  const undecrypted = new Undecrypted({ sessionId, state, clock, logger })
  inbox.onRefused((refused) => undecrypted.refused(refused))
  const receipts = new Receipts({ sessionId, state, cipher, documents, archives, clock, logger })
  const client = dependencies.createClient({
    state,
    deliveries: new Deliveries({ state, inbox, undecrypted, isSuspect: () => dependencies.countFirst?.() ?? false }),
    openGate: (commitPending) => new Gate({ journal, commitPending, now: () => clock.monotonic() }),
    clock,
    random,
    logger,
    sentMessage: (messageId) => receipts.messageOf(messageId),
    wantsFullHistory: () => dependencies.tenantSettings(sessionId).syncFullHistory,
  })
  const contactOf = (chat: string): string => client.contactOf(chat)
  const pacer = new Pacer({
    image,
    settings: () => {
      const { pacing, timeZone } = dependencies.tenantSettings(sessionId)
      return { ...pacing, timeZone }
    },
    clock,
    random,
    document: claim.session,
    contactOf,
    isCold: (chat) => client.isNewChat(chat),
  })
  const policy = forTenant(dependencies.sending, () => dependencies.tenantSettings(sessionId))
  const resending = new Resending({ state, receipts, policy, clock, logger })
  const outbox = new Outbox({
    subscribe: (onJobs) => dependencies.subscribeJobs(sessionId, onJobs),
    state,
    cipher,
    clock,
    documents,
    policy,
    pacer,
    onLaterRetry: retryByTask(dependencies),
    readsFirst: dependencies.outlivesFirestore,
    receipts,
    settled,
    logger,
    contactOf,
  })
  const checkpointer = new Checkpointer({
    state,
    tidyUp: () => {
      inbox.forget()
      undecrypted.giveUpOld()
    },
    cipher,
    journals,
    objects,
    clock,
    logger,
    policy: dependencies.checkpoints,
    session: claim.session,
    startedFrom,
  })
  const history = new HistorySync({
    state,
    inbox,
    documents: new MessageDocuments(sessionId, documents),
    undecrypted,
    reader: client.historyReader,
    clock,
    logger,
  })
  const memory = new SessionMemory(state)
  return { state, cipher, inbox, undecrypted, history, outbox, pacer, receipts, resending, checkpointer, client, memory }
}

/**
 * Returns the session's data key. Makes one only for a session that has never sealed anything; otherwise a missing key is damage.
 */
async function cipherOf(
  { documents, journals, objects, wrappingKey }: SessionDependencies,
  claim: Claim,
): Promise<SessionCipher> {
  const { sessionId } = claim
  const cipher = await loadSessionCipher(documents, sessionId, wrappingKey)
  if (cipher) return cipher
  const path = sessionKeyPath(sessionId)
  const isUsed = claim.session.checkpoint || claim.session.trimmedTo > 0 || (await hasSealedRecords(journals, sessionId))
  if (isUsed || (await objects.list(checkpointFolder(sessionId))).length > 0) {
    throw new HoldfastError('data-key-missing', `Session ${sessionId} has a journal or checkpoints but no data key.`, {
      advice: `Restore the document ${path} from a backup of Firestore.`,
    })
  }
  // Another process may have made the key, or this commit may have succeeded without an answer: the stored key counts.
  await documents.commit([{ kind: 'create', path, fields: { ...newSessionKeys(sessionId, wrappingKey) } }]).catch(() => {})
  const made = await loadSessionCipher(documents, sessionId, wrappingKey)
  if (!made) throw new Error(`The data key of ${sessionId} could not be stored.`)
  return made
}
