import { parseChatId } from '@holdfast/core/message/chat-id'
import { JOBS, type JobStatus } from '@holdfast/core/message/job-document'
import type { QueueScope } from '@holdfast/core/message/queue-figures'
import type { DocumentSnapshot, DocumentStore, Query } from '@holdfast/core/platform/ports'
import type { Principal } from '../app/principal.ts'
import type { Dependencies } from './dependencies.ts'
import { findSession, isOfTenant } from './find-session.ts'
import { scopesOf } from './job-scopes.ts'
import type { MessageAnswer } from './message-answer.ts'
import { MessageViewer } from './message-viewer.ts'
import { knownChatIn } from './named-person.ts'
import { Refusal } from './refusal.ts'

interface JobFilter {
  readonly status?: JobStatus | undefined
  /** A JID. */
  readonly chat?: string | undefined
  readonly since?: Date | undefined
}

interface ListRequest extends Omit<JobFilter, 'chat'> {
  /** The name of a session. */
  readonly session?: string | undefined
  readonly chatId?: string | undefined
  /** The cursor of an earlier page. */
  readonly cursor?: string | undefined
  readonly limit: number
}

/** A message whose document cannot be read. */
interface DamagedMessage {
  /** The id of the job, because that of the message cannot be read. */
  readonly id: string
  readonly jobId: string
  readonly damage: string
}

export interface MessageList {
  readonly messages: readonly (MessageAnswer | DamagedMessage)[]
  /** Null when there are no further messages. */
  readonly cursor: string | null
}

/**
 * Lists the messages to send, newest first. Messages that are accepted meanwhile do not move the pages.
 *
 * @throws Refusal `unknown-session`
 */
export async function listMessages(
  dependencies: Pick<Dependencies, 'documents' | 'archives' | 'wrappingKey' | 'clock' | 'logger'>,
  principal: Principal,
  { session, chatId, cursor, limit, ...filter }: ListRequest,
): Promise<MessageList> {
  const { documents, wrappingKey, logger } = dependencies
  const sessionId = session === undefined ? null : (await findSession(documents, principal, session)).id
  // A text that names no chat has no messages.
  const named = chatId === undefined ? undefined : (parseChatId(chatId)?.jid ?? chatId)
  const chat = named === undefined || sessionId === null ? named : await knownChatIn(documents, wrappingKey, sessionId, named)
  const scopes = scopesOf(principal, sessionId)
  const found = await newestJobs(documents, scopes, { ...filter, chat, after: cursor, limit: limit + 1 })
  const page = found.slice(0, limit)
  const viewer = new MessageViewer(dependencies)
  // The messages of a page may be of as many sessions, each with a key to read.
  const messages = await Promise.all(
    page.filter(({ fields }) => isOfTenant(principal, fields)).map((snapshot) => shown(viewer, snapshot, logger)),
  )
  const last = page.at(-1)
  return { messages, cursor: last && found.length > limit ? cursorOf(last) : null }
}

/** Shows a damaged message as damaged, so that it does not hide the others. */
async function shown(viewer: MessageViewer, snapshot: DocumentSnapshot, logger: Dependencies['logger']) {
  try {
    return await viewer.show(snapshot)
  } catch (error) {
    if (!(error instanceof Refusal)) throw error
    logger.error({ job: snapshot.id, code: error.code }, 'A job is damaged.')
    return { id: snapshot.id, jobId: snapshot.id, damage: error.message }
  }
}

/** Returns the newest jobs of some scopes that come after a cursor. Archived jobs have no `createdAt`, so they are not found. */
export async function newestJobs(
  documents: DocumentStore,
  scopes: readonly QueueScope[],
  { status, chat, since, after, limit }: JobFilter & { readonly after: string | undefined; readonly limit: number },
): Promise<DocumentSnapshot[]> {
  const conditions: NonNullable<Query['where']> = [
    ...(status === undefined ? [] : [['status', '==', status] as const]),
    ...(chat === undefined ? [] : [['chat', '==', chat] as const]),
    ...(since === undefined ? [] : [['createdAt', '>=', since] as const]),
  ]
  const pages = await Promise.all(
    scopes.map((scope) =>
      documents.query({
        collection: JOBS,
        where: [...scope, ...conditions],
        orderBy: ['createdAt', 'desc'],
        thenById: true,
        ...(after === undefined ? {} : { startAfter: placeOf(after) }),
        limit,
      }),
    ),
  )
  const [only] = pages
  return (only && pages.length === 1 ? only : pages.flat().toSorted(newestFirst)).slice(0, limit)
}

const createdAtMs = ({ fields }: DocumentSnapshot): number => (fields['createdAt'] as Date).getTime()

const newestFirst = (one: DocumentSnapshot, other: DocumentSnapshot): number =>
  createdAtMs(other) - createdAtMs(one) || (one.id < other.id ? 1 : -1)

/** The place of a job in the list. Firestore's own times have milliseconds. */
export const cursorOf = (job: DocumentSnapshot): string => `${createdAtMs(job)}-${job.id}`

export const CURSOR = /^\d{1,15}-[0-9a-f]{40}$/

function placeOf(cursor: string): [Date, string] {
  const [createdAt, id = ''] = cursor.split('-')
  return [new Date(Number(createdAt)), id]
}
