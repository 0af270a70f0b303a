import type { Environment, Platform } from '../environment/environment.ts'
import prices from './prices.json' with { type: 'json' }

const HOURS = 730
const DAYS = HOURS / 24

/** Counted operations of Firestore, as docs/COST.md has them. */
export const COUNTED = {
  sentMessage: { reads: 4.7, writes: 5.8 },
  receivedMessage: { reads: 0, writes: 1.2 },
  idleSessionHour: { reads: 109, writes: 0 },
  /** With the heartbeat of a deployment, which is every four seconds. */
  idleRunnerHour: { reads: 7500, writes: 900 },
} as const

/** A CPU and a GiB for a second. A service without throttling costs more than a worker pool. */
const PRICES_OF: Readonly<Record<Platform, readonly [cpuSecond: number, gibSecond: number]>> = {
  'worker-pool': [prices.usd.workerPoolCpuSecond, prices.usd.workerPoolGibSecond],
  service: [prices.usd.serviceCpuSecond, prices.usd.serviceGibSecond],
}

/** Messages of a session in a day, half of them sent. */
const MESSAGES_A_DAY = 100

const SCHEDULES = 1
const SECRET_VERSIONS = 2

interface CostLine {
  readonly what: string
  readonly usd: number
}

/** Pure: the parts of what a month costs, in US dollars. */
export function monthOf({ runner }: Pick<Environment, 'runner'>, sessions: number): readonly CostLine[] {
  const { usd } = prices
  const [cpuSecond, gibSecond] = PRICES_OF[runner.platform]
  const runners = Math.max(1, Math.ceil(sessions / runner.maxConnections))
  const seconds = runners * HOURS * 3600
  const messages = sessions * MESSAGES_A_DAY * DAYS
  return [
    {
      what: `${runners} runner(s) of ${runner.cpu} vCPU and ${runner.memoryGib} GiB`,
      usd: seconds * (runner.cpu * cpuSecond + runner.memoryGib * gibSecond),
    },
    { what: 'their own operations of Firestore', usd: runners * HOURS * price(COUNTED.idleRunnerHour) },
    { what: `${sessions} idle session(s)`, usd: sessions * HOURS * price(COUNTED.idleSessionHour) },
    {
      what: `${Math.round(messages)} messages, half of them sent`,
      usd: (messages / 2) * (price(COUNTED.sentMessage) + price(COUNTED.receivedMessage)),
    },
    { what: 'the schedule and the secrets', usd: SCHEDULES * usd.schedule + SECRET_VERSIONS * usd.secretVersion },
  ]
}

const price = ({ reads, writes }: { readonly reads: number; readonly writes: number }): number =>
  reads * prices.usd.documentRead + writes * prices.usd.documentWrite

/** What a month costs, for people. */
export function costLines(environment: Pick<Environment, 'runner'>, sessions: number): readonly string[] {
  const parts = monthOf(environment, sessions)
  const total = parts.reduce((sum, { usd }) => sum + usd, 0)
  const dollars = (usd: number) => `$${usd.toFixed(2)}`
  return [
    `A month with ${sessions} session(s) of ${MESSAGES_A_DAY} messages a day costs about ${dollars(total)}:`,
    ...parts.map(({ what, usd }) => `  ${dollars(usd).padStart(10)}  ${what}`),
    `  List prices of ${prices.date} in ${prices.region}. Not in it: functions, storage, logs and traffic to WhatsApp.`,
  ]
}
