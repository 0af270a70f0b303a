import { isTombstone } from '@holdfast/core/message/archived-job'
import { isDamage, isHoldfastError, isKeyTrouble } from '@holdfast/core/platform/errors'
import type { DocumentSnapshot } from '@holdfast/core/platform/ports'
import type { SessionCipher } from '@holdfast/core/security/envelope'
import { sessionPath } from '@holdfast/core/session/session-document'
import type { Dependencies } from './dependencies.ts'
import { cipherOf, ownerOf } from './find-session.ts'
import { type MessageAnswer, messageAnswer, type SendingSession, waitingOf } from './message-answer.ts'
import { parseJob } from './parse-job.ts'
import { sessionAnswer } from './session-answer.ts'
import { archivedJob } from './archived-message.ts'

type Needed = Pick<Dependencies, 'documents' | 'archives' | 'wrappingKey' | 'clock'>

/** Makes the answers for the messages of one request. It reads what it needs of each session once. */
export class MessageViewer {
  readonly #dependencies: Needed
  readonly #ciphers = new Map<string, Promise<() => SessionCipher>>()
  readonly #sessions = new Map<string, Promise<SendingSession | null>>()

  constructor(dependencies: Needed) {
    this.#dependencies = dependencies
  }

  /** Shows a message from its document or, once it is archived, from the archive. Throws Refusal `message-damaged`. */
  async show(snapshot: DocumentSnapshot): Promise<MessageAnswer> {
    const { id } = snapshot
    if (isTombstone(snapshot.fields)) {
      const { job, cipher, archivedAt } = await archivedJob(this.#dependencies, snapshot)
      return { ...messageAnswer(id, job, () => cipher, null), archivedAt }
    }
    const job = parseJob(snapshot)
    const cipher = await once(this.#ciphers, job.sessionId, () => this.#cipherOf(job.sessionId))
    // Only a message in the queue waits for its session.
    const isQueued = job.status === 'pending' && job.queuedAt !== null
    const session = isQueued ? await once(this.#sessions, job.sessionId, () => this.#sessionOf(job.sessionId)) : null
    return messageAnswer(id, job, cipher, waitingOf(job, session, this.#dependencies.clock.now()))
  }

  /** A session without a usable key hides the texts of its messages, and nothing else. */
  async #cipherOf(sessionId: string): Promise<() => SessionCipher> {
    const { documents, wrappingKey } = this.#dependencies
    try {
      const cipher = await cipherOf(documents, sessionId, wrappingKey)
      return () => cipher
    } catch (error) {
      if (!isHoldfastError(error) || (!isDamage(error) && !isKeyTrouble(error))) throw error
      return () => {
        throw error
      }
    }
  }

  async #sessionOf(sessionId: string): Promise<SendingSession | null> {
    const { documents } = this.#dependencies
    const snapshot = await documents.read(sessionPath(sessionId))
    if (!snapshot) return null
    try {
      return sessionAnswer(snapshot, await ownerOf(documents, snapshot))
    } catch (error) {
      if (!isDamage(error)) throw error
      return { status: 'FAILED', nextAttemptAt: null }
    }
  }
}

function once<Value>(known: Map<string, Promise<Value>>, key: string, make: () => Promise<Value>): Promise<Value> {
  const value = known.get(key) ?? make()
  known.set(key, value)
  return value
}
