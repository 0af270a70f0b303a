import { clientsOf } from '../support/clients-of-sandbox.ts'
import { runCommand } from '../support/command-options.ts'
import { measureAcceptance } from './acceptance.ts'
import { chatsOf, Comparison } from './compare.ts'
import { coreOfContestants } from './core.ts'
import { measureCosts } from './cost-figures.ts'
import { rounded, usd } from './costs.ts'
import { measureGroupCommits } from './group-commits.ts'
import { measureLatency } from './latency.ts'
import { watchOthers } from './machine.ts'
import { measureEmpty, measureOperations } from './operations.ts'
import { measureQueueCosts } from './queue-costs.ts'
import { measureDrain } from './queue-drain.ts'
import { nameOf, startFirestoreOf } from './firestore.ts'
import { HELP, parseOptions, type Options } from './options.ts'
import { measureParts, partsNamed } from './parts.ts'
import { round } from './statistics.ts'
import { printFigures } from './table.ts'
import { ratiosOf, type Verdict, verdictOn } from './verdict.ts'
import { BenchWorld } from './world.ts'

const IDLE_MS = 30_000
const LATENCY_MESSAGES = 200
const COMMITS = 300
const COUNTED_MESSAGES = 10
const COUNTED_SESSIONS = 10
const HOURS_A_MONTH = 730
const ACCEPTANCE_REQUESTS = 300
const DRAINED_SESSIONS = 20

const say = (text: string): void => void process.stderr.write(`${text}\n`)

/** Compares Holdfast with Baileys by itself. The stand-ins, the compared processes and this one all run on this machine. */
async function compare(comparison: Comparison, { large, rounds, firestore }: Options) {
  const endWatch = await watchOthers(say)
  const { one, many } = await comparison.measure()
  const others = await endWatch()
  const most = large > many.sessions ? await comparison.measureMore(large) : many
  const ratios = ratiosOf(many)
  const verdict = verdictOn(ratios, { others, rounds, onEmulator: firestore === 'emulator' })
  say(sentenceOf(verdict))
  return {
    firestore: nameOf(firestore),
    verdict,
    others,
    pinnedToCore: coreOfContestants(),
    sessions: many.sessions,
    ratios,
    bySessions: Object.fromEntries([one, many, most].map((compared) => [compared.sessions, ratiosOf(compared)])),
    rssPerSessionMb: most.rssPerSessionMb.holdfast,
    compared: Object.fromEntries([one, many, most].map((compared) => [compared.sessions, compared])),
  }
}

const sentenceOf = ({ isReached, because }: Verdict): string =>
  isReached === null
    ? `No verdict: ${because.join('; ')}.`
    : isReached
      ? 'All aims are reached.'
      : `Missed: ${because.join('; ')}.`

async function measureThroughputAlone(options: Options) {
  await using world = await BenchWorld.start()
  const clients = clientsOf(world.sandbox.info)
  await using comparison = await Comparison.open({ world, clients, options, say })
  return await compare(comparison, options)
}

/** Measures all figures. */
async function measure(options: Options) {
  const { sessions } = options
  say('Group commits ...')
  const groupCommitMs = await measureGroupCommits(COMMITS)
  const parts = await measureParts(options, say)
  await using world = await BenchWorld.start()
  const clients = clientsOf(world.sandbox.info)
  const empty = await measureEmpty(clients, IDLE_MS)
  await using comparison = await Comparison.open({ world, clients, options, say })
  const compared = await compare(comparison, options)
  const { chats, holdfast: product } = comparison
  say('Holdfast: latency ...')
  const sendToAckMs = await measureLatency(world, chats[0]!, LATENCY_MESSAGES)
  say('Holdfast: operations ...')
  const counted = {
    chats: chats.slice(0, COUNTED_SESSIONS),
    online: chats.length,
    messages: COUNTED_MESSAGES,
    idleMs: IDLE_MS,
    empty,
  }
  const operations = await measureOperations(world, clients, counted)
  say('Holdfast: the queue (retried, scheduled and cancelled messages; this takes more than a minute) ...')
  const queueCosts = await measureQueueCosts(world, clients, { chats: counted.chats, idle: operations.idle })
  const drained = chats.slice(0, Math.min(sessions, DRAINED_SESSIONS))
  await product.disconnect(drained)
  say('Holdfast: accepting messages ...')
  const acceptance = await measureAcceptance(world, drained, ACCEPTANCE_REQUESTS)
  say(`Holdfast: draining ${options.queued} messages ...`)
  const drain = await measureDrain(world, product, { chats: drained, messages: options.queued, queued: acceptance.accepted })
  return {
    ...compared,
    operations: {
      perSent: rounded(operations.perSent),
      perReceived: rounded(operations.perReceived),
      perIdleSessionHour: rounded(operations.perIdleSessionHour),
      perIdleRunnerHour: rounded(operations.perIdleRunnerHour),
      perRetried: rounded(queueCosts.perRetried),
      perScheduled: rounded(queueCosts.perScheduled),
      perCanceled: rounded(queueCosts.perCanceled),
    },
    /** By the number of clients. */
    acceptedMs: acceptance.byClients,
    drain,
    /** The cost of 500 sent and 500 received messages. */
    usdPer1000Messages: round(1000 * ((usd(operations.perSent) + usd(operations.perReceived)) / 2), 5),
    /** The monthly cost of the runner's operations without messages. */
    usdAMonth: {
      idleSession: round(HOURS_A_MONTH * usd(operations.perIdleSessionHour), 3),
      idleRunner: round(HOURS_A_MONTH * usd(operations.perIdleRunnerHour), 2),
    },
    groupCommitMs,
    ...parts,
    sendToAckMs,
  }
}

async function figuresOf(options: Options): Promise<object> {
  const parts = partsNamed(options)
  if (!options.throughput && parts.length === 0) return measure(options)
  return {
    ...(options.throughput ? await measureThroughputAlone(options) : {}),
    ...(parts.length > 0 ? await measureParts(options, say, parts) : {}),
  }
}

async function main(args: readonly string[]): Promise<number> {
  const options = parseOptions(args)
  if (options.help) {
    process.stdout.write(HELP)
    return 0
  }
  await using _ = await startFirestoreOf(options.firestore)
  if (options.costs) {
    process.stdout.write(`${JSON.stringify(await measureCosts(chatsOf('costs', 6, COUNTED_SESSIONS), say))}\n`)
    return 0
  }
  const figures = await figuresOf(options)
  if (options.json) process.stdout.write(`${JSON.stringify(figures)}\n`)
  else printFigures(figures)
  return 0
}

await runCommand(main)
// Without this call the process would wait, because Google's client keeps its channel open for a while.
process.exit()
