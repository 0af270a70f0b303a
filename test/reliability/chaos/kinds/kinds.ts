import { setTimeout as pause } from 'node:timers/promises'
import { inParallel } from '@holdfast/core/platform/in-parallel'
import type { Outcome } from '../../../support/figures.ts'
import { ApiClient } from '../../../support/api-client.ts'
import type { EventReader } from '../../../support/event-reader.ts'
import { linkSession } from '../../../support/linked-session.ts'
import type { SimulatorClient } from '../../../support/simulator-client.ts'
import type { Sandbox } from '../../../../sandbox/sandbox.ts'
import type { SeededRandom } from '../../../../sandbox/network/seeded-random.ts'
import type { Answers } from '../answers.ts'
import { pauseUnless } from '../troubles/pause-unless.ts'
import type { TroubleOptions } from '../troubles/trouble-options.ts'
import type { KindsChat, KindsSession, Theirs, ToldChange } from './chat.ts'
import { fileAt, listOf } from './fetched.ts'
import { FileHost } from '../../../support/file-host.ts'
import { sha256Of } from './files.ts'
import { sayAnything } from './incoming.ts'
import { type Evidence, judgeKinds, type Listed } from './judge.ts'
import { drawOutgoing, type OutgoingDraft } from './outgoing.ts'
import { PatientApi } from './patient-api.ts'
import { Receivers } from './receivers.ts'

/** What a run of all kinds stands on. */
export interface KindsWorld {
  readonly sandbox: Sandbox
  readonly simulator: SimulatorClient
  readonly answers: Answers
  readonly events: Pick<EventReader, 'on'>
}

interface Linked {
  readonly name: string
  readonly phone: string
}

/** A group has these, the phone of the session, and its contact. */
const SHARED_MEMBERS = 48
/** A chat with more messages that WhatsApp does not have yet gets no new ones: a busy machine would never catch up. */
const MOST_UNDERWAY = 5
/** The same for what contacts say, and the session has not answered. */
const MOST_UNANSWERED = 20
const BETWEEN_MS = { least: 200, most: 3_000 }
const MEDIA_FAULTS = ['media-cut', 'media-corrupt', 'media-slow'] as const
const MEDIA_FAULT_EVERY_MS = { least: 4_000, most: 15_000 }
const SLOW_MS = 2_000
const AT_ONCE = 4
const LOOK_EVERY_MS = 2_000
const SETTLE_LIMIT_MS = 240_000
/** Longer than a receiver that is gone is left alone. */
const GONE_MINUTES = 61
const NEIGHBOUR = 'neighbour'

/**
 * Everything that people say, beside the texts of a run: sessions of two tenants, each with a contact and a group of 50, which send and
 * get messages of all kinds, and have a webhook.
 */
export class Kinds implements AsyncDisposable {
  readonly #world: KindsWorld
  readonly #receivers: Receivers
  readonly #files: FileHost
  readonly #sessions: readonly KindsSession[]
  readonly #changes = new Map<KindsSession, ToldChange[]>()
  readonly #stored = new Set<string>()
  /** The ids of messages that WhatsApp has. */
  readonly #acked = new Set<string>()
  /** The ids of what contacts said and a session has answered. */
  readonly #answered = new Set<string>()
  /** What the API or the simulator did not take. */
  readonly #refusals: string[] = []
  #count = 0

  private constructor(world: KindsWorld, parts: { receivers: Receivers; files: FileHost; sessions: readonly KindsSession[] }) {
    this.#world = world
    this.#receivers = parts.receivers
    this.#files = parts.files
    this.#sessions = parts.sessions
    world.events.on(({ type, id = '' }) => {
      if (type === 'acked') this.#acked.add(id)
      if (type === 'receipt') this.#answered.add(id)
    })
  }

  /** Adds the session of a second tenant, with the name of the first one, and gives all sessions their chats and webhooks. */
  static async start(world: KindsWorld, linked: readonly Linked[], random: SeededRandom): Promise<Kinds> {
    const { sandbox, simulator } = world
    const receivers = await Receivers.start(random.fork())
    const files = await FileHost.start()
    const api = apiOf(world, sandbox.info.apiKey)
    const members = Array.from({ length: SHARED_MEMBERS }, (_, index) => `55317${String(index).padStart(8, '0')}`)
    for (const [index, member] of members.entries()) await simulator.createContact(member, `Member ${index}`)
    const [first] = linked
    if (!first) throw new Error('There is no session.')
    const neighbour = await startNeighbour(world, api, { name: first.name, phone: '5521900000000' })
    const sessions: KindsSession[] = []
    for (const [index, { owner, ...session }] of [...linked.map((one) => ({ ...one, owner: api })), neighbour].entries()) {
      const receiver = `receiver-${index}`
      const webhooks = [
        { url: receivers.add(receiver), events: ['*'], retries: { policy: 'constant', delaySeconds: 1, attempts: 100 } },
      ]
      await owner.done('PUT', `/api/sessions/${session.name}`, { json: { config: { webhooks } } })
      sessions.push({ ...session, api: owner, receiver, chats: await chatsOf(simulator, session, index, members) })
    }
    return new Kinds(world, { receivers, files, sessions })
  }

