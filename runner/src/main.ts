// This import comes first: it patches a module before any import loads Baileys.
import './whatsapp/baileys/patches/inflate-limit.ts'
import { RUNNERS } from '@holdfast/core/operations/runner-document'
import { messageOf } from '@holdfast/core/platform/errors'
import { endWithoutCredentials } from '@holdfast/core/adapters/google/credentials'
import { createFirestoreClients } from '@holdfast/core/adapters/google/clients'
import { tenantOf } from '@holdfast/core/session/ids'
import { createLogger, type Logger } from '@holdfast/core/platform/logging'
import { openRunnerStores, type RunnerStores } from '@holdfast/core/adapters/session-stores'
import { openTaskQueues } from '@holdfast/core/adapters/task-queues'
import type { StoreProblem, StoreReport } from '@holdfast/core/operations/store-report'
import { sentenceOfOldName } from '@holdfast/core/platform/old-names'
import { systemClock, systemRandom } from '@holdfast/core/platform/system-clock'
import { BaileysClient } from './whatsapp/baileys/client.ts'
import { installPatches } from './whatsapp/baileys/patches/install-patches.ts'
import { rekeyedState } from './whatsapp/baileys/signal/rekey.ts'
import { readRunnerConfig, type RunnerConfig } from './config.ts'
import { ActionFeed } from './supervisor/action-feed.ts'
import { DialPacer } from './supervisor/dial-pacer.ts'
import { Supervisor } from './supervisor/supervisor.ts'
import { JobFeed } from './supervisor/job-feed.ts'
import { Heartbeat } from './supervisor/heartbeat.ts'
import { TenantFeed } from './supervisor/tenant-feed.ts'
import { SingleTrialSlot } from './supervisor/trial-slot.ts'
import { Placement } from './supervisor/placement.ts'
import { Shutdown } from './process/shutdown.ts'
import { onSignal } from '@holdfast/core/platform/signals'
import { EXIT } from '@holdfast/core/platform/exit-codes'
import { logUncaughtErrors } from '@holdfast/core/platform/uncaught-errors'
import { Liveness } from './process/liveness.ts'
import { leaveBeforeMemoryIsFull } from './process/memory-limit.ts'
import { ProbeServer } from './process/probe-server.ts'
import { processMeter } from './process/resource-meter.ts'
import { ResourceWatch } from './process/resource-watch.ts'
import { Start } from './process/start.ts'
import { DEFAULT_JOURNAL_LIMITS } from './session/journal/commit.ts'
import type { OwnedSession, OwnedSessionDependencies } from './session/owned-session.ts'

/** The runner doubts itself after this many times the silence that makes it count as dead. */
const DOUBTED_AFTER_DEATHS = 5

const clock = systemClock

/** Wires and starts a runner, which runs until a signal or its memory limit makes it leave. */
async function main(): Promise<void> {
  const config = readConfigOrExit()
  const logger = createLogger('runner', config.logLevel)
  logUncaughtErrors(logger)
  await endWithoutCredentials(config.credentials, logger)
  await installPatches({
    clock,
    signatureCheck: config.signatureCheck,
    onInvalidSignature: () => logger.error('A signature of WhatsApp or of the phone is not valid.'),
  })
  // The id is new at every start, so that it names this process only.
  const runnerId = `runner-${systemRandom.bytes(6).toString('hex')}`
  const log = logger.child({ runner: runnerId })
  const { instanceId, version, revision, maxConnections: capacity } = config
  const sessions = new Map<string, OwnedSession>()
  const { projectId, storage, wrappingKey } = config
  const onLost = () => process.exit(EXIT.leftInDisorder)
  const stores = openRunnerStores({ projectId, storage, wrappingKey, runnerId, clock, logger: log, onLost })
  const { documents } = stores
  const { taskQueue: type, tasks: cloud } = config
  const tasks = openTaskQueues({ type, cloud, documents, clock, operations: stores.operations })
  let store: StoreReport | null = null
  const meter = processMeter(config.memoryLimitBytes)
  const resources = new ResourceWatch({ meter, clock, policy: config.resources })
  const own = { documents, clock, logger: log, runnerId, instanceId }
  const heartbeat = new Heartbeat({
    ...own,
    version,
    revision,
    capacity,
    // A directory belongs to one runner: no other runner could continue its sessions.
    policy: { ...config.heartbeat, mutes: storage.type !== 'local' },
    sessions,
    resources: () => resources.latest,
    store: () => store,
    operations: () => ({ ...stores.operations }),
  })
  const jobs = new JobFeed(own)
  const placement = new Placement({ ...own, onAlone: (isAlone) => jobs.alone(isAlone) })
  const tenants = new TenantFeed({ documents, clock, logger: log, defaults: config.tenantDefaults })
  const dependencies = sessionDependencies(config, stores, { runnerId, logger: log, jobs, tenants, tasks })
  const actions = new ActionFeed({ documents, clock, logger: log })
  const { oldRevisionWaitMs } = config
  const supervisor = new Supervisor({
    dependencies,
    heartbeat,
    placement,
    actions,
    tenants,
    capacity,
    oldRevisionWaitMs,
    sessions,
  })

  const liveness = new Liveness({
    clock,
    logger: log,
    unrenewedForMs: () => heartbeat.unrenewedForMs,
    limitMs: DOUBTED_AFTER_DEATHS * config.heartbeat.deadAfterMs,
    askAfresh: async () => {
      const fresh = createFirestoreClients({ projectId })
      try {
        await fresh.documents.query({ collection: RUNNERS, limit: 1, select: ['v'] })
      } finally {
        await fresh.close()
      }
    },
  })
  let probes: ProbeServer | null = null
  const shutdown = new Shutdown({
    clock,
    logger: log,
    sessions,
    handOver: async (why, deadline) => {
      await supervisor.leave(deadline, why === 'memory-limit' ? why : 'told')
      await stores.close()
      await tasks.close()
      await probes?.close()
    },
    exit: (code) => process.exit(code),
  })
  onSignal((signal) => shutdown.begin({ why: signal, exitCode: EXIT.leftInOrder }))

  logStart(log, config, meter)
  const start = new Start({
    ...own,
    stores,
    heartbeat,
    supervisor,
    policy: config.restarts,
    leaving: shutdown.signal,
    onReport(report) {
      store = report
    },
    onUnfit: (problems) => endUnfit(log, problems),
  })
  if (config.probePort !== null) {
    probes = await ProbeServer.listen(config.probePort, { startup: () => start.waitsFor, live: () => liveness.trouble })
    log.info({ port: probes.port }, `Probes are answered on port ${probes.port}.`)
  }
  resources.start(leaveBeforeMemoryIsFull(config.memory, shutdown, log))
  await start.run()
}

