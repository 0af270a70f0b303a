import type { Environment, Platform } from '../environment/environment.ts'
import { ASSUMED } from './assumptions.ts'
import counted from './counted.json' with { type: 'json' }
import { type Options, optionLines } from './options.ts'
import prices from './prices.json' with { type: 'json' }

const HOURS_A_MONTH = 730
const DAYS = HOURS_A_MONTH / 24
const GIB = 2 ** 30

/** Messages of a session in a day, where nobody says another number. */
export const MESSAGES_A_DAY = 100

const { usd } = prices
const { operations, sweep, bytes, kept } = counted

/** A CPU and a GiB for a second. A service without throttling costs more than a worker pool. */
const RUNNER_PRICES: Readonly<Record<Platform, readonly [cpuSecond: number, gibSecond: number]>> = {
  'worker-pool': [usd.workerPoolCpuSecond, usd.workerPoolGibSecond],
  service: [usd.serviceCpuSecond, usd.serviceGibSecond],
}

export type Shape = Pick<Environment, 'runner' | 'backups' | 'server'> & Options

export interface Load {
  readonly sessions: number
  /** Messages of one session in a day, sent and received together. */
  readonly messagesADay: number
}

export const PARTS = [
  'runners',
  'functions',
  'documents',
  'kept documents',
  'objects',
  'tasks',
  'fixed',
  'logs',
  'traffic',
] as const
export type Part = (typeof PARTS)[number]

export interface CostLine {
  readonly part: Part
  readonly what: string
  readonly usd: number
}

/** Pure: the parts of what a month costs, in US dollars, at list prices. */
export function monthOf(shape: Shape, load: Load): readonly CostLine[] {
  const volume = volumeOf(shape, load)
  return [
    ...runnerLines(shape, volume),
    ...functionLines(volume),
    ...warmLines(shape),
    ...documentLines(volume),
    ...keptLines(shape, volume),
    ...objectLines(volume),
    ...restLines(volume),
    ...optionLines(shape, {
      runners: volume.runners,
      sessions: volume.sessions,
      reads: readsOf(volume),
      traffic: bytesOf('egress', volume),
    }),
  ]
}

export const totalOf = (lines: readonly CostLine[]): number => lines.reduce((sum, line) => sum + line.usd, 0)

interface Volume {
  readonly sessions: number
  readonly runners: number
  /** In a month, all sessions together. */
  readonly sent: number
  readonly received: number
  readonly records: number
  readonly checkpoints: number
}

function volumeOf({ runner }: Shape, { sessions, messagesADay }: Load): Volume {
  const messages = sessions * messagesADay * DAYS
  const sent = messages * ASSUMED.sentShare
  const received = messages - sent
  const records = sent * ASSUMED.recordsPerSent + received * ASSUMED.recordsPerReceived
  const checkpoints = Math.max(sessions * DAYS * Math.min(24, messagesADay), records / ASSUMED.recordsPerCheckpoint)
  return { sessions, runners: Math.max(1, Math.ceil(sessions / runner.maxConnections)), sent, received, records, checkpoints }
}

function runnerLines({ runner }: Shape, { runners }: Volume): readonly CostLine[] {
  const [cpuSecond, gibSecond] = RUNNER_PRICES[runner.platform]
  const second = runner.cpu * cpuSecond + runner.memoryGib * gibSecond
  const what = `${count(runners)} runner(s) of ${runner.cpu} vCPU and ${runner.memoryGib} GiB`
  return [{ part: 'runners', what, usd: runners * HOURS_A_MONTH * 3600 * second }]
}

/** Calls of functions and what they compute: requests, tasks, and the sweep. */
function functionLines({ sent }: Volume): readonly CostLine[] {
  const requests = sent * (ASSUMED.requestsPerSent + tasksPerSent)
  const seconds = requests * ASSUMED.billedSecondsPerRequest + ASSUMED.sweepsAMonth * ASSUMED.sweepSeconds
  const second = ASSUMED.functionCpu * usd.requestCpuSecond + ASSUMED.functionGib * usd.requestGibSecond
  return [{ part: 'functions', what: `${count(requests)} calls of functions`, usd: requests * usd.request + seconds * second }]
}

/** Instances of the API as a server that run also when nobody asks them. */
function warmLines({ server: { minInstances } }: Shape): readonly CostLine[] {
  if (minInstances === 0) return []
  const second = ASSUMED.serverCpu * usd.idleCpuSecond + ASSUMED.serverGib * usd.idleGibSecond
  const what = `${count(minInstances)} instance(s) of the API as a server that always run`
  return [{ part: 'functions', what, usd: minInstances * HOURS_A_MONTH * 3600 * second }]
}

const tasksPerSent = ASSUMED.retriedShare + ASSUMED.laterShare