  /** Says things both ways in every chat, and disturbs what is fetched and uploaded, until the signal. */
  async run({ random, signal, count }: TroubleOptions): Promise<void> {
    const lanes = this.#sessions.flatMap((session) =>
      session.chats.flatMap((chat) => [
        this.#lane(random.fork(), signal, count, (own) => this.#send(session, chat, own)),
        this.#lane(random.fork(), signal, count, (own) => this.#say(session, chat, own)),
      ]),
    )
    await Promise.all([...lanes, this.#disturb(random.fork(), signal)])
  }

  /** @param work returns false when it left its turn out */
  async #lane(random: SeededRandom, signal: AbortSignal, count: () => void, work: (random: SeededRandom) => Promise<boolean>) {
    while (await pauseUnless(signal, random.between(BETWEEN_MS.least, BETWEEN_MS.most))) {
      try {
        if (await work(random)) count()
      } catch (error) {
        this.#refusals.push(`refused: ${String(error)}`)
      }
    }
  }

  async #disturb(random: SeededRandom, signal: AbortSignal): Promise<void> {
    const { least, most } = MEDIA_FAULT_EVERY_MS
    while (await pauseUnless(signal, random.between(least, most))) {
      const account = random.pick(this.#sessions).phone
      const fault = random.chance(0.3)
        ? ({ kind: 'media-status', code: 503 } as const)
        : ({ kind: random.pick(MEDIA_FAULTS), ms: SLOW_MS } as const)
      await this.#world.simulator.orderFault({ ...fault, account, count: 1 })
    }
  }