function endUnfit(log: Logger, problems: readonly StoreProblem[]): void {
  const exitCode = EXIT.badConfiguration
  for (const { code, sentence, advice } of problems) log.fatal({ code, exitCode }, `${sentence} ${advice}`)
  process.exit(exitCode)
}

function logStart(log: Logger, config: RunnerConfig, meter: ReturnType<typeof processMeter>): void {
  const limitMb = meter.memoryLimitBytes === null ? null : Math.round(meter.memoryLimitBytes / 1024 / 1024)
  const { maxConnections: capacity, instanceId: instance, version, revision } = config
  const figures = {
    version,
    revision,
    capacity,
    instance,
    pid: process.pid,
    node: process.version,
    cpus: meter.cpus,
    memoryLimitMb: limitMb,
  }
  const memory = limitMb === null ? 'an unknown limit of memory' : `${limitMb} MB of memory`
  for (const old of config.oldNames) log.warn({ name: old.name }, sentenceOfOldName(old))
  log.info(figures, `The runner starts: up to ${capacity} sessions, ${meter.cpus} CPUs, ${memory}.`)
}

function sessionDependencies(
  config: RunnerConfig,
  { documents, journals, objects, archives }: RunnerStores,
  own: Pick<OwnedSessionDependencies, 'runnerId' | 'logger' | 'tasks'> & { jobs: JobFeed; tenants: TenantFeed },
): OwnedSessionDependencies {
  const { runnerId, logger, jobs, tenants, tasks } = own
  const { connectsPerSecond: perSecond, maxPairings: pairings } = config
  const pacer = new DialPacer({ clock, perSecond, burst: perSecond, pairings })
  return {
    documents,
    journals,
    objects,
    archives,
    clock,
    random: systemRandom,
    logger,
    wrappingKey: config.wrappingKey,
    runnerId,
    journalLimits: DEFAULT_JOURNAL_LIMITS,
    checkpoints: config.checkpoints,
    autoRestore: config.autoRestore,
    keepsImage: config.storage.type !== 'cloud',
    outlivesFirestore: config.storage.type === 'local',
    crashPolicy: config.crashPolicy,
    trialSlot: new SingleTrialSlot(),
    rekey: (image, lostRecords) => rekeyedState(image, lostRecords, clock.now()),
    sending: config.sending,
    tasks,
    tenantSettings: (sessionId) => tenants.settingsOf(tenantOf(sessionId)),
    subscribeJobs: (sessionId, onJobs) => jobs.subscribe(sessionId, onJobs),
    reconnect: config.reconnect,
    askToDial: pacer.ask,
    createClient: (options) => new BaileysClient({ ...options, settings: config.client }),
  }
}

function readConfigOrExit(): RunnerConfig {
  try {
    return readRunnerConfig()
  } catch (error) {
    createLogger('runner', 'info').fatal({ exitCode: EXIT.badConfiguration }, messageOf(error))
    return process.exit(EXIT.badConfiguration)
  }
}

try {
  await main()
} catch (error) {
  createLogger('runner', 'info').fatal({ error, exitCode: EXIT.crashed }, 'The runner could not start.')
  process.exit(EXIT.crashed)
}
