import { setTimeout as pause } from 'node:timers/promises'
import { inParallel } from '@holdfast/core/platform/in-parallel'
import { HoldfastSubject } from './holdfast-subject.ts'
import type { Options } from './options.ts'
import { residentMb } from './process-usage.ts'
import type { Clients } from './product.ts'
import { measureReconnection, measureRecovery, type Recovery } from './recovery.ts'
import { round } from './statistics.ts'
import { StockSubject } from './stock-subject.ts'
import type { Chat, Lag, Subject } from './subject.ts'
import { type Contestant, measureInTurns, oneRound, type Throughput } from './throughput.ts'
import type { BenchWorld } from './world.ts'

const NAMES = ['memory', 'multiFile', 'holdfast'] as const

export type Name = (typeof NAMES)[number]

/** What was measured with one number of sessions. */
export interface Compared {
  readonly sessions: number
  readonly throughput: Readonly<Record<Name, Throughput>>
  /** Resident memory of each process per session after the traffic, less that of the process without sessions. */
  readonly rssPerSessionMb: Readonly<Record<Name, number>>
  /** The lateness of Holdfast's timers while messages flow, with the pauses in which the others have their turn. */
  readonly eventLoopMs: Lag
  /** Null for a number of sessions for which nothing was killed. */
  readonly recovery: (Recovery & { readonly reconnectMs: number }) | null
}

/** The most messages of the single session. Up to this limit it gets as many as all sessions together. */
const MOST_OF_ONE = 200
/** Messages of each chat where there are many sessions. */
const OF_MANY = 4
const LINKED_AT_ONCE = 4
/** The wait until the work after a login is over. */
const QUIET_MS = 3000

/** Baileys with its keys in memory and in files, and Holdfast, which take turns in one world. */
export class Comparison implements AsyncDisposable {
  readonly #world: BenchWorld
  readonly #clients: Clients
  readonly #options: Options
  readonly #say: (text: string) => void
  readonly #subjects: Readonly<Record<Name, Subject>>
  readonly #emptyMb: Readonly<Record<Name, number>>
  readonly #chats: Record<Name, Chat[]> = { memory: [], multiFile: [], holdfast: [] }
  readonly holdfast: HoldfastSubject

  private constructor(
    { world, clients, options, say }: Setting,
    subjects: Readonly<Record<Name, Subject>> & { readonly holdfast: HoldfastSubject },
    emptyMb: Readonly<Record<Name, number>>,
  ) {
    this.#world = world
    this.#clients = clients
    this.#options = options
    this.#say = say
    this.#subjects = subjects
    this.#emptyMb = emptyMb
    this.holdfast = subjects.holdfast
  }

  static async open(setting: Setting): Promise<Comparison> {
    const { world, clients } = setting
    const subjects = {
      memory: await StockSubject.start(world, 'memory'),
      multiFile: await StockSubject.start(world, 'multi-file'),
      holdfast: new HoldfastSubject(world, clients.documents),
    }
    await pause(QUIET_MS)
    return new Comparison(setting, subjects, await ofEach((name) => residentMb(subjects[name].pid())))
  }

  /** The chats of Holdfast so far. */
  get chats(): readonly Chat[] {
    return this.#chats.holdfast
  }

  /** Measures one session of each, and then all. */
  async measure(): Promise<{ readonly one: Compared; readonly many: Compared }> {
    const { sessions, messages, rounds } = this.#options
    await this.#link(sessions)
    const ofOne = Math.min(MOST_OF_ONE, messages * sessions)
    const one = await this.#take(1, { messages: ofOne, rounds, kills: false })
    return { one, many: await this.#take(sessions, { messages, rounds, kills: true }) }
  }

  /** Measures many sessions of each, with fewer messages in each chat. */
  async measureMore(sessions: number): Promise<Compared> {
    await this.#link(sessions)
    return this.#take(sessions, { messages: OF_MANY, rounds: this.#options.rounds, kills: true })
  }

  async [Symbol.asyncDispose](): Promise<void> {
    for (const name of NAMES) await this.#subjects[name].close()
  }

  async #link(sessions: number): Promise<void> {
    for (const [digit, name] of NAMES.entries()) {
      const known = this.#chats[name]
      const subject = this.#subjects[name]
      this.#say(`${subject.name}: linking ${sessions - known.length} sessions ...`)
      const chats = chatsOf(name, digit + 1, sessions).slice(known.length)
      await linkAll(this.#world, subject, chats)
      known.push(...chats)
      // The first message of a chat also creates its Signal session, which is not part of the measurement.
      await oneRound(this.#world, subject, { chats, messages: 1 })
    }
  }

  async #take(
    sessions: number,
    { messages, rounds, kills }: { readonly messages: number; readonly rounds: number; readonly kills: boolean },
  ): Promise<Compared> {
    const contestants = await ofEach(async (name): Promise<Contestant> => ({
      subject: this.#subjects[name],
      chats: this.#chats[name].slice(0, sessions),
    }))
    this.#say(`${sessions} of each, ${rounds} rounds ...`)
    // This call resets the lag, so that the time before does not count.
    await this.holdfast.takeLag()
    const throughput = await measureInTurns(this.#world, contestants, { messages, rounds })
    const eventLoopMs = await this.holdfast.takeLag()
    await pause(QUIET_MS)
    const rssPerSessionMb = await ofEach(async (name) => {
      const used = (await residentMb(this.#subjects[name].pid())) - this.#emptyMb[name]
      return round(used / this.#chats[name].length, 2)
    })
    const recovery = kills ? await this.#recover(contestants, rounds) : null
    return { sessions, throughput, rssPerSessionMb, eventLoopMs, recovery }
  }

  async #recover({ memory, holdfast }: Readonly<Record<Name, Contestant>>, rounds: number) {
    this.#say('Dropped sockets and kills ...')
    const reconnectMs = await measureReconnection(this.#world, memory.chats, rounds)
    return { ...(await measureRecovery(this.#world, this.#clients, holdfast.chats, rounds)), reconnectMs }
  }
}

interface Setting {
  readonly world: BenchWorld
  readonly clients: Clients
  readonly options: Options
  readonly say: (text: string) => void
}

async function ofEach<Result>(of: (name: Name) => Promise<Result>): Promise<Record<Name, Result>> {
  const results = await Promise.all(NAMES.map(async (name) => [name, await of(name)] as const))
  return Object.fromEntries(results) as Record<Name, Result>
}

export function chatsOf(name: string, digit: number, count: number): Chat[] {
  return Array.from({ length: count }, (_, index) => {
    const number = `${digit}${String(index).padStart(4, '0')}`
    return { name: `${name}-${index}`.toLowerCase(), phone: `551190${number}11`, contact: `551180${number}11` }
  })
}

export async function linkAll(world: BenchWorld, subject: Subject, chats: readonly Chat[]): Promise<void> {
  await inParallel(LINKED_AT_ONCE, chats, async (chat) => {
    await world.simulator.createContact(chat.contact, `Contact of ${chat.name}`)
    await subject.link(chat)
  })
}
