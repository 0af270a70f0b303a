import { Deadline } from '@holdfast/core/platform/deadlines'
import type { Logger } from '@holdfast/core/platform/logging'
import type { Clock } from '@holdfast/core/platform/ports'
import { HAND_OVER_WITHIN_MS } from '../session/hand-over.ts'
import { EXIT } from '@holdfast/core/platform/exit-codes'

export interface Reason {
  readonly why: NodeJS.Signals | 'memory-limit' | 'restart-runner'
  readonly exitCode: number
}

/**
 * Ends this process once, for the first reason that came: hands its sessions over and exits, at the latest at the deadline.
 *
 * The way of a SIGTERM: `signals.ts` hears it, `main.ts` wires it to `begin` below, `Supervisor.leave` tells every session
 * (`OwnedSession.leave`), and `session/hand-over.ts` closes the connection, writes a checkpoint and releases the session.
 */
export class Shutdown {
  readonly #options
  readonly #begun = new AbortController()

  constructor(options: {
    clock: Clock
    logger: Logger
    sessions: ReadonlyMap<string, unknown>
    handOver: (why: Reason['why'], deadline: Deadline) => Promise<void>
    exit: (code: number) => void
  }) {
    this.#options = options
  }

  /** Aborted when the shutdown begins. */
  get signal(): AbortSignal {
    return this.#begun.signal
  }

  begin({ why, exitCode }: Reason): void {
    if (this.signal.aborted) return
    this.#begun.abort()
    const { clock, logger, sessions, handOver, exit } = this.#options
    const startedAt = clock.monotonic()
    const deadline = new Deadline(clock, HAND_OVER_WITHIN_MS)
    const held = sessions.size
    logger.info({ why, sessions: held }, `Leaving because of ${why}: ${held} session(s) to hand over.`)
    const end = (code: number): void => {
      const tookMs = Math.round(clock.monotonic() - startedAt)
      const figures = { why, sessions: held, left: sessions.size, tookMs, exitCode: code }
      if (code === exitCode) logger.info(figures, `Left in order after ${tookMs} ms.`)
      else logger.error(figures, `${sessions.size} session(s) were not handed over; the next owner starts as after a crash.`)
      exit(code)
    }
    clock.after(deadline.remainingMs, () => end(EXIT.leftInDisorder), 'shutdown')
    handOver(why, deadline).then(
      () => end(exitCode),
      (error: unknown) => {
        logger.error({ error }, 'Leaving failed.')
        end(EXIT.leftInDisorder)
      },
    )
  }
}
