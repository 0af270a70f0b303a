import type { WASocket } from '@whiskeysockets/baileys'
import type { Logger } from '@holdfast/core/platform/logging'
import type { Clock } from '@holdfast/core/platform/ports'
import type { AnnouncedLimit } from '../port.ts'
import { capOf, lockOf } from './announced-limits.ts'

/** How often the lock is asked for when notices cross the answers. */
const LOCK_QUESTIONS = 3

type Socket = Pick<WASocket, 'ev' | 'fetchAccountReachoutTimelock' | 'fetchNewChatMessageCap'>

/** Asks WhatsApp for the limits of the account, and tells of those that it announces. */
export class LimitQuestions {
  readonly #socket: Socket
  readonly #clock: Clock
  readonly #logger: Logger
  readonly #onLimit: (limit: AnnouncedLimit) => void
  readonly #isOver: () => boolean
  /** The number of times that Baileys told of a lock or its end. */
  #lockNews = 0

  constructor(options: {
    socket: Socket
    clock: Clock
    logger: Logger
    onLimit: (limit: AnnouncedLimit) => void
    /** Whether the connection has ended. */
    isOver: () => boolean
  }) {
    this.#socket = options.socket
    this.#clock = options.clock
    this.#logger = options.logger
    this.#onLimit = options.onLimit
    this.#isOver = options.isOver
    const { ev } = options.socket
    ev.on('message-capping.update', (info) => this.#announce(capOf(info)))
    ev.on('connection.update', ({ reachoutTimeLock }) => {
      if (!reachoutTimeLock || this.#isOver()) return
      this.#lockNews++
      this.#announce(lockOf(reachoutTimeLock, this.#clock.now()))
    })
  }

  /** Asks about a lock, as WhatsApp's own client does after each login: nobody tells a device that was linked during one. */
  askForLock(timesLeft = LOCK_QUESTIONS): void {
    const before = this.#lockNews
    this.#socket.fetchAccountReachoutTimelock().then(
      () => {
        // A notice and an answer that is older than it can arrive together, and the answer is read last. Only a new answer is certain.
        const isInDoubt = this.#lockNews - before > 1
        if (isInDoubt && timesLeft > 1 && !this.#isOver()) this.askForLock(timesLeft - 1)
      },
      (error: unknown) => this.#untold(error),
    )
  }

  /** Asks what stands behind a refusal. Baileys' code that would ask is never reached. */
  askForLimits(): void {
    this.askForLock()
    this.#socket.fetchNewChatMessageCap().then(
      (info) => this.#announce(capOf(info)),
      (error: unknown) => this.#untold(error),
    )
  }

  #announce(limit: AnnouncedLimit | null): void {
    if (limit && !this.#isOver()) this.#onLimit(limit)
  }

  #untold(error: unknown): void {
    if (!this.#isOver()) this.#logger.debug({ error }, 'WhatsApp did not say whether it limits the account.')
  }
}
