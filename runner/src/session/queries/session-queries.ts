import { isQueryKind, QUERY_KINDS, type QueryKind } from '@holdfast/core/operations/owner-queries'
import { type OwnerQueryDocument, type OwnerQueryProblem, ownerQuerySchema } from '@holdfast/core/operations/owner-query-document'
import { openArgs, sealAnswer } from '@holdfast/core/operations/sealed-query'
import { Deadline } from '@holdfast/core/platform/deadlines'
import type { Logger } from '@holdfast/core/platform/logging'
import { parseStored } from '@holdfast/core/platform/parse'
import type { Clock, DocumentSnapshot, DocumentStore, Fields, Random } from '@holdfast/core/platform/ports'
import type { SessionCipher } from '@holdfast/core/security/envelope'
import { ConnectionEnded, type Connection } from '../../whatsapp/port.ts'
import { QuestionRefused } from '../../whatsapp/questions.ts'
import { handlerOf, type QuerySession } from './registry.ts'

/** How many questions are answered at one time. The others wait for their turn, as long as their askers do. */
const AT_ONE_TIME = 8

/** How many may wait. A session that is asked more often refuses at once. */
const MOST_WAITING = 200

/** The questions of a listener that begins anew are those of the old one. Their ids are kept for a while. */
const MOST_KNOWN = 2000

/** An answer is on its way to its asker for so long, at most. The session refuses by itself before the asker has gone. */
const TO_ANSWER_MS = 1000

type Outcome = { readonly answer: Buffer } | { readonly problem: { readonly code: OwnerQueryProblem; readonly sentence: string } }

/**
 * Answers the questions to one session, beside its loop: a few at a time, each at most once, and none after its asker has gone. A question
 * that changes something is taken durably before anything is done.
 */
export class SessionQueries {
  readonly #options
  readonly #known = new Set<string>()
  readonly #waiting: DocumentSnapshot[] = []
  #running = 0

  constructor(options: {
    documents: DocumentStore
    clock: Clock
    random: Random
    logger: Logger
    /** Null while the state of the session is not read. */
    engine: () => (Omit<QuerySession, 'connection' | 'clock' | 'logger'> & { readonly cipher: SessionCipher }) | null
    /** The connection that is open, or that shows QR codes. Null while the session has none, or may not speak. */
    connection: (needs: 'connected' | 'pairing') => Connection | null
  }) {
    this.#options = options
  }

