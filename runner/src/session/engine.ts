import { sessionKeyPath } from '@holdfast/core/security/session-key-document'
import { newSessionKeys, type SessionCipher } from '@holdfast/core/security/envelope'
import type { KeyWrapping } from '@holdfast/core/security/key-wrapping'
import { HoldfastError } from '@holdfast/core/platform/errors'
import { proxyOf, type ProxyFields } from '@holdfast/core/operations/session-proxy'
import type { SessionProxy } from '@holdfast/core/session/proxy-settings'
import type { TenantSettings } from '@holdfast/core/operations/tenant-settings'
import { hasMedia } from '@holdfast/core/message/received-media-document'
import { checkpointFolder } from '@holdfast/core/session/ids'
import { isIgnored, type Ignored } from '@holdfast/core/session/webhooks'
import type { Logger } from '@holdfast/core/platform/logging'
import type { Bytes, ObjectStreams } from '@holdfast/core/platform/object-streams'
import type { OutgoingHttp } from '@holdfast/core/platform/outgoing'
import { NO_TRACES, type Traces } from '@holdfast/core/platform/traces'
import type { Clock, DocumentSnapshot, DocumentStore, ObjectStore, Random, TaskQueues } from '@holdfast/core/platform/ports'
import { loadSessionCipher } from '@holdfast/core/security/session-keys'
import { hasSealedRecords } from '@holdfast/core/journal/journal-reader'
import type { JournalStore } from '@holdfast/core/journal/journal-store'
import { loadState, type Loaded } from '@holdfast/core/journal/load'
import type { PlannedRecord } from '@holdfast/core/journal/clean-up-plan'
import type { Mutation } from '@holdfast/core/journal/mutation'
import type { StateImage } from '@holdfast/core/journal/state-image'
import { moveToArchive } from './archive/move-to-archive.ts'
import { RecordWatch } from './archive/record-watch.ts'
import { RecordArchive } from './archive/record-archive.ts'
import { Checkpointer, type CheckpointPolicy } from './journal/checkpointer.ts'
import type { Claim } from './claim.ts'
import type { Happening } from '../whatsapp/happening.ts'
import type { LostState } from '../whatsapp/lost-state.ts'
import type { Client, ClientOptions } from '../whatsapp/port.ts'
import { ReceivedTrace } from '../whatsapp/received-trace.ts'
import { DataKeys } from './journal/data-keys.ts'
import { Gate } from './journal/gate.ts'
import { happenedIn } from './happened.ts'
import { Directory } from './directory/directory.ts'
import { Groups } from './directory/groups.ts'
import { Deliveries } from './inbox/deliveries.ts'
import { Inbox } from './inbox/inbox.ts'
import { MessageDocuments } from './inbox/message-documents.ts'
import type { JournalLimits } from './journal/commit.ts'
import type { Journal } from './journal/journal.ts'
import { retryByTask } from './outbox/later-retry.ts'
import { LinkPreviews } from './outbox/link-previews.ts'
import { Outbox } from './outbox/outbox.ts'
import { OutgoingMedia } from './media/outgoing-media.ts'
import { Ffmpeg } from './media/voice-converter.ts'
import { IncomingMedia } from './media/incoming-media.ts'
import { withoutStandstill } from './media/standstill.ts'
import { forTenant, type SendPolicy } from './outbox/send-policy.ts'
import { Pacer } from './outbox/pacer.ts'
import { Preparation } from './outbox/preparation.ts'
import { ReferredMessages } from './outbox/referred-messages.ts'
import { Receipts } from './outbox/receipts.ts'
import { Resending } from './outbox/resending.ts'
import type { SettledJobs } from './outbox/settled-jobs.ts'
import { RenewableClient } from './renewable-client.ts'
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
  /** The bytes of media. */
  readonly media: ObjectStreams
  /** A larger file of a received message is not fetched. */
  readonly mostMediaBytes: number
  /** Begins to fetch a file from a host outside. */
  readonly fetchFile: (url: string) => Promise<{ readonly bytes: Bytes }>
  readonly clock: Clock
  readonly random: Random
  readonly logger: Logger
  readonly wrappingKey: KeyWrapping
  readonly runnerId: string
  readonly journalLimits: JournalLimits
  readonly checkpoints: CheckpointPolicy
  /** `AUTO_RESTORE`: whether a damaged state is restored without approval even if the restore loses records. */
  readonly autoRestore: 'lossless' | 'always'
  readonly sending: SendPolicy
  /** True in storage mode `local`, where journals do not lie in Firestore. */
  readonly outlivesFirestore: boolean
  /** Calls hosts outside, for the previews of links. Without it there are none. */
  readonly http?: OutgoingHttp
  /** Takes what is to be done later than this process may wait. */
  readonly tasks: TaskQueues
  /** The settings that the session's tenant has now. They change while the session runs, so nobody keeps them. */
  readonly tenantSettings: (sessionId: string) => TenantSettings
  /** Whether somebody listens to the stream of the session's tenant. Absent: nobody does. */
  readonly isListenedTo?: (sessionId: string) => boolean
  /**
   * Passes every open job of a session to `onJobs`, then each newly queued one. Returns the function that ends the subscription.
   */
  readonly subscribeJobs: (sessionId: string, onJobs: (jobs: readonly DocumentSnapshot[]) => void) => () => void
  readonly createClient: (options: ClientOptions) => Client
  /** Whether the session is suspected of ending its process. Each delivery is then counted durably before it is handled. */
  readonly countFirst?: () => boolean
  /** Absent: nothing is traced. */
  readonly traces?: Traces
  /** What the session's configuration says to ignore now. Absent: nothing. */
  readonly ignored?: () => Ignored
  /** What the session's document says of its proxy now. Absent: what it said at the claim. */
  readonly proxyFields?: () => ProxyFields
  /** Replaces the keys of a state that lost its newest records, before it may connect again: see `rekey.ts`. */
  readonly rekey: (image: StateImage, lost: LostState) => Mutation
}