  async #send(session: KindsSession, chat: KindsChat, random: SeededRandom): Promise<boolean> {
    if (chat.ours.filter(({ id }) => !this.#acked.has(id)).length > MOST_UNDERWAY) return false
    const seed = ++this.#count
    const text = `Kind ${seed} of ${session.phone}`
    const draft = drawOutgoing({ session, chat, random, text, seed, hosted: (...of) => this.#files.url(...of) })
    if (draft.needs) await this.#untilStored(session, chat, draft.needs)
    const body = await session.api.done(draft.method, draft.path, { json: draft.json, key: `kind-${seed}` })
    draft.changes?.()
    chat.ours.push(oursOf(draft, body as { id: string; jobId: string }))
    return true
  }

  /** Waits until the API knows a message of a contact, as its caller does, who has read it there. */
  async #untilStored({ name, api }: KindsSession, { chatId }: KindsChat, { id, serialized }: Theirs): Promise<void> {
    if (this.#stored.has(id)) return
    await api.done('GET', `/api/${name}/chats/${encodeURIComponent(chatId)}/messages/${encodeURIComponent(serialized)}`, {
      waits: true,
    })
    this.#stored.add(id)
  }

  async #say(session: KindsSession, chat: KindsChat, random: SeededRandom): Promise<boolean> {
    if (chat.theirs.filter(({ id }) => !this.#answered.has(id)).length > MOST_UNANSWERED) return false
    const text = `Said ${++this.#count} to ${session.phone}`
    const contact = random.pick(chat.members)
    const said = await sayAnything({ session, chat, contact, random, text, simulator: this.#world.simulator })
    if ('message' in said) chat.theirs.push(said.message)
    else this.#changes.set(session, [...(this.#changes.get(session) ?? []), said.change])
    return true
  }

  /** Lets all receivers recover and an hour pass, waits until everything has settled, and returns what is wrong then. */
  async judge(): Promise<{ figures: Record<string, unknown>; findings: string[] }> {
    const { sandbox } = this.#world
    this.#receivers.heal()
    await sandbox.advanceClock({ minutes: GONE_MINUTES })
    const deadline = performance.now() + SETTLE_LIMIT_MS
    for (;;) {
      await sandbox.fireSchedule('sweep')
      const findings = await this.#findings()
      const isUnfinished = findings.some((one) => one.startsWith('lost') || one.startsWith('altered'))
      if (!isUnfinished || performance.now() > deadline) {
        findings.push(...(await this.#filesGotten()), ...this.#elsewhere())
        return { figures: this.#figures(), findings }
      }
      await pause(LOOK_EVERY_MS)
    }
  }

  async #findings(): Promise<string[]> {
    const { contacts } = await this.#world.simulator.state()
    const findings: string[] = [...this.#refusals]
    await inParallel(AT_ONCE, this.#sessions, async (session) => {
      const listed = new Map<KindsChat, readonly Listed[]>()
      for (const chat of session.chats) listed.set(chat, await listOf(session, chat))
      const deliveries = this.#receivers.requests.filter(({ at }) => at === session.receiver)
      const evidence: Evidence = { session, contacts, listed, deliveries, changes: this.#changes.get(session) ?? [] }
      findings.push(...judgeKinds(evidence))
    })
    return findings
  }

  /** Fetches every file that contacts sent, and compares its bytes. */
  async #filesGotten(): Promise<string[]> {
    const findings: string[] = []
    for (const session of this.#sessions) {
      for (const chat of session.chats) {
        const rows = new Map((await listOf(session, chat)).map((row) => [row.id, row]))
        for (const { serialized, file } of chat.theirs.filter((one) => one.file !== null && !one.isRevoked)) {
          const url = rows.get(serialized)?.media?.url
          const bytes = url ? await fileAt(session.api, url) : 'has no address'
          const isSame = typeof bytes !== 'string' && sha256Of(bytes) === file?.sha256
          if (!isSame)
            findings.push(`altered: the file of ${serialized} ${typeof bytes === 'string' ? bytes : 'has other bytes'}`)
        }
      }
    }
    return findings
  }

  /** A redirect is never followed. */
  #elsewhere(): string[] {
    return this.#receivers.taken('elsewhere').map(({ event }) => `foreign: event ${event.id} followed a redirect`)
  }

  #figures(): Record<string, unknown> {
    const chats = this.#sessions.flatMap((session) => session.chats)
    const ours = chats.flatMap((chat) => chat.ours)
    const theirs = chats.flatMap((chat) => chat.theirs)
    const files = [...ours, ...theirs].flatMap(({ file }) => (file ? [file.bytes] : []))
    return {
      kindsSent: Object.fromEntries(
        Object.entries(Object.groupBy(ours, ({ kind }) => kind)).map(([kind, all]) => [kind, all?.length]),
      ),
      kindsSaid: theirs.length,
      changesSaid: [...this.#changes.values()].flat().length,
      files: files.length,
      largestFile: Math.max(0, ...files),
      deliveries: this.#receivers.counts,
    }
  }

  /** The outcome without the chats of all kinds, which `judge` judges. */
  without({ state, stored }: Outcome): Outcome {
    const chats = this.#sessions.flatMap((session) => session.chats)
    const members = new Set(chats.flatMap((chat) => chat.members))
    const ids = new Set(chats.map(({ chatId }) => chatId))
    return {
      state: {
        ...state,
        contacts: state.contacts.map((one) => (members.has(one.phone) ? { ...one, received: [] } : one)),
      },
      stored: new Map([...stored].map(([session, rows]) => [session, rows.filter(({ chatId }) => !ids.has(chatId ?? ''))])),
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#receivers[Symbol.asyncDispose]()
    await this.#files[Symbol.asyncDispose]()
  }
}

const apiOf = ({ sandbox, answers }: KindsWorld, apiKey: string): PatientApi =>
  new PatientApi({ url: sandbox.info.api ?? '', apiKey, onAttempt: (attempt) => answers.record(attempt) })

/** Links a session of another tenant. */
async function startNeighbour(world: KindsWorld, operator: PatientApi, session: Linked): Promise<Linked & { owner: PatientApi }> {
  await operator.done('POST', '/api/tenants', { json: { id: NEIGHBOUR, name: 'Neighbour' } })
  const { key } = await operator.done('POST', '/api/keys', { json: { name: 'admin', role: 'admin', tenant: NEIGHBOUR } })
  const api = new ApiClient({ url: world.sandbox.info.api ?? '', apiKey: key })
  await linkSession(api, world.simulator, session)
  return { ...session, owner: apiOf(world, key) }
}

async function chatsOf(
  simulator: SimulatorClient,
  { name, phone }: Linked,
  index: number,
  shared: readonly string[],
): Promise<KindsChat[]> {
  const person = `55217${String(index).padStart(8, '0')}`
  await simulator.createContact(person, `Person of ${name}`)
  const group = await simulator.createGroup(`Everybody of ${name}`, [phone, person, ...shared])
  const empty = () => ({ ours: [], theirs: [] })
  return [
    { chatId: `${person}@c.us`, group: null, members: [person], ...empty() },
    { chatId: group, group, members: [person, ...shared], ...empty() },
  ]
}

function oursOf(
  { kind, seen, body, isMessage = true, options = [], file }: OutgoingDraft,
  { id, jobId }: { id: string; jobId: string },
) {
  const common = { serialized: id, id: id.split('_')[2] ?? '', jobId, isMessage, kind, seen, body, isRevoked: false }
  return { ...common, reactions: new Map<string, string>(), options, file: file ?? null }
}
