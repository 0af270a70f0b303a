// This import comes first: it patches a module before any import loads Baileys.
import './whatsapp/baileys/patches/inflate-limit.ts'
import { SafeDownloads } from '@holdfast/core/adapters/outgoing/downloads'
import { RUNNERS } from '@holdfast/core/operations/runner-document'
import { messageOf } from '@holdfast/core/platform/errors'
import { endWithoutCredentials } from '@holdfast/core/adapters/google/credentials'
import { openKeyWrapping } from '@holdfast/core/adapters/key-wrapping'
import { createFirestoreClients } from '@holdfast/core/adapters/google/clients'
import { SafeHttp } from '@holdfast/core/adapters/outgoing/http'
import { connectChecked } from '@holdfast/core/adapters/outgoing/checked-connection'
import { outsideOr } from '@holdfast/core/adapters/outgoing/inside-addresses'
import { tenantOf } from '@holdfast/core/session/ids'
import type { SessionProxy } from '@holdfast/core/session/proxy-settings'
import { createLogger, type Logger } from '@holdfast/core/platform/logging'
import { openRunnerStores, type RunnerStores } from '@holdfast/core/adapters/session-stores'
import { openTraces } from '@holdfast/core/adapters/traces'
import { openTaskQueues } from '@holdfast/core/adapters/task-queues'
import type { StoreProblem, StoreReport } from '@holdfast/core/operations/store-report'
import { sentenceOfOldName } from '@holdfast/core/platform/old-names'
import { systemClock, systemRandom } from '@holdfast/core/platform/system-clock'
import { BaileysClient } from './whatsapp/baileys/client.ts'
import { serverAddress } from './whatsapp/baileys/server-address.ts'
import { installPatches } from './whatsapp/baileys/patches/install-patches.ts'
import { rekeyedState } from './whatsapp/baileys/signal/rekey.ts'
import { readRunnerConfig, type RunnerConfig } from './config.ts'
import { proxyAgent } from './network/proxy-tunnel.ts'
import { type WatchedNetwork, watchNetwork } from './network/watched-network.ts'
import { ActionFeed } from './supervisor/action-feed.ts'
import { DialPacer } from './supervisor/dial-pacer.ts'
import { Supervisor } from './supervisor/supervisor.ts'
import { JobFeed } from './supervisor/job-feed.ts'
import { QueryFeed } from './supervisor/query-feed.ts'
import { Heartbeat } from './supervisor/heartbeat.ts'
import { TenantFeed } from './supervisor/tenant-feed.ts'
import { SessionHeartbeats } from './supervisor/session-heartbeats.ts'
import { SingleTrialSlot } from './supervisor/trial-slot.ts'
import { Rebalancer } from './supervisor/rebalancer.ts'
import { Placement } from './supervisor/placement.ts'
import { RunnerActions } from './supervisor/runner-actions.ts'
import { Shutdown } from './process/shutdown.ts'
import { onSignal } from '@holdfast/core/platform/signals'
import { EXIT } from '@holdfast/core/platform/exit-codes'
import { logUncaughtErrors } from '@holdfast/core/platform/uncaught-errors'
import { Liveness } from './process/liveness.ts'
import { leaveBeforeMemoryIsFull } from './process/memory-limit.ts'
import { ProbeServer } from './process/probe-server.ts'
import { processMeter } from './process/resource-meter.ts'
import { ResourceWatch } from './process/resource-watch.ts'
import { SweepWatch } from './process/sweep-watch.ts'
import { Slots } from './process/slots.ts'
import { Start } from './process/start.ts'
import { hasFfmpeg } from './session/media/voice-converter.ts'
import { DEFAULT_JOURNAL_LIMITS } from './session/journal/commit.ts'
import { RunnerRecoveries } from './session/recovery/runner-recoveries.ts'
import type { OwnedSession } from './session/owned-session.ts'
import type { OwnedSessionDependencies } from './session/session-parts.ts'

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
  const { projectId, storage } = config
  const traces = await openTraces(config.traces, { name: 'holdfast-runner', version, id: runnerId, logger: log })
  const { wrappingKey, close: closeWrapping } = openKeyWrapping(config.wrapping, {
    clock,
    documents: { read: (path) => stores.documents.read(path) },
  })
  const onLost = () => process.exit(EXIT.leftInDisorder)
  const stores = openRunnerStores({ projectId, storage, wrappingKey, runnerId, clock, logger: log, onLost })
  const { documents } = stores
  const { taskQueue: type, tasks: cloud } = config
  const tasks = openTaskQueues({ type, cloud, documents, clock, operations: stores.operations })
  const recoveries = new RunnerRecoveries()
  let convertsVoice: boolean | null = null
  void hasFfmpeg().then((has) => (convertsVoice = has))
  let store: StoreReport | null = null
  const meter = processMeter(config.memoryLimitBytes)
  const resources = new ResourceWatch({ meter, clock, policy: config.resources })
  const own = { documents, clock, logger: log, runnerId, instanceId }
  const slots = new Slots(own)
  const network = watchNetwork({
    ...own,
    config: config.network,
    whatsapp: serverAddress(),
    perSecond: config.connectsPerSecond,
    hasFirestore: () => heartbeat.unrenewedForMs <= config.heartbeat.deadAfterMs,
  })
  const heartbeat = new Heartbeat({
    ...own,
    findSlotAgain: (number) => slots.findAgain(number),
    version,
    revision,
    capacity,
    // A directory belongs to one runner: no other runner could continue its sessions.
    policy: { ...config.heartbeat, mutes: storage.type !== 'local' },
    sessions,
    resources: () => resources.latest,
    store: () => store,
    network: () => network.watch.report(),
    convertsVoice: () => convertsVoice,
    operations: () => ({ ...stores.operations }),
    totals: () => recoveries.totals.snapshot,
  })
  const jobs = new JobFeed(own)
  const placement = new Placement({ ...own, onAlone: (isAlone) => jobs.alone(isAlone) })
  const tenants = new TenantFeed({ documents, clock, logger: log, defaults: config.tenantDefaults })
  const saferPlace = async (sessionId: string) =>
    [...sessions.keys()].every((id) => id === sessionId) ? null : placement.idleRunner()
  const dependencies = {
    ...sessionDependencies(config, stores, { wrappingKey, runnerId, logger: log, jobs, tenants, tasks, network }),
    traces,
    saferPlace,
    recoveries,
    hasRoomElsewhere: () => placement.hasRoomElsewhere(),
  }
  const sessionHeartbeats = new SessionHeartbeats({ ...own, sessions, isMuted: () => heartbeat.muted })
  if (config.hasSessionHeartbeats) sessionHeartbeats.start()
  const queries = new QueryFeed({ ...own, sessions })
  const actions = new ActionFeed({ documents, clock, logger: log })
  const { oldRevisionWaitMs } = config
  const isBalanced = storage.type !== 'local' && config.rebalances
  const rebalancer = new Rebalancer({ ...own, placement, sessions, seesOutage: () => network.watch.verdict !== 'none' })
  const supervisor = new Supervisor({
    ...(isBalanced ? { rebalancer } : {}),
    dependencies,
    heartbeat,
    placement,
    actions,
    tenants,
    capacity,
    oldRevisionWaitMs,
    sessions,
  })

  const sweepWatch = new SweepWatch({ ...own, tasks })
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
      sessionHeartbeats.stop()
      queries.stop()
      await supervisor.leave(deadline, why === 'memory-limit' ? why : 'told')
      sweepWatch.stop()
      await runnerActions.end()
      await network.watch.stop()
      await stores.close()
      await closeWrapping()
      await tasks.close()
      await traces.close()
      await probes?.close()
    },
    exit: (code) => process.exit(code),
  })
  const onRestart = () => shutdown.begin({ why: 'restart-runner', exitCode: EXIT.leftInOrder })
  // A first process of a container takes no SIGKILL from itself.
  const onCrash = () => {
    process.kill(process.pid, 'SIGKILL')
    process.exit(EXIT.crashDrill)
  }
  const runnerActions = new RunnerActions({ ...own, onRestart, onCrash })
  onSignal((signal) => shutdown.begin({ why: signal, exitCode: EXIT.leftInOrder }))

  logStart(log, config, meter)
  const start = new Start({
    ...own,
    tasks,
    slots,
    revision,
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
  network.watch.start()
  sweepWatch.start()
  runnerActions.start()
  queries.start()
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
  { documents, journals, objects, archives, media }: RunnerStores,
  own: Pick<OwnedSessionDependencies, 'wrappingKey' | 'runnerId' | 'logger' | 'tasks'> & {
    jobs: JobFeed
    tenants: TenantFeed
    network: WatchedNetwork
  },
): Omit<OwnedSessionDependencies, 'recoveries' | 'hasRoomElsewhere'> {
  const { wrappingKey, runnerId, logger, jobs, tenants, tasks, network } = own
  const { connectsPerSecond: perSecond, maxPairings: pairings } = config
  const downloads = new SafeDownloads({ mayConnect: outsideOr(config.allowInside) })
  const isSecure = serverAddress().protocol === 'wss:'
  const reach = { timeoutMs: PROXY_LIMIT_MS, mayConnect: outsideOr(config.allowInside) }
  const agentFor = (proxy: SessionProxy) =>
    proxyAgent(proxy, { isSecure, timeoutMs: PROXY_LIMIT_MS, connect: (to) => connectChecked({ ...reach, ...to }) })
  const pacer = new DialPacer({ clock, perSecond, burst: perSecond, pairings, gate: network.breaker })
  return {
    documents,
    journals,
    objects: network.watchObjects(objects),
    archives,
    media,
    mostMediaBytes: config.mostMediaBytes,
    fetchFile: (url) => downloads.open(url),
    clock,
    random: systemRandom,
    logger,
    wrappingKey,
    runnerId,
    journalLimits: DEFAULT_JOURNAL_LIMITS,
    checkpoints: config.checkpoints,
    autoRestore: config.autoRestore,
    keepsImage: config.storage.type !== 'cloud',
    outlivesFirestore: config.storage.type === 'local',
    crashPolicy: config.crashPolicy,
    recoveryPolicy: config.recovery,
    trialSlot: new SingleTrialSlot(),
    rekey: (image, lost) => rekeyedState(image, lost, clock.now()),
    sending: config.sending,
    http: new SafeHttp({ mayConnect: outsideOr([]), limits: PAGE_LIMITS }),
    tasks: network.watchTasks(tasks),
    tenantSettings: (sessionId) => tenants.settingsOf(tenantOf(sessionId)),
    isListenedTo: (sessionId) => tenants.isListenedTo(tenantOf(sessionId)),
    subscribeJobs: (sessionId, onJobs) => jobs.subscribe(sessionId, onJobs),
    reconnect: config.reconnect,
    askToDial: pacer.ask,
    networkOf: network.watch.of,
    publicUrl: config.publicUrl,
    createClient: (options) => new BaileysClient({ ...options, settings: config.client, agentFor }),
  }
}

/** A page that a link leads to. Its head is at its beginning, but the whole page has to fit. */
const PAGE_LIMITS = { totalMs: 4000, connectMs: 2000, answerBytes: 1024 * 1024 }

/** How long a proxy may take to connect, and to answer. */
const PROXY_LIMIT_MS = 10_000

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