/** The parts of one owned session whose state has been read and verified. */
export interface Engine {
  readonly state: JournaledState
  readonly cipher: SessionCipher
  readonly inbox: Inbox
  readonly undecrypted: Undecrypted
  readonly history: HistorySync
  readonly incomingMedia: IncomingMedia
  readonly fetchFile: SessionDependencies['fetchFile']
  readonly outbox: Outbox
  readonly pacer: Pacer
  readonly receipts: Receipts
  readonly resending: Resending
  readonly checkpointer: Checkpointer
  readonly client: RenewableClient
  readonly memory: SessionMemory
  readonly directory: Directory
  readonly groups: Groups
  /** Tells of something, where somebody wants to know. */
  readonly happened: (happening: Happening) => void
  readonly records: RecordWatch
  readonly archive: Pick<RecordArchive, 'waitsSince'>
  /** Moves Signal records to the archive of the session. */
  readonly archiving: { readonly move: (records: readonly PlannedRecord[]) => Promise<PlannedRecord[]> }
  /** What the tenant says of clean-ups now. */
  readonly cleanUpSettings: () => TenantSettings['cleanup']
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
  const traces = dependencies.traces === NO_TRACES ? null : dependencies.traces
  const { sessionId } = claim
  const traced = traces ? { traces } : {}
  const { image, startedFrom } = loaded
  journal.unlock(cipher)
  const state = new JournaledState(image, journal, clock)
  const inbox = new Inbox({ sessionId, state, documents, clock, logger })
  const undecrypted = new Undecrypted({ sessionId, state, clock, logger })
  inbox.onRefused((refused) => undecrypted.refused(refused))
  const receipts = new Receipts({ sessionId, state, cipher, documents, archives, clock, logger, ...traced })
  const archive = new RecordArchive({ image, objects, cipher, clock, logger })
  const options: ClientOptions = {
    state,
    archived: archive,
    deliveries: new Deliveries({
      state,
      inbox,
      undecrypted,
      isSuspect: () => dependencies.countFirst?.() ?? false,
      isIgnored: (chat) => isIgnored(chat, dependencies.ignored?.() ?? {}),
    }),
    openGate: (commitPending) => new Gate({ journal, commitPending, now: () => clock.monotonic() }),
    clock,
    random,
    logger,
    sentMessage: (messageId) => receipts.messageOf(messageId),
    wantsFullHistory: () => dependencies.tenantSettings(sessionId).syncFullHistory,
    proxy: () => usableProxy(cipher, dependencies.proxyFields?.() ?? claim.session, logger),
    ...(traces ? { traceReceived: (messageId) => ReceivedTrace.begin(traces, sessionId, messageId) } : {}),
  }
  const client = new RenewableClient(() => dependencies.createClient(options))
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
  const directory = new Directory({
    sessionId,
    cipher,
    documents,
    clock,
    logger,
    nameOf: contactOf,
    lidOf: (jid) => lidIn(image, jid),
    append: (entry) => void state.append(entry),
    lastRecord: () => journal.head.sequence,
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
    preparation: new Preparation({
      disappearsAfter: (chat) => directory.disappearsAfter(chat),
      referred: new ReferredMessages({ sessionId, cipher, documents, archives }),
      previews: dependencies.http && new LinkPreviews({ http: dependencies.http, clock, logger }),
    }),
    outgoingMedia: new OutgoingMedia({
      sessionId,
      cipher,
      cipherOf: (other) => loadSessionCipher(documents, other, dependencies.wrappingKey),
      store: withoutStandstill(dependencies.media, clock),
      fetchFile: dependencies.fetchFile,
      converter: new Ffmpeg(),
      clock,
    }),
    onLaterRetry: retryByTask(dependencies),
    readsFirst: dependencies.outlivesFirestore,
    receipts,
    settled,
    logger,
    ...traced,
    contactOf,
    describe: (sent) => client.describeSent(sent),
  })
  const checkpointer = new Checkpointer({
    state,
    tidyUp: () => {
      inbox.forget()
      archive.forget()
      undecrypted.giveUpOld()
    },
    cipher,
    keys: new DataKeys({ cipher, documents, wrappingKey: dependencies.wrappingKey, clock, logger }),
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
    directory,
    // Asked for each time, because a renewed client has another one.
    reader: { read: (plain) => client.historyReader.read(plain) },
    clock,
    logger,
  })
  const incomingMedia = new IncomingMedia({
    sessionId,
    state,
    cipher,
    documents,
    store: withoutStandstill(dependencies.media, clock),
    // Asked for each time, because a renewed client has another one.
    reader: {
      mediumIn: (message, chat) => client.media.mediumIn(message, chat),
      download: (medium, signal) => client.media.download(medium, signal),
    },
    mostBytes: dependencies.mostMediaBytes,
    clock,
    logger,
  })
  inbox.onDocumented((document, { type }) => {
    if (hasMedia(type)) incomingMedia.heard(document)
  })
  const cleanUpSettings = () => dependencies.tenantSettings(sessionId).cleanup
  const ownUsers = () => [client.me?.id, client.me?.lid].flatMap((jid) => jid?.split('@')[0] ?? [])
  const records = new RecordWatch({ state, clock, settings: cleanUpSettings, ownUsers })
  const memory = new SessionMemory(state)
  state.onEntry(directory.ride)
  const groups = new Groups({ sessionId, cipher, documents, clock, logger, append: (entry) => void state.append(entry) })
  return {
    state,
    cipher,
    inbox,
    undecrypted,
    history,
    incomingMedia,
    fetchFile: dependencies.fetchFile,
    outbox,
    pacer,
    receipts,
    resending,
    checkpointer,
    client,
    memory,
    directory,
    groups,
    happened: happenedIn(state),
    records,
    archive,
    archiving: { move: (planned) => moveToArchive({ state, objects, cipher }, planned) },
    cleanUpSettings,
  }
}

