import { VERSION } from '@holdfast/core/platform/version'
import { randomBytes } from 'node:crypto'
import type { RunnerResources } from '@holdfast/core/operations/runner-document'
import type { KeyWrapping } from '@holdfast/core/security/key-wrapping'
import { Deadline } from '@holdfast/core/platform/deadlines'
import { createLogger } from '@holdfast/core/platform/logging'
import type { Clock, DocumentCounter, DocumentStore, ObjectStore, Random } from '@holdfast/core/platform/ports'
import { DocumentJournals } from '@holdfast/core/journal/document-journals'
import type { JournalStore } from '@holdfast/core/journal/journal-store'
import { systemClock, systemRandom } from '@holdfast/core/platform/system-clock'
import { DEFAULT_RECONNECT_POLICY, type ReconnectPolicy } from '@holdfast/core/session/disconnect-policy'
import { DEFAULT_TENANT_SETTINGS, type TenantDefaults } from '@holdfast/core/operations/tenant-settings'
import { tenantOf } from '@holdfast/core/session/ids'
import { ActionFeed } from '../../../runner/src/supervisor/action-feed.ts'
import { Rebalancer } from '../../../runner/src/supervisor/rebalancer.ts'
import { Supervisor } from '../../../runner/src/supervisor/supervisor.ts'
import { Heartbeat, type Leaving } from '../../../runner/src/supervisor/heartbeat.ts'
import { JobFeed } from '../../../runner/src/supervisor/job-feed.ts'
import { HAND_OVER_WITHIN_MS } from '../../../runner/src/session/hand-over.ts'
import { TenantFeed } from '../../../runner/src/supervisor/tenant-feed.ts'
import { SingleTrialSlot } from '../../../runner/src/supervisor/trial-slot.ts'
import { Placement } from '../../../runner/src/supervisor/placement.ts'
import type { CheckpointPolicy } from '../../../runner/src/session/journal/checkpointer.ts'
import type { Client, ClientOptions, Connection, ConnectionEvents } from '../../../runner/src/whatsapp/port.ts'
import type { FrameGate } from '../../../runner/src/whatsapp/frame-gate.ts'
import type { SessionNetwork } from '../../../runner/src/session/connection/network-port.ts'
import type { AskToDial } from '../../../runner/src/session/connection/dial-place.ts'
import { DEFAULT_CRASH_POLICY, type CrashPolicy } from '../../../runner/src/session/quarantine/crash-record.ts'
import { DEFAULT_JOURNAL_LIMITS, type JournalLimits } from '../../../runner/src/session/journal/commit.ts'
import type { Deliveries } from '../../../runner/src/session/inbox/deliveries.ts'
import type { JournaledState } from '../../../runner/src/session/journal/journaled-state.ts'
import { NO_FILES, NO_MEDIA, NO_MEDIA_READER } from './no-media.ts'
import { RunnerRecoveries } from '../../../runner/src/session/recovery/runner-recoveries.ts'
import type { RecoveryPolicy } from '../../../runner/src/session/recovery/session-watch.ts'
import type { OwnedSession } from '../../../runner/src/session/owned-session.ts'
import type { OwnedSessionDependencies } from '../../../runner/src/session/session-parts.ts'
import type { StateChange } from '../../../runner/src/session/session-status.ts'
import { DEFAULT_SEND_POLICY } from '../../../runner/src/session/outbox/send-policy.ts'
import { NO_QUESTIONS } from './no-questions.ts'

/** One dial of the runner. The test calls its events in the place of WhatsApp. */
export interface Dial {
  readonly events: ConnectionEvents
  isOver: boolean
}

/** The options of a client, with the types of the engine's own parts. */
export interface GivenParts extends ClientOptions {
  readonly state: JournaledState
  readonly deliveries: Deliveries
}

