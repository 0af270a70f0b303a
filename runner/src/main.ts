import { messageOf } from '@holdfast/core/errors'
import { createLogger } from '@holdfast/core/logging'
import { openRunnerStores, type RunnerStores } from '@holdfast/core/stores/session-stores'
import type { StoreReport } from '@holdfast/core/stores/store-report'
import { systemClock, systemRandom } from '@holdfast/core/system-clock'
import { BaileysClient } from './baileys/client.ts'
import { installMends } from './baileys/mends.ts'
import { rekeyedState } from './baileys/rekey.ts'
import { readRunnerConfig, type RunnerConfig } from './config.ts'
import { ActionFeed } from './fleet/action-feed.ts'
import { DialPacer } from './fleet/dial-pacer.ts'
import { Fleet } from './fleet/fleet.ts'
import { JobFeed } from './fleet/job-feed.ts'
import { Heartbeat } from './fleet/heartbeat.ts'
import { OneTrial } from './fleet/one-trial.ts'
import { Placement } from './fleet/placement.ts'
import { untilUsable } from './process/usable-stores.ts'
import { DEFAULT_JOURNAL_LIMITS } from './session/journal.ts'
import type { OwnedSession, OwnedSessionDependencies } from './session/owned-session.ts'
import { DEFAULT_SEND_POLICY } from './session/send-policy.ts'

/** Cloud Run sends SIGTERM and kills 10 s later. */
const LEAVE_WITHIN_MS = 8000

/** EX_CONFIG: a setting is wrong, and starting again does not help. */
const BAD_CONFIGURATION = 78

/** Wires a runner and lives until it is told to leave. */
async function main(): Promise<void> {
  const config = readConfigOrExit()
  const logger = createLogger('runner', config.logLevel)
  await installMends({
    clock: systemClock,
    signatureCheck: config.signatureCheck,
    onInvalidSignature: () => logger.error('A signature of WhatsApp or of the phone is not valid.'),
  })
  // Fresh at every start: whoever finds this id knows this process, and no other.
  const runnerId = `runner-${systemRandom.bytes(6).toString('hex')}`
  const log = logger.child({ runner: runnerId })
  const sessions = new Map<string, OwnedSession>()
  const { projectId, storage, wrappingKey } = config
  const onLost = () => process.exit(1)
  const stores = openRunnerStores({ projectId, storage, wrappingKey, runnerId, clock: systemClock, logger: log, onLost })
  const { documents } = stores
  let store: StoreReport | null = null
  const heartbeat = new Heartbeat({
    documents,
    clock: systemClock,
    logger: log,
    runnerId,
    instanceId: config.instanceId,
    capacity: config.maxConnections,
    // A directory is one runner's: nobody else could go on with its sessions.
    policy: { ...config.heartbeat, mutes: storage.type !== 'local' },
    sessions,
    memoryBytes: () => process.memoryUsage.rss(),
    store: () => store,
  })
  const placement = new Placement({ documents, logger: log, runnerId, instanceId: config.instanceId })
  const dependencies = sessionDependencies(config, stores, runnerId, log)
  const actions = new ActionFeed({ documents, clock: systemClock, logger: log })
  const fleet = new Fleet({ dependencies, heartbeat, placement, actions, capacity: config.maxConnections, sessions })

  const leaving = new AbortController()
  const leave = (signal: string): void => {
    if (leaving.signal.aborted) return
    leaving.abort()
    log.info({ signal, sessions: sessions.size }, 'Leaving: handing the sessions over.')
    const end = (code: number) => process.exit(code)
    systemClock.after(LEAVE_WITHIN_MS, () => end(1))
    fleet
      .leave()
      .then(() => stores.close())
      .then(
        () => end(0),
        (error: unknown) => {
          log.error({ error }, 'Leaving failed; the next owner starts as after a crash.')
          end(1)
        },
      )
  }
  for (const signal of ['SIGTERM', 'SIGINT', 'SIGHUP'] as const) process.on(signal, () => leave(signal))
  // Baileys leaves promises of a closed socket without a listener. None of them decides anything here.
  process.on('unhandledRejection', (error) => log.warn({ error }, 'A promise was rejected and nobody listened.'))
  process.on('uncaughtException', (error) => {
    log.fatal({ error }, 'The process is in an unknown state and ends; the next start takes over from the journal.')
    process.exit(1)
  })

  log.info({ capacity: config.maxConnections }, 'The runner starts.')
  const lasting = await untilUsable({
    stores,
    clock: systemClock,
    logger: log,
    leaving: leaving.signal,
    onReport(report) {
      store = report
      // Whoever looks at the runners sees one that waits, and for what.
      if (!report.valid) heartbeat.start().catch((error: unknown) => log.warn({ error }, 'The runner cannot register yet.'))
    },
  })
  if (lasting.length > 0) {
    for (const { code, sentence, advice } of lasting) log.fatal({ code }, `${sentence} ${advice}`)
    return process.exit(BAD_CONFIGURATION)
  }
  if (!leaving.signal.aborted) await fleet.start()
}

function sessionDependencies(
  config: RunnerConfig,
  { documents, journals, objects }: RunnerStores,
  runnerId: string,
  logger: ReturnType<typeof createLogger>,
): OwnedSessionDependencies {
  const feed = new JobFeed({ documents, clock: systemClock, logger })
  const { connectsPerSecond: perSecond, maxPairings: pairings } = config
  const pacer = new DialPacer({ clock: systemClock, perSecond, burst: perSecond, pairings })
  return {
    documents,
    journals,
    objects,
    clock: systemClock,
    random: systemRandom,
    logger,
    wrappingKey: config.wrappingKey,
    runnerId,
    journalLimits: DEFAULT_JOURNAL_LIMITS,
    checkpoints: config.checkpoints,
    autoRestore: config.autoRestore,
    keepsImage: config.storage.type !== 'cloud',
    crashPolicy: config.crashPolicy,
    trialSlot: new OneTrial(),
    rekey: (image, lostRecords) => rekeyedState(image, lostRecords, systemClock.now()),
    sending: {
      ...DEFAULT_SEND_POLICY,
      chatsAtOnce: config.chatsAtOnce,
      maxRetries: config.maxRetries,
      ackTimeoutMs: config.ackTimeoutMs,
    },
    subscribeJobs: (sessionId, onJobs) => feed.subscribe(sessionId, onJobs),
    reconnect: config.reconnect,
    askToDial: pacer.ask,
    createClient: (options) => new BaileysClient({ ...options, settings: config.client }),
  }
}

function readConfigOrExit(): RunnerConfig {
  try {
    return readRunnerConfig()
  } catch (error) {
    process.stderr.write(`${messageOf(error)}\n`)
    return process.exit(BAD_CONFIGURATION)
  }
}

await main()