  /** Takes a new question. Never throws. */
  hear(question: DocumentSnapshot): void {
    if (this.#known.has(question.id)) return
    this.#remember(question.id)
    this.#waiting.push(question)
    this.#next()
  }

  #remember(id: string): void {
    this.#known.add(id)
    const oldest = this.#known.keys().next()
    if (this.#known.size > MOST_KNOWN && !oldest.done) this.#known.delete(oldest.value)
  }

  #next(): void {
    while (this.#running < AT_ONE_TIME) {
      const question = this.#waiting.shift()
      if (!question) return
      this.#running++
      void this.#settle(question).finally(() => {
        this.#running--
        this.#next()
      })
    }
    for (const question of this.#waiting.splice(MOST_WAITING)) void this.#write(question, refusal('busy', BUSY))
  }

  async #settle(snapshot: DocumentSnapshot): Promise<void> {
    const { clock, logger } = this.#options
    try {
      const question = parseStored(ownerQuerySchema, snapshot.fields, snapshot.path)
      const forAnswerMs = Math.min(TO_ANSWER_MS, question.withinMs / 2)
      const deadline = new Deadline(clock, question.withinMs - snapshot.silentForMs - forAnswerMs)
      if (deadline.remainingMs > 0) await this.#answer(snapshot, question, deadline)
    } catch (error) {
      logger.error({ error, question: snapshot.id }, 'A question to the session cannot be read now and has no answer.')
    }
  }

  async #answer(snapshot: DocumentSnapshot, question: OwnerQueryDocument, deadline: Deadline): Promise<void> {
    const { kind } = question
    if (!isQueryKind(kind)) return this.#write(snapshot, refusal('not-possible', 'The runner does not know this question.'))
    if (!this.#parts(kind)) return this.#write(snapshot, missing(kind))
    const taken = QUERY_KINDS[kind].changes ? await this.#take(snapshot) : 'taken'
    if (taken === 'gone') return
    if (taken === 'free') return this.#write(snapshot, refusal('failed', NOT_TAKEN))
    // Meanwhile the state may have been put down, or the connection may have ended.
    const parts = this.#parts(kind)
    if (!parts) return this.#write(snapshot, missing(kind))
    const { clock, logger } = this.#options
    await this.#write(snapshot, await this.#perform(kind, question, { ...parts, deadline, clock, logger }))
  }

  /** What answers a kind of question now; null while the session lacks a part of it. */
  #parts(kind: QueryKind) {
    const engine = this.#options.engine()
    const { needs } = QUERY_KINDS[kind]
    if (!engine || needs === 'owner') return engine && { ...engine, connection: null }
    const connection = this.#options.connection(needs)
    return connection && { ...engine, connection }
  }

  async #perform<Kind extends QueryKind>(
    kind: Kind,
    question: OwnerQueryDocument,
    {
      cipher,
      deadline,
      ...session
    }: Omit<QuerySession, 'connection'> & { connection: Connection | null; cipher: SessionCipher; deadline: Deadline },
  ): Promise<Outcome> {
    try {
      // It has a connection wherever its kind needs one.
      const answer = await deadline.wait(handlerOf(kind)(session as QuerySession, openArgs(cipher, kind, question)))
      if (answer === undefined) return refusal('no-answer', QUERY_KINDS[kind].changes ? NOT_FINISHED : NO_ANSWER)
      return { answer: sealAnswer<Kind>(cipher, question.id, answer) }
    } catch (error) {
      if (error instanceof QuestionRefused) return refusal(error.code, error.message)
      if (error instanceof ConnectionEnded) return refusal('no-answer', 'The connection to WhatsApp ended before the answer.')
      this.#options.logger.warn({ error, question: question.id, kind }, 'A question to the session could not be answered.')
      return refusal('failed', 'The session could not answer; the log of its runner has the cause.')
    }
  }

  /**
   * Takes the question in the version that was heard. What a failed commit means is read from the document, not from the error. A
   * question that is `free` is as it was, and a commit that arrives late does not take it once the refusal is written; one that is `gone` was
   * withdrawn, or another owner has it.
   */
  async #take(snapshot: DocumentSnapshot): Promise<'taken' | 'free' | 'gone'> {
    const { documents, random, logger } = this.#options
    const taker = random.bytes(12).toString('base64url')
    try {
      const fields = { state: 'taken', taker }
      await documents.commit([{ kind: 'update', path: snapshot.path, fields, unlessChangedSince: snapshot }])
      return 'taken'
    } catch (error) {
      logger.info({ error, question: snapshot.id }, 'The commit that takes a question to the session failed.')
    }
    const found = await documents.read(snapshot.path)
    if (found?.fields['taker'] === taker) return 'taken'
    return found?.fields['state'] === 'asked' ? 'free' : 'gone'
  }

  /** Writes the outcome, unless the asker has removed the question. */
  async #write({ id, path }: DocumentSnapshot, outcome: Outcome): Promise<void> {
    const fields: Fields = { state: 'answer' in outcome ? 'answered' : 'refused', ...outcome }
    try {
      await this.#options.documents.commit([{ kind: 'update', path, fields }])
    } catch (error) {
      this.#options.logger.info(
        { error, question: id },
        'The answer to a question could not be written; its asker may have gone.',
      )
    }
  }
}

const refusal = (code: OwnerQueryProblem, sentence: string): Outcome => ({ problem: { code, sentence } })

const missing = (kind: QueryKind): Outcome => refusal('not-connected', MISSING[QUERY_KINDS[kind].needs])

const MISSING = {
  connected: 'The session is not connected to WhatsApp now.',
  pairing: 'The session cannot be linked now.',
  owner: 'The state of the session is not in memory now.',
}
const BUSY = 'The session is asked too much at this moment.'
const NOT_TAKEN = 'The session could not take the question, because its database did not answer. Nothing was done.'
const NOT_FINISHED = 'It was begun and did not end in time. It may have been done: look before repeating it.'
const NO_ANSWER = 'WhatsApp did not answer in time.'
