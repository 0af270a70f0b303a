import { textOfContent } from '@holdfast/core/message/content'
import { jobDocumentSchema, jobPath, type JobDocument } from '@holdfast/core/message/job-document'
import { sealJobContent, sealJobProto } from '@holdfast/core/message/sealed-content'
import { createLogger } from '@holdfast/core/platform/logging'
import {
  SERVER_TIME,
  type Clock,
  type DocumentSnapshot,
  type DocumentStore,
  type Fields,
  type ObjectStore,
} from '@holdfast/core/platform/ports'
import type { JournalStore } from '@holdfast/core/journal/journal-store'
import { systemClock } from '@holdfast/core/platform/system-clock'
import { afterAll, beforeAll } from 'vitest'
import type { Connection } from '../../../runner/src/whatsapp/port.ts'
import { Outbox, type OutboxOptions } from '../../../runner/src/session/outbox/outbox.ts'
import { Preparation } from '../../../runner/src/session/outbox/preparation.ts'
import { SettledJobs } from '../../../runner/src/session/outbox/settled-jobs.ts'
import { DEFAULT_SEND_POLICY, type SendPolicy } from '../../../runner/src/session/outbox/send-policy.ts'
import { Receipts } from '../../../runner/src/session/outbox/receipts.ts'
import { type FirestoreUnderTest, startFirestore } from '../firestore-under-test.ts'
import { NO_FILES } from './no-media.ts'
import { NO_QUESTIONS } from './no-questions.ts'
import { takeOver } from './owner.ts'
import { SessionUnderTest } from './session-under-test.ts'

export interface OutboxOptionsUnderTest {
  isReachable?: () => Promise<boolean>
  policy?: Partial<SendPolicy>
  pacer?: OutboxOptions['pacer']
  clock?: Clock
  readsFirst?: boolean
  receipts?: { documents?: DocumentStore; archives?: ObjectStore; clock?: Clock }
  /** The store of the session's journal and of the jobs. */
  through?: (documents: DocumentStore) => DocumentStore
  /** Where the session's journal is, if not in that store. */
  journalsFor?: (documents: DocumentStore) => JournalStore
}

/** A session that sends as fast as WhatsApp takes. */
const UNPACED: OutboxOptions['pacer'] = { isPaced: false, holdOf: () => null, sent: () => ({ keys: {}, events: [] }) }

