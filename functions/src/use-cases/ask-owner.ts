import { randomBytes } from 'node:crypto'
import { QUERY_KINDS, type QueryAnswer, type QueryArgs, type QueryKind } from '@holdfast/core/operations/owner-queries'
import {
  OWNER_QUERIES,
  type OwnerQueryDocument,
  type OwnerQueryProblem,
  ownerQueryPath,
  ownerQuerySchema,
} from '@holdfast/core/operations/owner-query-document'
import { openAnswer, sealArgs } from '@holdfast/core/operations/sealed-query'
import { Deadline } from '@holdfast/core/platform/deadlines'
import { parseStored } from '@holdfast/core/platform/parse'
import type { DocumentSnapshot, DocumentStore, Fields } from '@holdfast/core/platform/ports'
import type { SessionCipher } from '@holdfast/core/security/envelope'
import { type SessionDocument, sessionPath } from '@holdfast/core/session/session-document'
import type { Principal } from '../app/principal.ts'
import type { Dependencies } from './dependencies.ts'
import { cipherOf, findSession, ownerOf, parseSession } from './find-session.ts'
import { Refusal, type RefusalCode } from './refusal.ts'
import { statusAsWanted, statusOf } from './session-answer.ts'

export type AskingOwners = Pick<Dependencies, 'documents' | 'wrappingKey' | 'clock' | 'logger'>

/** How long a caller waits for the owner unless the question says otherwise. */
const WITHIN_MS = 15_000

/** A question that nobody removed stays for this long. */
const KEPT_MS = 10 * 60_000

const SETTLED: readonly OwnerQueryDocument['state'][] = ['answered', 'refused']

/** A question that has no answer by then may have been asked of an owner that has died. */
const LOOK_AFTER_MS = 2000

/** A question and those that may answer it. */
interface Asked<Kind extends QueryKind> {
  readonly kind: Kind
  readonly args: QueryArgs<Kind>
  readonly cipher: SessionCipher
  readonly session: SessionDocument
  readonly deadline: Deadline
}

/**
 * Asks the owner of a session, and waits for its answer. When the session gets another owner before anybody has taken the question, the
 * question is withdrawn and put to that one, once. Beyond that nothing is asked twice: whoever gets no answer decides by himself whether to
 * ask again. Arguments and answers are sealed with the session's key.
 *
 * @throws Refusal `unknown-session`; `session-not-working` for a session that is not connected; `wrong-status` for one that cannot be
 *   linked; `no-answer` with what is known of what happened; and what the owner refused the question with
 */
export async function askOwner<Kind extends QueryKind>(
  dependencies: AskingOwners,
  principal: Principal,
  { session: name, kind, args, withinMs = WITHIN_MS }: { session: string; kind: Kind; args: QueryArgs<Kind>; withinMs?: number },
): Promise<QueryAnswer<Kind>> {
  const { documents, wrappingKey, clock } = dependencies
  const { id: sessionId, snapshot } = await findSession(documents, principal, name)
  const session = parseSession(snapshot)
  const runnerId = await requireOwner(documents, { snapshot, session, kind })
  const cipher = await cipherOf(documents, sessionId, wrappingKey)
  const asked = { kind, args, cipher, session, deadline: new Deadline(clock, withinMs) }
  const first = await ask(dependencies, asked, { runnerId, mayMove: true })
  if (!('movedTo' in first)) return first.answer
  const second = await ask(dependencies, asked, { runnerId: first.movedTo, mayMove: false })
  if ('movedTo' in second) throw new Error('A question follows a session once.')
  return second.answer
}