function documentLines({ sessions, runners, sent, received, records }: Volume): readonly CostLine[] {
  const { perSent, perReceived, perRetried, perScheduled, perIdleSessionHour, perIdleRunnerHour } = operations
  const plain = sent * (1 - tasksPerSent)
  const ofMessages =
    plain * price(perSent) +
    sent * (ASSUMED.retriedShare * price(perRetried) + ASSUMED.laterShare * price(perScheduled)) +
    received * price(perReceived) +
    records * usd.documentDelete +
    sent * price(ASSUMED.archived)
  return [
    { part: 'documents', what: `operations of Firestore: ${count(sent + received)} messages`, usd: ofMessages },
    {
      part: 'documents',
      what: 'operations of Firestore: sessions that are idle',
      usd: sessions * HOURS_A_MONTH * price(perIdleSessionHour),
    },
    {
      part: 'documents',
      what: 'operations of Firestore: runners',
      usd: runners * HOURS_A_MONTH * (price(perIdleRunnerHour) + lookReads(runners) * usd.documentRead),
    },
    {
      part: 'documents',
      what: 'operations of Firestore: the sweep',
      usd: ASSUMED.sweepsAMonth * sweepPrice(sessions, runners),
    },
  ]
}

/**
 * Reads of a runner in an hour that the count with one runner has not: each second a second heartbeat, and of the list of all runners,
 * which it reads anew after a second for each of them, at the latest after a minute.
 */
const lookReads = (runners: number): number => (runners < 2 ? 0 : 3600 * (1 + Math.max(1, runners / 60)))

/** A run in which everything is well. What is wrong costs a read each. */
const sweepPrice = (sessions: number, runners: number): number =>
  price(sweep.perRun) + runners * price(sweep.perRunner) + (sessions / 1000) * price(sweep.perThousandSessions)

const price = ({ reads, writes, deletes = 0 }: { reads: number; writes: number; deletes?: number }): number =>
  reads * usd.documentRead + writes * usd.documentWrite + deletes * usd.documentDelete

/** Everything in Firestore, and its copies. */
function keptLines({ backups }: Shape, { sessions, sent, received }: Volume): readonly CostLine[] {
  const jobs = (sent / DAYS) * ASSUMED.jobDays * kept.job
  const messages = received * ASSUMED.monthsKept * kept.receivedMessage
  const journals = sessions * ASSUMED.recordsKept * kept.journalRecord
  const gib = ((jobs + messages + journals) * ASSUMED.storageFactor) / GIB
  return [
    { part: 'kept documents', what: `${size(gib)} in Firestore`, usd: gib * usd.documentGibMonth },
    {
      part: 'kept documents',
      what: 'any minute of the last seven days (point-in-time recovery)',
      usd: gib * usd.pointInTimeGibMonth,
    },
    { part: 'kept documents', what: `${backups.days} daily backups`, usd: backups.days * gib * usd.documentBackupGibMonth },
  ]
}

function objectLines({ sessions, checkpoints, sent }: Volume): readonly CostLine[] {
  const { objectCreates, objectReads } = ASSUMED.archived
  const made = checkpoints + sent * objectCreates
  const keptCheckpoints = Math.min(checkpoints, sessions * ASSUMED.checkpointsKept)
  const gib = (keptCheckpoints * kept.checkpoint + ASSUMED.monthsKept * sent * kept.job) / GIB
  return [
    {
      part: 'objects',
      what: `${count(checkpoints)} checkpoints and ${count(sent)} archived messages written and read back`,
      usd: made * usd.objectCreate + (checkpoints + sent * objectReads) * usd.objectRead,
    },
    { part: 'objects', what: `${size(gib)} in Cloud Storage`, usd: gib * usd.objectGibMonth },
  ]
}

const bytesOf = (kind: 'egress' | 'log', { sessions, sent, received }: Volume): number =>
  sent * bytes.perSent[kind] + received * bytes.perReceived[kind] + sessions * HOURS_A_MONTH * bytes.perIdleSessionHour[kind]

/** The key document of the session, and the records that go. */
const READS_OF_A_CHECKPOINT = 2

const readsOf = ({ sessions, runners, sent, checkpoints }: Volume): number =>
  sent * operations.perSent.reads +
  HOURS_A_MONTH * sessions * operations.perIdleSessionHour.reads +
  HOURS_A_MONTH * runners * (operations.perIdleRunnerHour.reads + lookReads(runners)) +
  READS_OF_A_CHECKPOINT * checkpoints

function restLines(volume: Volume): readonly CostLine[] {
  const { runners, sent } = volume
  const of = (kind: 'egress' | 'log') => bytesOf(kind, volume)
  const requests = sent * (ASSUMED.requestsPerSent + tasksPerSent) + ASSUMED.sweepsAMonth
  const logs = of('log') + runners * HOURS_A_MONTH * 60 * ASSUMED.heartbeatLogBytes + requests * ASSUMED.requestLogBytes
  return [
    { part: 'tasks', what: `${count(sent * tasksPerSent)} tasks`, usd: sent * tasksPerSent * 2 * usd.taskOperation },
    {
      part: 'fixed',
      what: 'schedules, secrets, alert policies, images',
      usd:
        ASSUMED.schedules * usd.scheduleMonth +
        ASSUMED.secretVersions * usd.secretVersionMonth +
        ASSUMED.alertConditions * usd.alertConditionMonth +
        ASSUMED.imageGib * usd.imageGibMonth,
    },
    { part: 'logs', what: `${size(logs / GIB)} of logs`, usd: (logs / GIB) * usd.logGib },
    { part: 'traffic', what: `${size(of('egress') / GIB)} to WhatsApp`, usd: (of('egress') / GIB) * usd.egressGib },
  ]
}

const count = (value: number): string => Math.round(value).toLocaleString('en')
const size = (gib: number): string => `${gib < 10 ? gib.toFixed(1) : count(gib)} GiB`