/** An outbox on a real journal that gets its jobs from the test, with a connection that records what it sends. */
export async function outboxUnderTest(documents: DocumentStore, options: OutboxOptionsUnderTest = {}) {
  const { isReachable = () => Promise.resolve(true), pacer = UNPACED, clock = systemClock, through = (same) => same } = options
  const session = await new SessionUnderTest(documents).create()
  const { sessionId, cipher } = session
  const stored = through(documents)
  const journals = options.journalsFor?.(stored)
  const { state, journal } = await takeOver(session, { documents: stored, ...(journals ? { journals } : {}) })
  const parts = { state, cipher, clock, logger: createLogger('test', 'silent') }
  const receipts = new Receipts({ ...parts, sessionId, documents, archives: null, ...options.receipts })
  let bring: (jobs: readonly DocumentSnapshot[]) => void = () => {}
  const later: string[] = []
  const outbox = new Outbox({
    ...parts,
    documents: stored,
    subscribe: (onJobs) => {
      bring = onJobs
      return () => {}
    },
    settled: new SettledJobs(),
    contactOf: (chat) => chat,
    describe: () => null,
    readsFirst: options.readsFirst ?? false,
    pacer,
    outgoingMedia: { upload: () => Promise.reject(new Error('This test has no media.')) },
    preparation: new Preparation({ disappearsAfter: () => null, referred: { find: async () => null } }),
    receipts,
    policy: { ...DEFAULT_SEND_POLICY, ...options.policy },
    onLaterRetry: ({ id }) => later.push(id),
  })
  const relayed: string[] = []
  const repeated: boolean[] = []
  const bytes: string[] = []
  const connection: Connection = {
    questions: NO_QUESTIONS,
    files: NO_FILES,
    compose: async ({ content }) => Buffer.from(textOfContent(content) ?? ''),
    relay: async (_, message, messageId, { isRepeated }) => {
      repeated.push(isRepeated)
      relayed.push(messageId)
      bytes.push(Buffer.from(message).toString())
    },
    resend: async () => {},
    star: async () => {},
    isReachable,
    mute: () => {},
    heldForMs: () => 0,
    readingForMs: () => 0,
    askForNews: async () => 'unknown',
    close: async () => {},
    unlink: () => Promise.resolve(),
    cut: () => {},
  }
  outbox.listen()
  outbox.opened(connection)
  const accept = async (id: string, before: AcceptedJob = {}): Promise<DocumentSnapshot> => {
    const { proto, text = 'hello', chat = '5511900000002@s.whatsapp.net', ...more } = before
    const content = sealJobContent(cipher, id, { type: 'text', text })
    const fixed = { v: 1, tenant: 'default', sessionId, chat, type: 'text', requestHash: '', messageId: `M-${id}`, content }
    const times = { createdAt: SERVER_TIME, queuedAt: SERVER_TIME, timeline: [{ status: 'pending', at: new Date() }] }
    const sent = proto === undefined ? {} : { proto: sealJobProto(cipher, id, Buffer.from(proto)), status: 'processing' }
    const fields = { ...fixed, ...times, status: 'pending', nextAttemptAt: null, ...sent, ...more }
    await documents.commit([{ kind: 'create', path: jobPath(id), fields }])
    return read(id)
  }
  const read = async (id: string) => (await documents.read(jobPath(id))) as DocumentSnapshot
  const job = async (id: string): Promise<JobDocument> => {
    await journal.whenDurable()
    return jobDocumentSchema.parse((await read(id)).fields)
  }
  return {
    session,
    state,
    outbox,
    receipts,
    documents,
    connection,
    relayed,
    repeated,
    bytes,
    later,
    journal,
    cipher,
    accept,
    read,
    job,
    bring: (one: DocumentSnapshot) => bring([one]),
    statuses: async (id: string) => (await job(id)).timeline.map(({ status }) => status),
    /** Changes a job as the API or a task does: only in the version that was read. */
    change: (found: DocumentSnapshot, fields: Fields) =>
      documents.commit([{ kind: 'update', path: found.path, fields, unlessChangedSince: found }]),
  }
}

/** The fields of a job that a test wants to be special. */
type AcceptedJob = { proto?: string; text?: string } & Partial<
  Pick<
    JobDocument,
    'chat' | 'lastError' | 'nextAttemptAt' | 'sendAt' | 'expiresAt' | 'priority' | 'retryDelaysMs' | 'sessionId' | 'pool'
  >
>

export type OutboxUnderTest = Awaited<ReturnType<typeof outboxUnderTest>>

/** Starts the Firestore of a test file, and makes its outboxes. Removes it after the last test. */
export function outboxesOfAFile() {
  let firestore: FirestoreUnderTest
  const made: OutboxUnderTest[] = []
  beforeAll(async () => {
    firestore = await startFirestore()
  })
  afterAll(async () => {
    // A commit under way would go on after the end of the client.
    await Promise.all(made.map(({ journal }) => journal.whenDurable()))
    await firestore[Symbol.asyncDispose]()
  })
  const firestoreDocuments = (): DocumentStore => firestore.clients.documents
  const newOutbox = async (options: OutboxOptionsUnderTest = {}): Promise<OutboxUnderTest> => {
    const outbox = await outboxUnderTest(firestoreDocuments(), options)
    made.push(outbox)
    return outbox
  }
  return { newOutbox, firestoreDocuments }
}
