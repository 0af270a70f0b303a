import { documentsWithin, objectsWithin } from '@holdfast/core/deadlines'
import { messageOf } from '@holdfast/core/errors'
import { createGoogleClients } from '@holdfast/core/gcp/clients'
import { createLogger } from '@holdfast/core/logging'
import { DocumentJournals } from '@holdfast/core/session-log/document-journals'
import { systemClock, systemRandom } from '@holdfast/core/system-clock'
import { DEFAULT_RECONNECT_POLICY } from '@holdfast/core/verdict'
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
import { processMeter } from './process/resource-meter.ts'
import { ResourceWatch } from './process/resource-watch.ts'
import { DEFAULT_JOURNAL_LIMITS } from './session/journal.ts'
import type { OwnedSession, OwnedSessionDependencies } from './session/owned-session.ts'
import { DEFAULT_SEND_POLICY } from './session/send-policy.ts'

/** Google's clients would wait for minutes. */
const ANSWER_WITHIN_MS = 20_000

/** Cloud Run sends SIGTERM and kills 10 s later. */
const LEAVE_WITHIN_MS = 8000

/** Wires a runner and lives until it is told to leave. */
async function main(): Promise<void> {
  const config = readConfigOrExit()
  const logger = createLogger('runner', config.logLevel)
  installMends({
    signatureCheck: config.signatureCheck,
    onInvalidSignature: () => logger.error('A signature of WhatsApp or of the phone is not valid.'),
  })
  const google = createGoogleClients({ projectId: config.projectId, bucket: config.bucket })
  const documents = documentsWithin(google.documents, systemClock, ANSWER_WITHIN_MS)
  const objects = objectsWithin(google.objects, systemClock, ANSWER_WITHIN_MS)
  // Fresh at every start: whoever finds this id knows this process, and no other.
  const runnerId = `runner-${systemRandom.bytes(6).toString('hex')}`
  const log = logger.child({ runner: runnerId })
  const sessions = new Map<string, OwnedSession>()
  const meter = processMeter(config.memoryLimitBytes)
  const resources = new ResourceWatch({ meter, clock: systemClock, policy: config.resources })
  resources.start(() => {})
  const heartbeat = new Heartbeat({
    documents,
    clock: systemClock,
    logger: log,
    runnerId,
    instanceId: config.instanceId,
    capacity: config.maxConnections,
    policy: config.heartbeat,
    sessions,
    resources: () => resources.latest,
  })
  const placement = new Placement({ documents, logger: log, runnerId, instanceId: config.instanceId })
  const dependencies = sessionDependencies(config, { documents, objects }, runnerId, log)
  const actions = new ActionFeed({ documents, clock: systemClock, logger: log })
  const fleet = new Fleet({ dependencies, heartbeat, placement, actions, capacity: config.maxConnections, sessions })

  let leaving = false
  const leave = (signal: string): void => {
    if (leaving) return
    leaving = true
    log.info({ signal, sessions: sessions.size }, 'Leaving: handing the sessions over.')
    const end = (code: number) => process.exit(code)
    systemClock.after(LEAVE_WITHIN_MS, () => end(1))
    fleet
      .leave()
      .then(() => google.close())
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
  await fleet.start()
}

function sessionDependencies(
  config: RunnerConfig,
  { documents, objects }: Pick<OwnedSessionDependencies, 'documents' | 'objects'>,
  runnerId: string,
  logger: ReturnType<typeof createLogger>,
): OwnedSessionDependencies {
  const feed = new JobFeed({ documents, clock: systemClock, logger })
  const pacer = new DialPacer({ clock: systemClock, perSecond: config.connectsPerSecond, burst: config.connectsPerSecond })
  return {
    documents,
    journals: new DocumentJournals(documents),
    objects,
    clock: systemClock,
    random: systemRandom,
    logger,
    wrappingKey: config.wrappingKey,
    runnerId,
    journalLimits: DEFAULT_JOURNAL_LIMITS,
    checkpoints: config.checkpoints,
    autoRestore: config.autoRestore,
    keepsImage: true,
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
    reconnect: DEFAULT_RECONNECT_POLICY,
    dialTurn: () => pacer.turn(),
    createClient: (options) => new BaileysClient(options),
  }
}

function readConfigOrExit(): RunnerConfig {
  try {
    return readRunnerConfig()
  } catch (error) {
    process.stderr.write(`${messageOf(error)}\n`)
    return process.exit(78)
  }
}

await main()