/** Puts the question to one owner. Returns the next owner, when it was withdrawn for that one. */
async function ask<Kind extends QueryKind>(
  dependencies: AskingOwners,
  asked: Asked<Kind>,
  { runnerId, mayMove }: { readonly runnerId: string; readonly mayMove: boolean },
): Promise<{ readonly answer: QueryAnswer<Kind> } | { readonly movedTo: string }> {
  const { documents } = dependencies
  const { kind, cipher, deadline } = asked
  const id = randomBytes(15).toString('hex')
  const look = new AbortController()
  const answer = listen(dependencies, id)
  const settled = Promise.race([answer.settled, foundByLooking(dependencies, id, look.signal)])
  // An answer that nobody waits for any more may be one that cannot be read.
  settled.catch(() => {})
  try {
    await documents.commit([
      { kind: 'create', path: ownerQueryPath(id), fields: questionOf(dependencies, asked, { id, runnerId }) },
    ])
    const moved = mayMove ? nextOwner(dependencies, asked, { runnerId, signal: look.signal }) : new Promise<never>(() => {})
    const first = await deadline.wait(Promise.race([settled, moved]))
    if (typeof first === 'string' && (await isFree(documents, id))) return { movedTo: first }
    const heard = typeof first === 'string' ? await deadline.wait(settled) : first
    const told = heard ?? (await lateAnswer(documents, id, QUERY_KINDS[kind].changes))
    if (told.problem) throw refusalOf(told.problem.code, told.problem.sentence)
    return { answer: openAnswer(cipher, kind, told) }
  } finally {
    look.abort()
    answer.stop()
    // What stays is removed each night.
    documents.commit([{ kind: 'delete', path: ownerQueryPath(id) }]).catch(() => {})
  }
}

function questionOf<Kind extends QueryKind>(
  { clock }: AskingOwners,
  { kind, args, cipher, session, deadline }: Asked<Kind>,
  { id, runnerId }: { readonly id: string; readonly runnerId: string },
): Fields {
  const withinMs = Math.max(1, Math.ceil(deadline.remainingMs))
  return {
    v: 1,
    id,
    tenant: session.tenant,
    sessionId: cipher.sessionId,
    runnerId,
    kind,
    state: 'asked',
    args: sealArgs(cipher, id, args),
    withinMs,
    expiresAt: new Date(clock.now() + withinMs + KEPT_MS),
    answer: null,
    problem: null,
  }
}

/** Resolves with the next owner of the session, once that can answer. Looks now and then, from a while after the question, until the signal. */
async function nextOwner<Kind extends QueryKind>(
  { documents, clock }: AskingOwners,
  { kind, cipher }: Asked<Kind>,
  { runnerId, signal }: { readonly runnerId: string; readonly signal: AbortSignal },
): Promise<string> {
  while (!signal.aborted) {
    await clock.sleep(LOOK_AFTER_MS, 'deadline', signal)
    if (signal.aborted) break
    // What cannot be read now is looked at again.
    const owner = await readyOwner(documents, { sessionId: cipher.sessionId, kind }).catch(() => null)
    if (owner !== null && owner !== runnerId) return owner
  }
  return new Promise<never>(() => {})
}

async function readyOwner(
  documents: DocumentStore,
  { sessionId, kind }: { readonly sessionId: string; readonly kind: QueryKind },
): Promise<string | null> {
  const snapshot = await documents.read(sessionPath(sessionId))
  return snapshot && requireOwner(documents, { snapshot, session: parseSession(snapshot), kind })
}

/** Withdraws a question. False when somebody has taken it, or nobody knows. */
async function isFree(documents: DocumentStore, id: string): Promise<boolean> {
  const snapshot = await documents.read(ownerQueryPath(id))
  return snapshot?.fields['state'] === 'asked' && (await isWithdrawn(documents, snapshot))
}

/**
 * Returns the runner that owns the session.
 *
 * @throws Refusal `session-not-working` or `wrong-status`, with WAHA's fields
 */
async function requireOwner(
  documents: DocumentStore,
  { snapshot, session, kind }: { snapshot: DocumentSnapshot; session: SessionDocument; kind: QueryKind },
): Promise<string> {
  const { status, sentence, userAction } = statusAsWanted(
    session.wanted,
    statusOf(snapshot.id, session, await ownerOf(documents, snapshot)),
  )
  const { needs } = QUERY_KINDS[kind]
  const { needed, code } = NEEDED[needs]
  if (session.runnerId !== null && (status === needed || needs === 'owner')) return session.runnerId
  const told = [`The session is ${status}: ${sentence}`, userAction].filter(Boolean).join(' ')
  throw Refusal.ofStatus({ name: session.name, status, expected: [needed] }, told, { code })
}

