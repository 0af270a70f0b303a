import { SERVER_TIME, type Clock, type DocumentStore } from '@holdfast/core/platform/ports'
import type { Logger } from '@holdfast/core/platform/logging'
import { sessionPath } from '@holdfast/core/session/session-document'
import type { OwnedSession } from '../session/owned-session.ts'

/** The interval of the heartbeats in the documents of sessions. */
const INTERVAL_MS = 30_000

/**
 * Writes a heartbeat into the document of each session (`HEARTBEAT_MODE=session`), for programs that read only these documents. The
 * product itself judges by the heartbeat of the runner. It is no journal record, so a muted runner, which may have lost its sessions,
 * writes none.
 */
export class SessionHeartbeats {
  readonly #options
  #cancel: () => void = () => {}

  constructor(options: {
    documents: DocumentStore
    clock: Clock
    logger: Logger
    sessions: ReadonlyMap<string, OwnedSession>
    isMuted: () => boolean
  }) {
    this.#options = options
  }

  start(): void {
    this.#cancel = this.#options.clock.every(INTERVAL_MS, () => void this.#beat(), 'heartbeat')
  }

  stop(): void {
    this.#cancel()
  }

  async #beat(): Promise<void> {
    const { documents, sessions, isMuted, logger } = this.#options
    if (isMuted()) return
    const beats = [...sessions].map(async ([sessionId, { status }]) => {
      const { lastProofOfLifeAt, lastInboundAt } = status
      const fields = {
        heartbeatAt: SERVER_TIME,
        ...(lastProofOfLifeAt ? { lastProofOfLifeAt } : {}),
        ...(lastInboundAt ? { lastInboundAt } : {}),
      }
      // An update, and no merge: it must not bring a deleted session back.
      await documents.commit([{ kind: 'update', path: sessionPath(sessionId), fields }])
    })
    const failed = (await Promise.allSettled(beats)).filter(({ status }) => status === 'rejected')
    if (failed.length > 0) logger.warn({ failed: failed.length }, 'Heartbeats of sessions could not be written.')
  }
}
