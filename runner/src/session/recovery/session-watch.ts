import type { Logger } from '@holdfast/core/platform/logging'
import type { Clock } from '@holdfast/core/platform/ports'
import type { Backlog, Heard, News } from '../../whatsapp/heard.ts'
import type { Claim } from '../claim.ts'
import type { ConnectionWatch, Loss } from '../connection/connection-watch.ts'
import { Hearing } from '../hearing/hearing.ts'
import type { Verdict } from '../hearing/deafness.ts'
import { PhonePresence } from '../hearing/phone-presence.ts'
import type { WatchedFigures } from '../session-status.ts'
import { Recovery, type RecoveryOptions } from './recovery.ts'

export interface RecoveryPolicy {
  /** `AUTO_RECOVERY` */
  readonly isAutomatic: boolean
  /** The time that evidence of deafness has to last, ms. */
  readonly deafAfterMs: number
}

/** The longest pause between two looks at an open connection, and at a recovery. */
const LOOK_EVERY_MS = 30_000

/** The time for a backlog after a reconnect, before the recovery of a deaf session ends. */
const BACKLOG_WITHIN_MS = 10_000

/** The time after which a reconnected session that has heard nothing counts as quiet. */
const QUIET_AFTER_MS = 60 * 60_000

/** Watches one session: whether it is lost, whether its connection is deaf, and when its phone was online. */
export class SessionWatch implements ConnectionWatch {
  readonly recovery: Recovery
  readonly #options
  readonly #hearing: Hearing
  readonly #phone: PhonePresence
  #lookedMs = 0
  #openedMs: number | null = null
  #hasOpened = false
  /** Whether there is evidence, and not only hints, that the session is deaf. */
  #isFoundDeaf: boolean
  #verdict: Verdict = { hearing: 'unknown', evidence: null, forMs: 0 }

  constructor(
    options: Omit<RecoveryOptions, 'owner' | 'memory' | 'isAutomatic'> & {
      readonly claim: Claim
      readonly runnerId: string
      readonly logger: Logger
      readonly clock: Clock
      readonly policy: RecoveryPolicy
      /** What our side of the open connection does; null without one. */
      readonly ownSide: () => { readonly heldForMs: number; readonly readingForMs: number } | null
      readonly askForNews: () => Promise<News>
      readonly wake: () => void
    },
  ) {
    const { claim, clock, policy, runner, runnerId } = options
    const { sessionId, session, head } = claim
    this.#options = options
    const owner = { sessionId, runnerId, epoch: head.epoch }
    this.recovery = new Recovery({ ...options, owner, memory: session.recovery, isAutomatic: policy.isAutomatic })
    this.#hearing = new Hearing({ clock, sessionId, peers: runner.peers, afterMs: policy.deafAfterMs })
    this.#phone = new PhonePresence(clock, session.phoneSeenAt)
    this.#isFoundDeaf = this.recovery.cause === 'deaf'
    runner.holds(sessionId)
    if (diedConnected(claim)) {
      const since = session.downSince ?? session.lastProofOfLifeAt ?? new Date(clock.now())
      this.recovery.lost('owner-lost', { owner: session.runnerId }, { sinceMs: Math.min(since.getTime(), clock.now()) })
    }
  }