const WORKING = { needed: 'WORKING', code: 'session-not-working' } as const
const NEEDED = { connected: WORKING, pairing: { needed: 'SCAN_QR_CODE', code: 'wrong-status' }, owner: WORKING } as const

function listen({ documents, logger }: AskingOwners, id: string) {
  const { promise: settled, resolve, reject } = Promise.withResolvers<OwnerQueryDocument>()
  const stop = documents.listen(
    { collection: OWNER_QUERIES, where: [['id', '==', id]] },
    (events) => {
      try {
        for (const { kind, document } of events) {
          const question = kind === 'removed' ? null : parseQuestion(document)
          if (question && SETTLED.includes(question.state)) resolve(question)
        }
      } catch (error) {
        // An owner of a later version wrote it. It must end this request, and not the process.
        reject(error)
      }
    },
    // The document is read at the deadline.
    (error) => logger.warn({ error }, 'The listener to the answer of an owner failed.'),
  )
  return { settled, stop }
}

/** Reads the answer now and then, until the signal, because a listener can fail or miss it, and the caller would wait until the deadline. */
async function foundByLooking({ documents, clock }: AskingOwners, id: string, signal: AbortSignal): Promise<OwnerQueryDocument> {
  while (!signal.aborted) {
    await clock.sleep(LOOK_AFTER_MS, 'deadline', signal)
    if (signal.aborted) break
    // What cannot be read now is looked at again.
    const snapshot = await documents.read(ownerQueryPath(id)).catch(() => null)
    const question = snapshot && parseQuestion(snapshot)
    if (question && SETTLED.includes(question.state)) return question
  }
  return new Promise<never>(() => {})
}

const parseQuestion = ({ fields, path }: DocumentSnapshot): OwnerQueryDocument => parseStored(ownerQuerySchema, fields, path)

/**
 * Reads at the deadline how far a question has come. One that nobody has taken is withdrawn, so that nobody takes it later.
 *
 * @throws Refusal `no-answer`
 */
async function lateAnswer(documents: DocumentStore, id: string, changes: boolean): Promise<OwnerQueryDocument> {
  const snapshot = await documents.read(ownerQueryPath(id))
  const question = snapshot && parseQuestion(snapshot)
  if (question && SETTLED.includes(question.state)) return question
  if (!changes) throw noAnswer('The session did not answer in time. The question changes nothing; it may be asked again.')
  if (snapshot && question?.state === 'asked' && (await isWithdrawn(documents, snapshot))) {
    throw noAnswer('No runner took the request in time, and none will. Nothing was done; it may be repeated.')
  }
  throw noAnswer(
    'The session began with it and did not tell the result in time. It may have been done: look before repeating it.',
  )
}

async function isWithdrawn(documents: DocumentStore, snapshot: DocumentSnapshot): Promise<boolean> {
  try {
    const fields = { state: 'withdrawn' }
    await documents.commit([{ kind: 'update', path: snapshot.path, fields, unlessChangedSince: snapshot }])
    return true
  } catch {
    // The owner took it at the same moment, or nobody knows.
    return false
  }
}

const noAnswer = (sentence: string): Refusal => new Refusal('no-answer', sentence)

const CODES: Record<OwnerQueryProblem, RefusalCode> = {
  'not-possible': 'not-possible',
  unknown: 'unknown-there',
  refused: 'refused-there',
  'not-connected': 'session-not-working',
  busy: 'session-busy',
  'no-answer': 'no-answer',
  failed: 'session-failed',
}

const refusalOf = (code: OwnerQueryProblem, sentence: string): Refusal =>
  new Refusal(CODES[code], sentence, code === 'busy' ? 1 : null)
