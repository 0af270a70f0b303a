import type { ProxyFields } from '@holdfast/core/operations/session-proxy'
import type { Logger } from '@holdfast/core/platform/logging'
import type { ReconnectPolicy } from '@holdfast/core/session/disconnect-policy'
import { ofSession } from '@holdfast/core/session/log-fields'
import type { CrashRecord } from '@holdfast/core/session/session-document'
import { waitsForOperator } from '@holdfast/core/session/session-states'
import { Actions } from './actions/actions.ts'
import type { Claim } from './claim.ts'
import { ConnectionKeeper } from './connection/connection-keeper.ts'
import type { AskToDial } from './connection/dial-place.ts'
import { UNWATCHED, type SessionNetwork } from './connection/network-port.ts'
import { Reconnection } from './connection/reconnection.ts'
import type { Engine, SessionDependencies } from './engine.ts'
import { projectEvents } from './events/projector.ts'
import type { WebhookView } from '@holdfast/core/session/webhook-view'
import type { Entry } from './journal/group.ts'
import { Journal } from './journal/journal.ts'
import { Opening } from './opening.ts'
import type { CrashPolicy } from './quarantine/crash-record.ts'
import { Quarantine, type TrialSlot } from './quarantine/quarantine.ts'
import { SessionQueries } from './queries/session-queries.ts'
import type { RunnerRecoveries } from './recovery/runner-recoveries.ts'
import { SessionWatch, type RecoveryPolicy } from './recovery/session-watch.ts'
import { SessionImage } from './session-image.ts'
import { SessionRecords } from './session-records.ts'
import { SessionStatus, type StateChange } from './session-status.ts'
import { SessionWebhooks } from './session-webhooks.ts'
import { Wake } from './wake.ts'

const MINUTE_MS = 60_000

export interface OwnedSessionDependencies extends SessionDependencies {
  readonly reconnect: ReconnectPolicy
  readonly askToDial: AskToDial
  /** Where callers reach the API; absent or empty when it is not known. */
  readonly publicUrl?: string
  /** The network as one session sees it. Without it nobody watches. */
  readonly networkOf?: (sessionId: string) => SessionNetwork
  readonly crashPolicy: CrashPolicy
  /** What the sessions of the runner know of one another's recoveries. */
  readonly recoveries: RunnerRecoveries
  readonly recoveryPolicy: RecoveryPolicy
  /** Whether another live runner has room for a session. */
  readonly hasRoomElsewhere: () => Promise<boolean>
  readonly trialSlot: TrialSlot
  /** Finds a runner on which the trial of a quarantined session puts fewer others at risk. Absent, or null: this one. */
  readonly saferPlace?: (sessionId: string) => Promise<string | null>
  /** False in storage mode `cloud`, where the state is read again for each connection. */
  readonly keepsImage: boolean
  /** Called with each change of state that `session-lifecycle.ts` does not list, after its log line. Tests fail on it. */
  readonly onUnknownTransition?: (change: StateChange) => void
}

/** What the parts ask of the session's loop. */
interface SessionLoop {
  /** Whether the session needs a connection at the time of the call. */
  isWanted(): boolean
  /** Whether this runner is giving the session away. */
  isMoving(): boolean
  /** Hands the session over to any other runner. */
  moveAway(): void
}

/** The parts of one owned session, wired to one another. Its loop (`owned-session.ts`) drives them. */
export class SessionParts {
  readonly logger: Logger
  readonly wake: Wake
  readonly network: SessionNetwork
  readonly webhooks: SessionWebhooks
  readonly journal: Journal
  readonly status: SessionStatus
  readonly records: SessionRecords
  readonly opening: Opening
  readonly quarantine: Quarantine
  readonly reconnection: Reconnection
  readonly watch: SessionWatch
  readonly keeper: ConnectionKeeper
  readonly image: SessionImage
  readonly actions: Actions
  readonly queries: SessionQueries
  /** What the session's document says of its proxy. */
  proxyFields: ProxyFields
  readonly #dependencies: OwnedSessionDependencies
  readonly #loop: SessionLoop

  constructor(dependencies: OwnedSessionDependencies, claim: Claim, loop: SessionLoop) {
    const { sessionId, head, session } = claim
    const { clock, random, journals, runnerId, journalLimits: limits } = dependencies
    this.logger = dependencies.logger.child({ ...ofSession(sessionId), epoch: head.epoch })
    this.#dependencies = {
      ...dependencies,
      logger: this.logger,
      countFirst: () => this.quarantine.isOnTrial,
      ignored: () => this.webhooks.view.ignored,
      proxyFields: () => this.proxyFields,
    }
    this.#loop = loop
    this.proxyFields = session
    this.webhooks = new SessionWebhooks(claim, {
      ofTenant: () => dependencies.tenantSettings(sessionId).webhooks,
      isLive: () => dependencies.isListenedTo?.(sessionId) ?? false,
      publicUrl: dependencies.publicUrl ?? '',
    })
    this.status = this.#newStatus(claim)
    this.wake = new Wake(clock)
    this.network = dependencies.networkOf?.(sessionId) ?? UNWATCHED
    const webhooks = (): WebhookView => this.webhooks.view
    this.journal = new Journal({ journals, sessionId, runnerId, clock, random, limits, head, project: projectEvents, webhooks })
    this.records = this.#newRecords()
    this.opening = new Opening(this.#dependencies, claim, this.journal)
    this.quarantine = this.#newQuarantine(claim)
    const mustWait = waitsForOperator(session) || this.quarantine.isQuarantined
    this.reconnection = new Reconnection({
      clock,
      random,
      policy: dependencies.reconnect,
      halted: mustWait,
      beginsAnew: session.state === 'STOPPED',
    })
    this.watch = this.#newWatch(claim)
    this.keeper = this.#newKeeper()
    this.image = this.#newImage()
    this.actions = this.#newActions({ runnerId, epoch: head.epoch })
    this.queries = this.#newQueries()
  }