export interface RunnerOptions {
  documents: DocumentStore
  objects: ObjectStore
  journals?: JournalStore
  /** Whether the runner mutes its sessions when Firestore does not accept its heartbeat. */
  mutes?: boolean
  wrappingKey: KeyWrapping
  instanceId?: string
  capacity?: number
  random?: Random
  /** The clock of its sessions. */
  clock?: Clock
  journalLimits?: JournalLimits
  deadAfterMs?: number
  autoRestore?: 'lossless' | 'always'
  keepsImage?: boolean
  crashPolicy?: CrashPolicy
  recoveryPolicy?: Partial<RecoveryPolicy>
  networkOf?: (sessionId: string) => SessionNetwork
  /** The revision of Cloud Run. */
  revision?: string
  oldRevisionWaitMs?: number
  /** Whether it gives sessions to emptier runners. */
  rebalances?: boolean
  reconnect?: ReconnectPolicy
  askToDial?: AskToDial
  checkpoints?: CheckpointPolicy
  tenantDefaults?: TenantDefaults
  /** Replaces the keys of a state that lost records. Absent: it leaves them as they are. */
  rekey?: OwnedSessionDependencies['rekey']
  /** Called with the options of each new client. The runner makes one each time it has read a session's state. */
  onClient?: (given: GivenParts) => void
  /** Called after each dial. */
  onDial?: () => void
}

/** Without pacing, which only its own tests need. */
const UNPACED: TenantDefaults = {
  ...DEFAULT_TENANT_SETTINGS,
  pacing: { ...DEFAULT_TENANT_SETTINGS.pacing, enabled: false },
}

const RESOURCES: RunnerResources = {
  memory: { rssBytes: 1, limitBytes: null, percentage: null },
  cpu: { cpus: 1, percentage: null },
  eventLoop: { p99Ms: null, maxMs: null },
}

/** A runner in this process, complete except for its WhatsApp client. */
export class RunnerUnderTest {
  readonly runnerId = `runner-${randomBytes(4).toString('hex')}`
  readonly dials: Dial[] = []
  /** How often the runner has read a session's state. */
  openings = 0
  /** How often the runner has begun to look for sessions without an owner. Looks follow one another. */
  looks = 0
  seesOutage = false
  readonly dependencies: OwnedSessionDependencies
  readonly sessions = new Map<string, OwnedSession>()
  readonly recoveries = new RunnerRecoveries()
  readonly placement: Placement
  readonly supervisor: Supervisor
  readonly heartbeat: Heartbeat
  readonly tenants: TenantFeed
  /** Changes of a session's state that the table of transitions lacks. */
  readonly #unknown: StateChange[] = []
  #left = false

