import { OWNER_QUERIES } from '@holdfast/core/operations/owner-query-document'
import type { Logger } from '@holdfast/core/platform/logging'
import type { Clock, DocumentSnapshot, DocumentStore } from '@holdfast/core/platform/ports'
import type { OwnedSession } from '../session/owned-session.ts'

const RETRY_MS = 1000

/**
 * Brings the questions to this runner's sessions. They name the runner, so that one listener does for all sessions and hears of no others.
 * A question to a session that has moved on has no answer; its asker is told so and may ask again.
 */
export class QueryFeed {
  readonly #options
  #stop: () => void = () => {}
  #stopped = false

  constructor(options: {
    documents: DocumentStore
    clock: Clock
    logger: Logger
    runnerId: string
    sessions: ReadonlyMap<string, Pick<OwnedSession, 'ask'>>
  }) {
    this.#options = options
  }

  start(): void {
    const { documents, clock, logger, runnerId } = this.#options
    const where = [['runnerId', '==', runnerId] as const, ['state', '==', 'asked'] as const]
    this.#stop = documents.listen(
      { collection: OWNER_QUERIES, where },
      (events) => {
        for (const { kind, document } of events) if (kind !== 'removed') this.#pass(document)
      },
      (error) => {
        logger.warn({ error }, 'The listener to questions failed; listening again.')
        if (!this.#stopped) this.#stop = clock.after(RETRY_MS, () => this.start(), 'query-feed')
      },
    )
  }

  stop(): void {
    this.#stopped = true
    this.#stop()
  }

  #pass(question: DocumentSnapshot): void {
    const { sessionId } = question.fields
    if (typeof sessionId === 'string') this.#options.sessions.get(sessionId)?.ask(question)
  }
}