  #newStatus(claim: Claim): SessionStatus {
    const { clock, onUnknownTransition } = this.#dependencies
    const onUnknown = (change: StateChange): void => {
      this.logger.error(change, 'The session changed to a state that its lifecycle does not lead to.')
      onUnknownTransition?.(change)
    }
    return new SessionStatus({ claim, clock, onUnknown, watched: () => this.watch.figures })
  }

  #newRecords(): SessionRecords {
    const { journal, status } = this
    return new SessionRecords({ journal, status, engine: () => this.image.engine, recovery: () => this.watch.recovery })
  }

  #newQuarantine({ sessionId, crashes }: Claim): Quarantine {
    const { clock, crashPolicy, trialSlot } = this.#dependencies
    const write = (record: CrashRecord): Promise<void> =>
      this.journal.whenDurable(this.records.append({ events: [{ type: 'session.crashes', crashes: record }] }))
    const wake = (): void => {
      this.opening.hasten()
      this.wake.call()
    }
    return new Quarantine({ sessionId, clock, policy: crashPolicy, slot: trialSlot, record: crashes, write, wake })
  }

  #newWatch(claim: Claim): SessionWatch {
    const { clock, logger, runnerId, recoveries, recoveryPolicy, hasRoomElsewhere, tenantSettings } = this.#dependencies
    return new SessionWatch({
      claim,
      runnerId,
      clock,
      logger,
      runner: recoveries,
      policy: recoveryPolicy,
      hasRoomElsewhere,
      silenceMs: () => tenantSettings(claim.sessionId).thresholds.silenceMinutes * MINUTE_MS,
      isOutage: () => this.network.verdict !== 'none',
      isHalted: () => this.reconnection.isHalted,
      ownSide: () => this.#ownSide,
      askForNews: () => this.keeper.askForNews(),
      append: (entry) => this.records.append(entry),
      wake: () => this.wake.call(),
      hands: {
        reconnect: () => this.keeper.close(this.image.engine),
        rebuild: () => this.image.rebuild(),
        reload: () => this.image.reload(),
        move: () => this.#loop.moveAway(),
      },
    })
  }

  /** What our side of the open connection does. A message that waits for a later version is held back by us, not by the server. */
  get #ownSide(): { heldForMs: number; readingForMs: number } | null {
    const side = this.keeper.ownSide
    return side && this.image.engine?.archive.waitsSince ? { ...side, readingForMs: 0 } : side
  }

  #newKeeper(): ConnectionKeeper {
    const { clock, logger, askToDial } = this.#dependencies
    return new ConnectionKeeper({
      clock,
      logger,
      status: this.status,
      reconnection: this.reconnection,
      askToDial,
      network: this.network,
      watch: this.watch,
      mayConnect: () => this.image.mayOpen(),
      isWanted: () => this.#loop.isWanted(),
      publish: (state, reason, details) => this.records.publish(state, reason, details),
      wake: () => this.wake.call(),
    })
  }

  #newImage(): SessionImage {
    const { clock, keepsImage } = this.#dependencies
    const { journal, opening, quarantine, reconnection, status, watch, keeper, records } = this
    const wake = (): void => this.wake.call()
    return new SessionImage({
      clock,
      keepsImage,
      isAsked: () => this.actions.isBusy,
      journal,
      opening,
      quarantine,
      reconnection,
      status,
      watch,
      keeper,
      records,
      wake,
    })
  }

  #newActions(owner: { runnerId: string; epoch: number }): Actions {
    const { documents, clock, logger } = this.#dependencies
    const session = {
      opening: this.opening,
      quarantine: this.quarantine,
      reconnection: this.reconnection,
      keeper: this.keeper,
      engine: () => this.image.engine,
      discard: () => this.image.discard(),
      adopt: (engine: Engine) => this.image.adopt(engine),
      recovery: this.watch.recovery,
      runnerId: owner.runnerId,
      isMoving: () => this.#loop.isMoving(),
    }
    const [append, wake] = [(entry: Entry) => this.records.append(entry), () => this.wake.call()]
    return new Actions({ session, append, wake, documents, clock, logger, owner })
  }

  #newQueries(): SessionQueries {
    const { documents, clock, random } = this.#dependencies
    return new SessionQueries({
      documents,
      clock,
      random,
      logger: this.logger,
      engine: () => this.image.engine,
      connection: (needs) => {
        if (this.journal.ended) return null
        return needs === 'pairing' ? this.keeper.pairing : this.keeper.open
      },
    })
  }
}