  get figures(): WatchedFigures {
    return { deafSince: this.#deafSince, phoneSeenAt: this.#phone.seenAt, recovery: this.recovery.memory }
  }

  /** When the next look is due, ms; infinity while there is nothing to look at. */
  get dueAtMs(): number {
    const hasWork = this.#openedMs !== null || (this.recovery.cause !== null && !this.#options.isHalted())
    return hasWork ? this.#lookedMs + this.#lookEveryMs : Number.POSITIVE_INFINITY
  }

  /** Looks at the connection and the recovery. The session's loop calls it. */
  async look(): Promise<void> {
    const { clock, ownSide, silenceMs } = this.#options
    const now = clock.now()
    if (now < this.#lookedMs + this.#lookEveryMs && now >= this.#lookedMs) return
    this.#lookedMs = now
    const side = ownSide()
    if (side) this.#hearing.looked(side)
    this.#verdict = this.#hearing.judge()
    if (this.recovery.cause === 'deaf') this.#proveHearing(now)
    else if (this.recovery.cause === null) this.#suspect(now)
    const isCertain = this.recovery.cause !== 'deaf' || this.#verdict.hearing === 'deaf' || this.#openedMs === null
    await this.recovery.look(isCertain ? 'strong' : 'weak')
    if (this.#openedMs !== null && this.#hearing.asks(silenceMs())) this.#ask()
  }

  /** Ends the watch: this process gives the session up. */
  end(): void {
    this.#hearing.end()
    this.#options.runner.left(this.#options.claim.sessionId)
  }

  loggedIn(serverMs: number | null, isFirst: boolean): void {
    this.#hearing.loggedIn(serverMs)
    if (isFirst && this.#phone.linked()) this.#storePhone()
  }

  qrShown(): void {
    this.#options.runner.count('qr_codes_shown')
  }

  opened(): void {
    const { clock, runner } = this.#options
    this.#hearing.opened()
    this.#openedMs = clock.now()
    if (this.#hasOpened) runner.count('reconnects')
    this.#hasOpened = true
    if (this.recovery.cause === null || this.recovery.cause === 'deaf') return
    this.recovery.end({ state: 'done', code: 'connected', sentence: 'The session is connected again.' })
  }

  ended(): void {
    this.#openedMs = null
    this.#hearing.closed()
  }

  lost({ kind, code, wasOpen, halts }: Loss): void {
    if (wasOpen || this.recovery.cause !== null) this.recovery.lost(kind, { class: kind, code })
    if (halts !== null) this.recovery.halted(halts)
  }

  /** The stored state is damaged. */
  unreadable(code: string): void {
    if (this.recovery.cause !== null) return
    this.recovery.lost('unreadable', { damage: code }, { reconnects: false })
    this.recovery.halted('The stored state cannot be read.')
  }

  /** The session is not wanted online any more. */
  stopped(): void {
    this.recovery.end({ state: 'cancelled', code: 'stopped', sentence: 'The session was stopped before it was back.' })
  }

  /** The stored state was read. */
  readable(): void {
    if (this.recovery.cause !== 'unreadable') return
    this.recovery.end({ state: 'done', code: 'readable', sentence: 'The stored state can be read again.' })
  }

  answered(): void {
    this.#hearing.answered()
  }

  heard(heard: Heard): void {
    this.#hearing.heard(heard)
    if (this.#phone.heard(heard)) this.#storePhone()
  }

  backlog(backlog: Backlog): void {
    const { runner, logger } = this.#options
    this.#hearing.backlog(backlog)
    const { withheld } = this.#hearing
    if (backlog.what !== 'over' || withheld === 0) return
    const wasCounted = this.recovery.cause === 'deaf' && this.#isFoundDeaf
    if (!wasCounted) runner.count('deaf_sessions_found')
    logger.warn({ withheld }, 'The last connection was deaf: this one brought what it should have brought.')
    this.recovery.know({ withheld })
  }

  sent(messageId: string, chat: string): void {
    this.#hearing.sent(messageId, chat)
  }

  acked(messageId: string): void {
    this.#hearing.acked(messageId)
  }

  get #lookEveryMs(): number {
    return Math.min(LOOK_EVERY_MS, this.#options.policy.deafAfterMs / 3)
  }

  get #deafSince(): Date | null {
    const { sinceMs, cause } = this.recovery
    if (cause === 'deaf' && sinceMs !== null && this.#isFoundDeaf) return new Date(sinceMs)
    return this.#verdict.hearing === 'deaf' ? new Date(this.#lookedMs - this.#verdict.forMs) : null
  }

  /** Opens a recovery for a session that seems deaf, if the ladder has a step for it. */
  #suspect(now: number): void {
    const { hearing, evidence, forMs } = this.#verdict
    if ((hearing !== 'deaf' && hearing !== 'hints') || evidence === null) return
    const strength = hearing === 'deaf' ? 'strong' : 'weak'
    if (!this.recovery.wouldAct('deaf', strength)) return
    const { logger, runner } = this.#options
    this.#isFoundDeaf = hearing === 'deaf'
    if (hearing === 'deaf') runner.count('deaf_sessions_found')
    logger.warn({ evidence, forMs }, hearing === 'deaf' ? 'The session is deaf.' : 'The session may be deaf.')
    this.recovery.lost('deaf', { evidence, forMs, strength }, { sinceMs: now - forMs, reconnects: false })
  }

  /** Ends the recovery of a deaf session once something has come, or nothing is missing any more. */
  #proveHearing(now: number): void {
    const openedMs = this.#openedMs
    if (openedMs === null) return
    const stepMs = this.recovery.lastStepMs
    if (stepMs !== null && openedMs < stepMs) return
    if (
      this.#hearing.hears &&
      this.#verdict.hearing !== 'deaf' &&
      now - openedMs >= Math.min(BACKLOG_WITHIN_MS, this.#lookEveryMs)
    ) {
      this.#recovered('hears', 'The session hears again.')
    } else if (this.#verdict.hearing !== 'deaf' && now - openedMs >= QUIET_AFTER_MS) {
      this.#recovered('quiet', 'The session is connected; nothing has come, and nothing shows that anything should have.')
    }
  }

  #recovered(code: string, sentence: string): void {
    this.recovery.end({ state: 'done', code, sentence })
    this.recovery.record()
  }

  #ask(): void {
    const { askForNews, wake } = this.#options
    void askForNews().then((news) => {
      this.#hearing.told(news)
      wake()
    })
  }

  #storePhone(): void {
    const at = this.#phone.seenAt
    if (!at) return
    this.#phone.stored()
    this.#options.append({ events: [{ type: 'session.phone-seen', at }] })
  }
}

/** The reasons of a session whose owner the sweep took for dead. */
const MARKS: ReadonlySet<string> = new Set(['owner-lost', 'not-vouched-for'])

/** Whether the last owner died while it had a connection. A session that nobody ever linked lost nothing. */
const diedConnected = ({ session, wasReleased }: Claim): boolean =>
  !wasReleased && !session.recovery?.open && (session.state === 'CONNECTED' || (session.me !== null && MARKS.has(session.reason)))
