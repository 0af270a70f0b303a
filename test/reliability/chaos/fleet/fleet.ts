import { setTimeout as pause } from 'node:timers/promises'
import type { SupervisedProcess } from '../../../../sandbox/processes.ts'
import type { SeededRandom } from '../../../../sandbox/network/seeded-random.ts'
import type { World } from '../world.ts'
import type { FleetWatch } from './fleet-watch.ts'
import type { FleetStrikeKind } from './kinds.ts'
import { Losses } from './losses.ts'

/** The longest wait until sessions are back. The figures hold its length. */
const BACK_LIMIT_MS = 180_000
/** The time after which a session that never left is believed to have stayed. */
const STAYED_AFTER_MS = 6_000
const LOOK_EVERY_MS = 500
const FREE_LIMIT_MS = 120_000

/** The runners of a run, and what strikes have to know of them. */
export class Fleet {
  readonly world: World
  readonly watch: FleetWatch
  readonly random: SeededRandom
  readonly losses: Losses<FleetStrikeKind>
  /** The slots under a strike. */
  readonly #struck = new Set<string>()
  readonly #ailing = new Map<string, number>()

  constructor(world: World, watch: FleetWatch, random: SeededRandom) {
    this.world = world
    this.watch = watch
    this.random = random
    this.losses = new Losses(world.events)
  }

  get running(): SupervisedProcess[] {
    return this.world.sandbox.runners().filter(({ pid }) => pid !== null)
  }

  get stopped(): SupervisedProcess[] {
    return this.world.sandbox.runners().filter(({ name, pid }) => pid === null && !this.#struck.has(name))
  }

  /** Runs a strike at a random runner that is under no other one. Another one always stays whole. */
  async atOne<Result>(strike: (runner: SupervisedProcess) => Promise<Result>): Promise<Result> {
    const deadline = performance.now() + FREE_LIMIT_MS
    for (;;) {
      const free = this.running.filter(({ name }) => !this.#struck.has(name))
      if (free.length > 1) return await this.at(this.#pick(free), strike)
      if (performance.now() > deadline) throw new Error('No runner was free for a strike.')
      await pause(LOOK_EVERY_MS)
    }
  }

  /** Prefers runners that hold sessions. One that has just joined may have none. */
  #pick(free: readonly SupervisedProcess[]): SupervisedProcess {
    const holding = free.filter((runner) => this.watch.phonesOf(runner).length > 0)
    return this.random.pick(holding.length > 0 ? holding : free)
  }

  async at<Result>(runner: SupervisedProcess, strike: (runner: SupervisedProcess) => Promise<Result>): Promise<Result> {
    this.#struck.add(runner.name)
    const { pid } = runner
    try {
      return await strike(runner)
    } finally {
      const ailsForMs = runner.pid === pid ? (this.#ailing.get(runner.name) ?? 0) : 0
      this.#ailing.delete(runner.name)
      setTimeout(() => this.#struck.delete(runner.name), ailsForMs).unref()
    }
  }

  /** The runner counts as struck for so long after its strike, because it needs the time to get well. */
  ails({ name }: SupervisedProcess, forMs: number): void {
    this.#ailing.set(name, forMs)
  }

  /** Whether a strike goes on at this runner. */
  isStruck({ name }: SupervisedProcess): boolean {
    return this.#struck.has(name)
  }

  /**
   * Resolves when all these accounts are connected again. `mayStay`: those that a runner has kept all the time do not come back, and count
   * as spared.
   */
  async untilBack(phones: readonly string[], { mayStay = false } = {}): Promise<void> {
    const since = performance.now()
    for (;;) {
      const away = this.losses.away(phones)
      if (away.length === 0) return
      const waited = performance.now() - since
      if (waited > BACK_LIMIT_MS) throw new Error(await this.#complaint(away))
      if (mayStay && waited > STAYED_AFTER_MS) await this.#spareThoseThatStayed(away)
      await pause(LOOK_EVERY_MS)
    }
  }

  async #spareThoseThatStayed(phones: readonly string[]): Promise<void> {
    const { api, sessions } = this.world
    for (const { name, phone } of sessions.filter((session) => phones.includes(session.phone))) {
      const { status, owner } = await api.session(name)
      const speaker = this.watch.runnerOf.get(this.watch.speakerOf(phone) ?? '')
      if (status === 'WORKING' && owner.runnerId !== null && owner.runnerId === speaker) this.losses.spared([phone])
    }
  }

  async #complaint(phones: readonly string[]): Promise<string> {
    const { api, sessions } = this.world
    const away = sessions.filter(({ phone }) => phones.includes(phone))
    const states = await Promise.all(away.map(async ({ name }) => `${name}: ${(await api.session(name)).sentence}`))
    return `Sessions are not back after ${BACK_LIMIT_MS / 1000} s: ${states.join('; ')}`
  }
}