  constructor(options: RunnerOptions) {
    const { documents, objects, wrappingKey, capacity = 10, random = systemRandom, deadAfterMs = 60_000 } = options
    const { runnerId, sessions } = this
    const logger = createLogger('test', 'silent')
    this.tenants = new TenantFeed({
      documents,
      clock: systemClock,
      logger,
      defaults: options.tenantDefaults ?? UNPACED,
    })
    const feed = new JobFeed({ documents, clock: systemClock, logger })
    this.dependencies = {
      documents,
      journals: options.journals ?? new DocumentJournals(documents),
      objects,
      archives: objects,
      media: NO_MEDIA,
      fetchFile: () => Promise.reject(new Error('This test fetches no files.')),
      mostMediaBytes: 100 * 1024 * 1024,
      clock: options.clock ?? systemClock,
      random,
      logger,
      wrappingKey,
      runnerId,
      journalLimits: options.journalLimits ?? DEFAULT_JOURNAL_LIMITS,
      checkpoints: options.checkpoints ?? { everyRecords: 256, everyMs: 60_000 },
      autoRestore: options.autoRestore ?? 'lossless',
      keepsImage: options.keepsImage ?? true,
      outlivesFirestore: false,
      recoveries: this.recoveries,
      recoveryPolicy: { isAutomatic: true, deafAfterMs: 300_000, ...options.recoveryPolicy },
      hasRoomElsewhere: () => this.placement.hasRoomElsewhere(),
      ...(options.networkOf ? { networkOf: options.networkOf } : {}),
      crashPolicy: options.crashPolicy ?? DEFAULT_CRASH_POLICY,
      trialSlot: new SingleTrialSlot(),
      saferPlace: async (sessionId) =>
        [...this.sessions.keys()].every((id) => id === sessionId) ? null : this.placement.idleRunner(),
      rekey: options.rekey ?? ((image) => image.toMutation()),
      sending: DEFAULT_SEND_POLICY,
      // The tests of this runner wait for no later retry.
      tasks: { enqueue: () => Promise.resolve('queued') },
      tenantSettings: (sessionId) => this.tenants.settingsOf(tenantOf(sessionId)),
      subscribeJobs: (sessionId, onJobs) => feed.subscribe(sessionId, onJobs),
      reconnect: options.reconnect ?? DEFAULT_RECONNECT_POLICY,
      askToDial: options.askToDial ?? grantAtOnce,
      onUnknownTransition: (change) => this.#unknown.push(change),
      createClient: (given) => {
        options.onClient?.(given as GivenParts)
        return this.#client(given, options.onDial)
      },
    }
    const build = { version: VERSION, revision: options.revision ?? '' }
    const policy = { intervalMs: 300, deadAfterMs, mutes: options.mutes ?? true }
    const parts = { documents, clock: systemClock, logger, runnerId, instanceId: options.instanceId ?? null }
    const reports = {
      resources: () => RESOURCES,
      store: () => null,
      operations: () => ({}),
      totals: () => this.recoveries.totals.snapshot,
    }
    this.heartbeat = new Heartbeat({ ...parts, ...build, ...reports, capacity, policy, sessions })
    const onAlone = (isAlone: boolean): void => {
      this.looks++
      feed.alone(isAlone)
    }
    const counted: DocumentStore & DocumentCounter = {
      commit: (changes) => documents.commit(changes),
      read: (path) => documents.read(path),
      query: (query) => documents.query(query),
      listen: (...given) => documents.listen(...given),
      count: async (query) => (await documents.query(query)).length,
    }
    this.placement = new Placement({ ...parts, documents: counted, onAlone })
    this.supervisor = new Supervisor({
      dependencies: this.dependencies,
      heartbeat: this.heartbeat,
      placement: this.placement,
      actions: new ActionFeed(parts),
      tenants: this.tenants,
      capacity,
      oldRevisionWaitMs: options.oldRevisionWaitMs ?? 2000,
      ...(options.rebalances
        ? { rebalancer: new Rebalancer({ ...parts, placement: this.placement, sessions, seesOutage: () => this.seesOutage }) }
        : {}),
      sessions,
    })
  }

  async leave(because: Leaving = 'told'): Promise<void> {
    if (this.#left) return
    this.#left = true
    await this.supervisor.leave(new Deadline(systemClock, HAND_OVER_WITHIN_MS), because)
    if (this.#unknown.length > 0) throw new Error(`The table of transitions lacks: ${JSON.stringify(this.#unknown)}`)
  }

  #client({ openGate }: ClientOptions, onDial: () => void = () => {}): Client {
    this.openings++
    return {
      me: null,
      media: NO_MEDIA_READER,
      historyReader: { read: async function* () {} },
      contactOf: (chat) => chat,
      isNewChat: () => false,
      describeSent: () => null,
      renewIdentity: () => {},
      connect: (events) => {
        const dial: Dial = { events, isOver: false }
        this.dials.push(dial)
        const gate = openGate(() => {})
        gate.attach({ readyState: 0, send: () => {}, terminate: () => {} })
        onDial()
        return connectionOf(dial, gate)
      },
    }
  }
}

const grantAtOnce: AskToDial = () => ({ isGranted: true, end: () => {} })

const connectionOf = (dial: Dial, gate: FrameGate): Connection => ({
  questions: NO_QUESTIONS,
  files: NO_FILES,
  compose: async () => new Uint8Array(),
  relay: () => Promise.resolve(),
  resend: () => Promise.resolve(),
  star: () => Promise.resolve(),
  isReachable: () => Promise.resolve(true),
  mute: () => {},
  heldForMs: () => 0,
  readingForMs: () => 0,
  askForNews: () => Promise.resolve('unknown'),
  unlink: () => Promise.resolve(),
  close: async () => {
    dial.isOver = true
    gate.shut()
  },
  cut: () => {
    dial.isOver = true
    gate.shut()
  },
})