/** The LID of a person, as the state maps it. */
function lidIn(image: StateImage, jid: string): string | null {
  const user = /^(\d+)@s\.whatsapp\.net$/.exec(jid)?.[1]
  const stored = user === undefined ? undefined : image.get('lid-mapping', user)
  const lid: unknown = stored === undefined ? null : JSON.parse(stored)
  return typeof lid === 'string' && lid !== '' ? `${lid}@lid` : null
}

/** A proxy that nobody reaches. */
const NO_PROXY: SessionProxy = { scheme: 'http', host: 'unusable.invalid', port: 1, username: null, password: null }

/** A session whose proxy cannot be used waits, as for one that does not answer: it never connects without it. */
function usableProxy(cipher: SessionCipher, fields: ProxyFields, logger: Logger): SessionProxy | null {
  try {
    return proxyOf(cipher, fields)
  } catch (error) {
    logger.error({ error }, 'The proxy of the session cannot be used; the session does not connect without it.')
    return NO_PROXY
  }
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
  const keys = await newSessionKeys(sessionId, wrappingKey)
  await documents.commit([{ kind: 'create', path, fields: { ...keys } }]).catch(() => {})
  const made = await loadSessionCipher(documents, sessionId, wrappingKey)
  if (!made) throw new Error(`The data key of ${sessionId} could not be stored.`)
  return made
}
