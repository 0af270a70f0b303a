import { setTimeout as pause } from 'node:timers/promises'
import { Chats } from './chats.ts'
import { isDeath } from './faults.ts'
import { look, whatIsWrong, type Settled } from './judge.ts'
import type { Order } from './orders.ts'
import type { Scenario } from './scenario.ts'
import { Stage } from './stage.ts'

/** A scenario without a fault takes less. */
const SCENARIO_LIMIT_MS = 60_000
/** After a fault: what hung is given up after 10 s, more than once in a row at worst. */
const RECOVERY_LIMIT_MS = 60_000
const LOOK_EVERY_MS = 15
const LOOK_WHETHER_OVER_EVERY_MS = 300
/** What still follows when everything is as it should be. */
const AFTERMATH_MS = 300

export interface Verdict {
  /** A case in which nothing happened says nothing. */
  hasFired: boolean
  wrong: string[]
}

/** One scenario, again and again on one stage, each time with something else going wrong. */
export class Rehearsal implements AsyncDisposable {
  readonly #scenario: Scenario
  readonly #stage: Stage
  #chats: Chats
  #settled: Settled = { sent: 0, issued: 0, violations: 0 }

  private constructor(scenario: Scenario, stage: Stage) {
    this.#scenario = scenario
    this.#stage = stage
    this.#chats = new Chats(stage, 'crashpoints')
  }

  static async open(scenario: Scenario): Promise<Rehearsal> {
    const rehearsal = new Rehearsal(scenario, await Stage.open(scenario.runnerEnv))
    try {
      await rehearsal.#stage.go(null)
      await rehearsal.#chats.link()
      const wrong = await rehearsal.#probe(SCENARIO_LIMIT_MS)
      if (wrong.length > 0) throw new Error(`Before any fault: ${wrong.join('; ')}`)
    } catch (error) {
      await rehearsal[Symbol.asyncDispose]()
      throw error
    }
    return rehearsal
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#stage[Symbol.asyncDispose]()
  }

  /** Which points the scenario passes, and how often, when nothing goes wrong. */
  async points(): Promise<Map<string, number>> {
    await this.#begin(null)
    const { pid } = this.#stage
    await this.#scenario.act?.(this.#chats)
    const wrong = await this.#untilOver()
    if (wrong.length > 0) throw new Error(`Without a fault: ${wrong.join('; ')}`)
    await pause(AFTERMATH_MS)
    const points = await this.#stage.trace.passed(pid)
    await this.#probe(SCENARIO_LIMIT_MS)
    return points
  }

  async run(order: Order): Promise<Verdict> {
    const exitsBefore = this.#stage.exits.length
    await this.#begin(order)
    const { pid } = this.#stage
    const acted = this.#scenario.act?.(this.#chats)
    const hasFired = await this.#untilFired()
    await acted
    if (hasFired && isDeath(order.fault)) {
      await this.#stage.untilGone(pid)
    } else {
      const wrong = await this.#untilOver()
      if (wrong.length > 0) return { hasFired, wrong: wrong.map((what) => `before a new start: ${what}`) }
      if (!hasFired) return { hasFired, wrong: [] }
      if (!this.#stage.isGone(this.#stage.pid)) await this.#stage.strike('SIGKILL')
    }
    await this.#stage.go(null)
    return { hasFired, wrong: [...(await this.#probe(RECOVERY_LIMIT_MS)), ...this.#unasked(exitsBefore)] }
  }

  lastWords(): Promise<string> {
    return this.#stage.lastWords(40)
  }

  async #begin(order: Order | null): Promise<void> {
    const { struck, prepare } = this.#scenario
    if (struck === 'next') await this.#stage.strike('SIGKILL')
    await prepare?.(this.#chats)
    await this.#stage.trace.forget()
    if (struck === 'next') await this.#stage.go(order)
    else await this.#stage.arm(order)
  }

  /** False when the scenario is over, or the process, and it has not. */
  async #untilFired(): Promise<boolean> {
    const { pid, trace } = this.#stage
    const deadline = performance.now() + SCENARIO_LIMIT_MS
    let lookAt = performance.now() + LOOK_WHETHER_OVER_EVERY_MS
    for (let isOver = false; !isOver && !this.#stage.isGone(pid);) {
      if (await trace.fired()) return true
      await pause(LOOK_EVERY_MS)
      if (performance.now() < lookAt) continue
      isOver = performance.now() > deadline || (await this.#isOver())
      if (isOver) await pause(AFTERMATH_MS)
      lookAt = performance.now() + LOOK_WHETHER_OVER_EVERY_MS
    }
    return (await trace.fired()) !== null
  }

  async #isOver(): Promise<boolean> {
    const { forGood, forNow } = await look(this.#chats, this.#settled)
    return forGood.length + forNow.length === 0 && (await this.#scenario.isOver?.(this.#chats)) !== false
  }

  async #untilOver(): Promise<string[]> {
    const deadline = performance.now() + SCENARIO_LIMIT_MS
    const wrong = await whatIsWrong(this.#chats, this.#settled, SCENARIO_LIMIT_MS)
    if (wrong.length > 0) return wrong
    while (this.#scenario.isOver && !(await this.#scenario.isOver(this.#chats))) {
      if (performance.now() > deadline) return ['the scenario does not come to its end']
      await pause(LOOK_EVERY_MS)
    }
    return []
  }

  /** Messages go both ways, and everything of before has come to its end. */
  async #probe(limitMs: number): Promise<string[]> {
    await Promise.all([this.#chats.send(), this.#chats.receive()])
    const wrong = await whatIsWrong(this.#chats, this.#settled, limitMs)
    if (wrong.length > 0) return wrong
    const { violations } = await this.#stage.simulator.state()
    this.#settled = { sent: this.#chats.sent.length, issued: this.#chats.issued.length, violations: violations.length }
    return []
  }

  /** Ends of processes that nobody had asked for. */
  #unasked(since: number): string[] {
    return this.#stage.exits
      .slice(since)
      .filter(({ code }) => code !== null && code !== 0)
      .map(({ code }) => `a process ended with code ${code}`)
  }
}
