import { clientsOf } from '../support/clients-of-sandbox.ts'
import { runCommand } from '../support/command-options.ts'
import { measureAcceptance } from './acceptance.ts'
import { compare, linkAll } from './compare.ts'
import { measureCosts } from './cost-figures.ts'
import { rounded, usd } from './costs.ts'
import { measureGroupCommits } from './group-commits.ts'
import { HoldfastSubject } from './holdfast-subject.ts'
import { measureLatency } from './latency.ts'
import { measureEmpty, measureOperations } from './operations.ts'
import { measureQueueCosts } from './queue-costs.ts'
import { measureDrain } from './queue-drain.ts'
import { startFirestoreOf } from './firestore.ts'
import { HELP, parseOptions, type Options } from './options.ts'
import { measureParts, partsNamed } from './parts.ts'
import { measureReconnection, measureRecovery } from './recovery.ts'
import { round } from './statistics.ts'
import { StockSubject } from './stock-subject.ts'
import type { Chat } from './subject.ts'
import { printFigures } from './table.ts'
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

/** Measures all figures. The emulator, the simulator, the compared processes and this one all run on this machine. */
async function measure(options: Options) {
  const { sessions, rounds } = options
  say('Group commits on the emulator ...')
  const groupCommitMs = await measureGroupCommits(COMMITS)
  const parts = await measureParts(options, say)
  await using world = await BenchWorld.start()
  const clients = clientsOf(world.sandbox.info)
  const empty = await measureEmpty(clients, IDLE_MS)

  const inMemory = await StockSubject.start(world, 'memory')
  const memoryChats = chatsOf('memory', 1, sessions)
  const memory = await compare(world, inMemory, memoryChats, options, say)
  say(`${inMemory.name}: dropping its sockets ...`)
  const reconnectMs = { half: await measureReconnection(world, memoryChats, rounds), all: 0 }
  const moreMemory = chatsOf('memory-more', 2, sessions)
  await linkAll(world, inMemory, moreMemory)
  reconnectMs.all = await measureReconnection(world, [...memoryChats, ...moreMemory], rounds)
  await inMemory.close()

  const inFiles = await StockSubject.start(world, 'multi-file')
  const multiFile = await compare(world, inFiles, chatsOf('files', 3, sessions), options, say)
  await inFiles.close()

  const product = new HoldfastSubject(world, clients.documents)
  const chats = chatsOf('holdfast', 4, sessions)
  const holdfast = await compare(world, product, chats, options, say)
  say('Holdfast: latency ...')
  const sendToAckMs = await measureLatency(world, chats[0]!, LATENCY_MESSAGES)
  say('Holdfast: operations ...')
  const counted = {
    chats: chats.slice(0, COUNTED_SESSIONS),
    online: sessions,
    messages: COUNTED_MESSAGES,
    idleMs: IDLE_MS,
    empty,
  }
  const operations = await measureOperations(world, clients, counted)
  say('Holdfast: the queue (retried, scheduled and cancelled messages; this takes more than a minute) ...')
  const queueCosts = await measureQueueCosts(world, clients, { chats: counted.chats, idle: operations.idle })
  const drained = chats.slice(0, DRAINED_SESSIONS)
  await product.disconnect(drained)
  say('Holdfast: accepting messages ...')
  const acceptance = await measureAcceptance(world, drained, ACCEPTANCE_REQUESTS)
  say(`Holdfast: draining ${options.queued} messages ...`)
  const drain = await measureDrain(world, product, { chats: drained, messages: options.queued, queued: acceptance.accepted })
  say('Holdfast: kills ...')
  const recovery = { half: await measureRecovery(world, clients, chats, rounds), all: { fromKillMs: 0, fromClaimMs: 0 } }
  const moreChats = chatsOf('holdfast-more', 5, sessions)
  await linkAll(world, product, moreChats)
  recovery.all = await measureRecovery(world, clients, [...chats, ...moreChats], rounds)

  const worse = (one: number, other: number) => round(Math.min(one, other), 2)
  return {
    sessions,
    ratios: {
      throughputVsMemory: worse(
        holdfast.many.sentPerSecond / memory.many.sentPerSecond,
        holdfast.many.receivedPerSecond / memory.many.receivedPerSecond,
      ),
      throughputVsMultiFile: worse(
        holdfast.many.sentPerSecond / multiFile.many.sentPerSecond,
        holdfast.many.receivedPerSecond / multiFile.many.receivedPerSecond,
      ),
      recoveryVsMemory: round(recovery.half.fromClaimMs / reconnectMs.half, 2),
    },
    rssPerSessionMb: holdfast.rssPerSessionMb.afterTraffic,
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
    eventLoopMs: holdfast.eventLoopMs,
    recovery: { [sessions]: recovery.half, [2 * sessions]: recovery.all },
    reconnectMs: { [sessions]: reconnectMs.half, [2 * sessions]: reconnectMs.all },
    compared: { memory, multiFile, holdfast },
  }
}

function chatsOf(name: string, digit: number, count: number): Chat[] {
  return Array.from({ length: count }, (_, index) => {
    const number = `${digit}${String(index).padStart(4, '0')}`
    return { name: `${name}-${index}`, phone: `551190${number}11`, contact: `551180${number}11` }
  })
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
  const parts = partsNamed(options)
  const figures = parts.length > 0 ? await measureParts(options, say, parts) : await measure(options)
  if (options.json) process.stdout.write(`${JSON.stringify(figures)}\n`)
  else printFigures(figures)
  return 0
}

await runCommand(main)
// Without this call the process would wait, because Google's client keeps its channel open for a while.
process.exit()
