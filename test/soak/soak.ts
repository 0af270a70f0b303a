import { createGoogleClients } from '@holdfast/core/gcp/clients'
import { setTimeout as pause } from 'node:timers/promises'
import { Traffic } from '../chaos/traffic.ts'
import { pauseUnless } from '../chaos/troubles/pause-unless.ts'
import type { World } from '../chaos/world.ts'
import { computeFigures, isFlawless } from '../outside/figures.ts'
import { untilSettled } from '../outside/settled.ts'
import { SeededRandom } from '../seeded-random.ts'
import type { Options } from './options.ts'
import { takeSample, type Sample } from './sample.ts'
import { judgeSamples } from './verdict.ts'

export const CHECKPOINT_RECORDS = 64
/** Two checkpoints' worth, what comes while they are made, and the claims, which stay. */
const MOST_RECORDS = 4 * CHECKPOINT_RECORDS
/** A mean time between messages, per session and direction. */
const PACE_MS = 2_000
/** Between two drops of a session's connection. */
const DROP_MS = { least: 20_000, most: 60_000 }
const SAMPLE_EVERY_MS = 10_000
const SETTLE_LIMIT_MS = 300_000
const FINDINGS_TOLD = 20

export interface Soak {
  held: boolean
  result: Record<string, unknown>
}

/** Traffic and drops for so long, with a sample every few seconds; then everything is counted. */
export async function runSoak(world: World, options: Options, onSample: (sample: Sample) => void): Promise<Soak> {
  const random = new SeededRandom(options.seed)
  const traffic = new Traffic(world, { paceMs: PACE_MS, random: random.fork() })
  const stopping = new AbortController()
  const drops = dropConnections(world, random.fork(), stopping.signal)
  traffic.start()
  const complaints: string[] = []
  const samples: Sample[] = []
  const sampling = sampleFor(world, options.minutes * 60, (sample) => {
    samples.push(sample)
    onSample(sample)
  })
  // What breaks off is one complaint more: what there is to count is counted all the same.
  const brokeOff = (error: unknown) => complaints.push(error instanceof Error ? error.message : String(error))
  await traffic.untilRefused(sampling).catch(brokeOff)
  stopping.abort()
  await traffic.stop().catch(brokeOff)
  const { api, simulator, ledger, tell } = world
  tell(`No more messages: ${ledger.accepted.length} were sent, ${ledger.issued.length} received. Waiting until all has settled.`)
  const outcome = await untilSettled({ api, simulator, ledger, limitMs: SETTLE_LIMIT_MS })
  const { figures, findings } = computeFigures(ledger, outcome)
  const { trends, complaints: grown } = judgeSamples(samples, { journal: MOST_RECORDS })
  complaints.push(...grown, ...outcome.missing, ...findings)
  for (const line of complaints.slice(0, FINDINGS_TOLD)) tell(`Not as it should be: ${line}`)
  const { minutes, sessions, seed } = options
  const result = { ...figures, minutes, sessions, drops: await drops, samples: samples.length, trends, seed }
  return { held: isFlawless(figures) && complaints.length === 0, result }
}

/** Resolves, after the signal, with how many there were. */
async function dropConnections(world: World, random: SeededRandom, signal: AbortSignal): Promise<number> {
  let drops = 0
  const lane = async (phone: string, own: SeededRandom): Promise<void> => {
    while (await pauseUnless(signal, own.between(DROP_MS.least, DROP_MS.most))) {
      if (!world.open.has(phone)) continue
      await world.simulator.orderFault({ kind: 'drop', account: phone })
      drops++
    }
  }
  await Promise.all(world.sessions.map(({ phone }) => lane(phone, random.fork())))
  return drops
}

async function sampleFor({ sandbox, sessions }: World, seconds: number, onSample: (sample: Sample) => void): Promise<void> {
  const { firestore, project, bucket } = sandbox.info
  process.env['FIRESTORE_EMULATOR_HOST'] = firestore
  process.env['METADATA_SERVER_DETECTION'] = 'none'
  const google = createGoogleClients({ projectId: project, bucket })
  const runner = sandbox.runner('runner-1')
  const sessionIds = sessions.map(({ name }) => `default.${name}`)
  const startedAt = performance.now()
  const elapsed = () => (performance.now() - startedAt) / 1000
  try {
    while (elapsed() < seconds) {
      await pause(SAMPLE_EVERY_MS)
      onSample(await takeSample({ runner, documents: google.documents, sessionIds }, Math.round(elapsed())))
    }
  } finally {
    await google.close()
  }
}
