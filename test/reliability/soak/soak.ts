import type { GoogleClients } from '@holdfast/core/adapters/google/clients'
import { setTimeout as pause } from 'node:timers/promises'
import { runKillLoop, runnerOf } from '../chaos/strikes/kill.ts'
import { Traffic } from '../chaos/traffic.ts'
import { pauseUnless } from '../chaos/troubles/pause-unless.ts'
import type { ChaosSession, World } from '../chaos/world.ts'
import { clientsOf } from '../../support/clients-of-sandbox.ts'
import { computeFigures, isFlawless } from '../../support/figures.ts'
import { tellFindings } from '../../support/findings.ts'
import { untilSettled } from '../../support/settled.ts'
import { SeededRandom } from '../../../sandbox/network/seeded-random.ts'
import { LongChat } from './long-chat.ts'
import type { Options } from './options.ts'
import { keepQueueShort } from './retention.ts'
import { takeSample, type Sample } from './sample.ts'
import { judgeSamples } from './verdict.ts'

export const CHECKPOINT_RECORDS = 64
/** The longest journal: the records of two checkpoints, those written meanwhile, and the claims, which are never trimmed. */
const MOST_RECORDS = 4 * CHECKPOINT_RECORDS
/** The mean time between two messages of one session in one direction. */
const PACE_MS = 5_000
/** The largest deviation of the time between two drops from its mean, as a share. */
const DROP_SPREAD = 0.15
const SAMPLE_EVERY_MS = 10_000
const SETTLE_LIMIT_MS = 300_000

export interface Soak {
  held: boolean
  result: Record<string, unknown>
}

/**
 * Runs traffic and first some kills. Then, for `options.minutes`, it drops connections of the last process, takes a sample every
 * few seconds, and writes the long chat. At the end it counts all messages.
 */
export async function runSoak(world: World, options: Options, onSample: (sample: Sample) => void): Promise<Soak> {
  const random = new SeededRandom(options.seed)
  const seconds = options.minutes * 60
  const traffic = new Traffic(world, { paceMs: PACE_MS, random: random.fork() })
  const longChat = await LongChat.link(world)
  const kills = { kills: 0, inFlightKills: 0 }
  const stopping = new AbortController()
  const complaints: string[] = []
  // A loop that fails adds a complaint. The run still counts all messages, so that the figures show the damage.
  const brokeOff = (error: unknown) => void complaints.push(error instanceof Error ? error.message : String(error))
  traffic.start()
  const choose = (session: ChaosSession) => runnerOf(world, session)
  const killing = runKillLoop(world, { kills: options.kills, random: random.fork(), counts: kills, choose })
  await traffic.untilRefused(killing).catch(brokeOff)
  const google = clientsOf(world.sandbox.info)
  const retired = new Set<string>()
  const retiring = keepQueueShort(google.documents, retired, stopping.signal).catch(brokeOff)
  const drops = dropConnections(world, options, random.fork(), stopping.signal)
  const writing = longChat.write(options.chat, seconds, stopping.signal).catch(brokeOff)
  const samples: Sample[] = []
  const sampling = sampleFor(world, google.documents, longChat.sessionId, seconds, (sample) => {
    samples.push(sample)
    onSample(sample)
  })
  await traffic.untilRefused(sampling).catch(brokeOff)
  stopping.abort()
  await traffic.stop().catch(brokeOff)
  await Promise.all([writing, retiring])
  await google.close()
  const repeated = await longChat.repeatOldest()
  const { api, simulator, ledger, tell } = world
  tell(
    `No more messages: ${ledger.accepted.length} were sent, ${ledger.issued.length} received. Waiting until every message has settled.`,
  )
  const outcome = await untilSettled({ api, simulator, ledger, limitMs: SETTLE_LIMIT_MS, knownAsSent: retired })
  const { figures, findings } = computeFigures(ledger, outcome)
  const { trends, complaints: grown } = judgeSamples(samples, { journal: MOST_RECORDS })
  complaints.push(...grown, ...outcome.missing, ...findings)
  const reconnects = await drops
  if (reconnects < options.reconnects) complaints.push(`only ${reconnects} of ${options.reconnects} connections were dropped`)
  if (longChat.count < options.chat) complaints.push(`the long chat has only ${longChat.count} of ${options.chat} messages`)
  tellFindings(complaints, tell)
  const { minutes, sessions, seed } = options
  const longest = { longChat: longChat.count, repeated }
  const result = { ...figures, minutes, sessions, ...kills, reconnects, ...longest, samples: samples.length, trends, seed }
  return { held: isFlawless(figures) && complaints.length === 0, result }
}

/** Drops connections at the rate of `options.reconnects`. Resolves after the signal with the number of drops. */
async function dropConnections(
  world: World,
  { minutes, sessions, reconnects }: Options,
  random: SeededRandom,
  signal: AbortSignal,
): Promise<number> {
  // The rate is a tenth higher, because a closed connection cannot be dropped.
  const meanMs = (minutes * 60_000 * sessions) / Math.max(1, reconnects * 1.1)
  let drops = 0
  const lane = async (phone: string, own: SeededRandom): Promise<void> => {
    while (await pauseUnless(signal, own.between((1 - DROP_SPREAD) * meanMs, (1 + DROP_SPREAD) * meanMs))) {
      if (!world.open.has(phone)) continue
      await world.simulator.orderFault({ kind: 'drop', account: phone })
      drops++
    }
  }
  await Promise.all(world.sessions.map(({ phone }) => lane(phone, random.fork())))
  return drops
}

async function sampleFor(
  { sandbox, sessions }: World,
  documents: GoogleClients['documents'],
  longChat: string,
  seconds: number,
  onSample: (sample: Sample) => void,
): Promise<void> {
  const runner = sandbox.runner('runner-1')
  const sessionIds = [...sessions.map(({ name }) => `default.${name}`), longChat]
  const startedAt = performance.now()
  const elapsed = () => (performance.now() - startedAt) / 1000
  while (elapsed() < seconds) {
    await pause(SAMPLE_EVERY_MS)
    onSample(await takeSample({ runner, documents, sessionIds, longChat }, Math.round(elapsed())))
  }
}
