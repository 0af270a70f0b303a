import { setTimeout as pause } from 'node:timers/promises'
import { receivedMediaPath } from '@holdfast/core/message/received-media-document'
import { receivedMessageIdOf, sessionIdOf } from '@holdfast/core/session/ids'
import { clientsOf } from '../support/clients-of-sandbox.ts'
import { linkSession } from '../support/linked-session.ts'
import { bytesOf, FileHost } from '../support/file-host.ts'
import { memoryAround, type MemoryUse } from './process-usage.ts'
import type { Clients } from './product.ts'
import { medianOf, round } from './statistics.ts'
import { BenchWorld } from './world.ts'

const MIB = 1024 * 1024
const SMALL_MIB = 1
const LARGE_MIB = 20
const WARM_FILES = 3
const LARGE_FILES = 3
/** As many bytes as the large files have, because what the garbage collector leaves for later grows with them. */
const SMALL_FILES = (LARGE_FILES * LARGE_MIB) / SMALL_MIB
/** Memory is flat when large files raise the peak above that of small ones with as many bytes by less than half of a large file. */
const FLAT_BELOW_MB = LARGE_MIB / 2
const STORED_LIMIT_MS = 120_000
const LOOK_EVERY_MS = 20

const CHAT = { name: 'media', phone: '5511907000011', contact: '5511807000011' }
const TO = `${CHAT.contact}@c.us`

interface Moved extends MemoryUse {
  /** The most memory of buffers, in MB. */
  readonly buffersMb: number
  /** The median time of a file, in ms. */
  readonly p50Ms: number
  readonly mibPerSecond: number
}

interface Way {
  /** With files of 1 MiB and of 20 MiB, one after the other. */
  readonly small: Moved
  readonly large: Moved
  /** The peak with large files less the peak with small ones. */
  readonly growthMb: number
  readonly isFlat: boolean
}

interface Stage {
  readonly world: BenchWorld
  readonly clients: Clients
  readonly host: FileHost
}

/** Moves one file of so many bytes. Returns its time, in ms. */
type Move = (stage: Stage, bytes: number, seed: number) => Promise<number>

/** The ways of a document through the runner. */
const WAYS = { received: receive, sentByUrl: sendUrl, sentFromRequest: sendBytes } as const satisfies Record<string, Move>

/** Measures the memory of the runner, and its speed, while documents come in and go out. */
export async function measureMedia(): Promise<{ fileMib: number; flatBelowMb: number } & Record<keyof typeof WAYS, Way>> {
  await using world = await BenchWorld.start()
  await using host = await FileHost.start()
  const stage: Stage = { world, host, clients: clientsOf(world.sandbox.info) }
  await world.simulator.createContact(CHAT.contact, 'Contact')
  await linkSession(world.api, world.simulator, CHAT)
  const received = await measureWay(stage, WAYS.received)
  const sentByUrl = await measureWay(stage, WAYS.sentByUrl)
  const sentFromRequest = await measureWay(stage, WAYS.sentFromRequest)
  return { fileMib: LARGE_MIB, flatBelowMb: FLAT_BELOW_MB, received, sentByUrl, sentFromRequest }
}

/** A process of its own for each way: what it has from the operating system it seldom gives back, which would hide a growth. */
async function measureWay(stage: Stage, move: Move): Promise<Way> {
  const { world } = stage
  const active = world.allActive([CHAT.phone])
  world.sandbox.runner('runner-1').kill('SIGKILL')
  await active
  const pid = world.sandbox.runner('runner-1').pid ?? Number.NaN
  for (let file = 0; file < WARM_FILES; file++) await move(stage, SMALL_MIB * MIB, newSeed())
  const small = await moveFiles(stage, pid, move, { mib: SMALL_MIB, count: SMALL_FILES })
  const large = await moveFiles(stage, pid, move, { mib: LARGE_MIB, count: LARGE_FILES })
  const growthMb = round(large.peakMb - small.peakMb)
  return { small, large, growthMb, isFlat: growthMb < FLAT_BELOW_MB }
}

async function moveFiles(
  stage: Stage,
  pid: number,
  move: Move,
  { mib, count }: { readonly mib: number; readonly count: number },
): Promise<Moved> {
  const times: number[] = []
  const buffersMb = (): Promise<unknown> => stage.world.sandbox.runner('runner-1').ask('peak of buffers')
  await buffersMb()
  const memory = await memoryAround(pid, async () => {
    for (let file = 0; file < count; file++) times.push(await move(stage, mib * MIB, newSeed()))
  })
  const p50Ms = Math.round(medianOf(times))
  return { ...memory, buffersMb: round(Number(await buffersMb())), p50Ms, mibPerSecond: round((mib * 1000) / p50Ms) }
}

let seeds = 0

/** WhatsApp would have a file of the same bytes already. */
const newSeed = (): number => ++seeds

/** From the runner's request for the file until it lies in the object store, and its document says so. */
async function receive({ world, clients }: Stage, size: number): Promise<number> {
  const since = world.happened.length
  const file = { to: CHAT.phone, kind: 'document', mimetype: 'application/pdf', size, caption: 'A document' }
  const { id } = await world.simulator.sendFileAsContact(CHAT.contact, file)
  const asked = await world.first(({ type, phone }) => type === 'media-request' && phone === CHAT.phone, since)
  const document = receivedMessageIdOf(`${CHAT.contact}@s.whatsapp.net`, '', id)
  const path = `${receivedMediaPath(sessionIdOf('default', CHAT.name))}/${document}`
  const deadline = performance.now() + STORED_LIMIT_MS
  while ((await clients.documents.read(path))?.fields['state'] !== 'stored') {
    if (performance.now() > deadline) throw new Error('A received file was not stored in time.')
    await pause(LOOK_EVERY_MS)
  }
  return Date.now() - asked.at
}

/** From the answer to the request until the ack: the runner fetches the file, keeps it, and uploads it. */
function sendUrl(stage: Stage, bytes: number, seed: number): Promise<number> {
  return send(stage, { url: stage.host.url(seed, bytes) }, seed)
}

/** The same for a file that came with the request, which the API has stored. */
function sendBytes(stage: Stage, bytes: number, seed: number): Promise<number> {
  return send(stage, { data: bytesOf(seed, bytes).toString('base64') }, seed)
}

async function send({ world }: Stage, source: object, seed: number): Promise<number> {
  const since = world.happened.length
  const file = { mimetype: 'application/pdf', filename: 'document.pdf', ...source }
  const answer = await world.sandbox.api('/api/sendFile', {
    json: { session: CHAT.name, chatId: TO, file },
    headers: { 'Idempotency-Key': `media-${seed}` },
  })
  if (answer.status !== 201) throw new Error(`The API answered ${answer.status} to a file: ${await answer.text()}`)
  const { id } = (await answer.json()) as { id: string }
  const acceptedAt = Date.now()
  const messageId = id.split('_')[2]
  const acked = await world.first((event) => event.type === 'acked' && event.id === messageId, since)
  return acked.at - acceptedAt
}
