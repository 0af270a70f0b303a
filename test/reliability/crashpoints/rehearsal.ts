import { setTimeout as pause } from 'node:timers/promises'
import { EXIT } from '@holdfast/core/platform/exit-codes'
import { Chats } from './chats.ts'
import { isDeath } from './faults.ts'
import { look, whatIsWrong, type Settled } from './judge.ts'
import type { Order } from './orders.ts'
import { isAllTheTime } from './plan.ts'
import type { Scenario } from './scenario.ts'
import { Stage } from './stage.ts'

/** The time limit of a scenario without a fault. */
const SCENARIO_LIMIT_MS = 60_000
/** The time limit of a recovery. The product gives up a hung operation after 10 s, at worst several times in a row. */
const RECOVERY_LIMIT_MS = 60_000
const LOOK_EVERY_MS = 15
const LOOK_WHETHER_OVER_EVERY_MS = 300
const MOST_LOOKS = 60
/** The wait for the last steps after every message has settled. */
const AFTERMATH_MS = 300
const QUIET_MS = 1_000

export interface Verdict {
  /** Whether the fault happened. A case without its fault proves nothing. */
  hasFired: boolean
  wrong: string[]
}

/** Plays one scenario repeatedly on one stage, each time with another fault. */
export class Rehearsal implements AsyncDisposable {
  readonly #scenario: Scenario
  readonly #stage: Stage
  #chats: Chats
  #sessions = 0
  #settled: Settled = { sent: 0, issued: 0, violations: 0 }

  private constructor(scenario: Scenario, stage: Stage) {
    this.#scenario = scenario
    this.#stage = stage
    this.#chats = new Chats(stage, 'crashpoints')
  }

  static async open(scenario: Scenario): Promise<Rehearsal> {
    const rehearsal = new Rehearsal(scenario, await Stage.open(scenario))
    try {
      await rehearsal.#stage.go(null)
      await rehearsal.#chats.link()
      const wrong = await rehearsal.#first()
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

  /** Sends messages both ways and replaces the process once, so that every case starts with an open chat and a later process. */
  async #first(): Promise<string[]> {
    const chats = this.#chats
    for (let processes = 1; processes <= 2; processes++) {
      if (processes > 1) {
        await this.#stage.strike('SIGKILL')
        await this.#stage.go(null)
      }
      await Promise.all([chats.send(), chats.receive()])
      const wrong = await whatIsWrong(chats, this.#settled, SCENARIO_LIMIT_MS)
      if (wrong.length > 0) return wrong
      this.#settled = { sent: chats.sent.length, issued: chats.issued.length, violations: 0 }
    }
    return []
  }

  get #recoveryLimitMs(): number {
    return this.#scenario.recoveryLimitMs ?? RECOVERY_LIMIT_MS
  }

  /** Plays the scenario without a fault. Returns the points that it passes, with their number of passages. */
  async points(): Promise<Map<string, number>> {
    await this.#begin(null)
    const { armedPid } = this.#stage
    await this.#scenario.act?.(this.#chats)
    const wrong = await this.#untilOver(SCENARIO_LIMIT_MS)
    if (wrong.length > 0) throw new Error(`Without a fault: ${wrong.join('; ')}`)
    const points = await this.#untilQuiet(armedPid)
    await this.#probe(SCENARIO_LIMIT_MS)
    return points
  }

  async run(order: Order): Promise<Verdict> {
    const exitsBefore = this.#stage.exits.length
    await this.#begin(order)
    const { armedPid } = this.#stage
    const acted = this.#act()
    let hasFired = await this.#untilFired()
    if (!hasFired || !isDeath(order.fault)) {
      const wrong = [...(await this.#untilOver(this.#recoveryLimitMs)), ...(await acted)]
      hasFired = (await this.#stage.trace.fired()) !== null
      if (wrong.length > 0) return { hasFired, wrong: wrong.map((what) => `before a new start: ${what}`) }
    }
    if (!hasFired) {
      const wrong = await this.#probe(this.#recoveryLimitMs)
      // The fault may still happen in the traffic afterwards.
      hasFired = (await this.#stage.trace.fired()) !== null
      if (!hasFired || wrong.length > 0) return { hasFired, wrong: [...wrong, ...this.#unasked(exitsBefore)] }
    }
    if (isDeath(order.fault)) await this.#stage.untilGone(armedPid)
    else if (!this.#stage.isGone(this.#stage.pid)) await this.#stage.strike('SIGKILL')
    // After a late death, another process may already be running.
    await this.#stage.keepGoing()
    const wrong = [...(await acted), ...(await this.#probe(this.#recoveryLimitMs))]
    return { hasFired, wrong: [...wrong, ...this.#unasked(exitsBefore)] }
  }

  lastWords(): Promise<string> {
    return this.#stage.lastWords(40)
  }

  /** The names of all points that any process of this stage has passed. */
  get labels(): ReadonlySet<string> {
    return this.#stage.trace.labels
  }

  /** Waits until the process passes no more points, because some points come after the last visible effect of the scenario. */
  async #untilQuiet(pid: number): Promise<Map<string, number>> {
    const deadline = performance.now() + SCENARIO_LIMIT_MS
    for (let before = -1, points = await this.#stage.trace.passed(pid); ;) {
      const own = [...points].filter(([label]) => !isAllTheTime(label))
      const now = own.reduce((sum, [, times]) => sum + times, 0)
      if (now === before || performance.now() > deadline) return points
      before = now
      await pause(QUIET_MS)
      points = await this.#stage.trace.passed(pid)
    }
  }

  async #act(): Promise<string[]> {
    try {
      await this.#scenario.act?.(this.#chats)
      return []
    } catch (error) {
      return [`the scenario's request was refused: ${String(error)}`]
    }
  }

  async #begin(order: Order | null): Promise<void> {
    const { struck, links } = this.#scenario
    if (links) await this.#another()
    this.#chats.fault = order?.fault ?? null
    await this.#scenario.prepare?.(this.#chats)
    if (struck === 'next') {
      await this.#stage.strike('SIGKILL')
      await this.#scenario.meanwhile?.(this.#chats)
    }
    await this.#stage.trace.forget()
    if (struck === 'next') await this.#stage.go(order)
    else await this.#stage.arm(order)
    this.#stage.armedPid = this.#stage.pid
  }

  /** Stops the current session for good and continues with a new one. */
  async #another(): Promise<void> {
    const { api } = this.#stage
    await api.want(this.#chats.name, 'stop')
    const isStopped = async () => (await api.session(this.#chats.name)).state === 'STOPPED'
    for (let looks = 0; !(await isStopped()) && looks < MOST_LOOKS; looks++) await pause(LOOK_WHETHER_OVER_EVERY_MS)
    this.#chats = new Chats(this.#stage, `crashpoints-${++this.#sessions}`)
    this.#settled = { ...this.#settled, sent: 0, issued: 0 }
  }

  /** Waits until the fault has happened. Resolves with false when the scenario or the process ends before that. */
  async #untilFired(): Promise<boolean> {
    const { armedPid, trace } = this.#stage
    const deadline = performance.now() + SCENARIO_LIMIT_MS
    let lookAt = performance.now() + LOOK_WHETHER_OVER_EVERY_MS
    for (let isOver = false; !isOver && !this.#stage.isGone(armedPid);) {
      if (await trace.fired()) return true
      await pause(LOOK_EVERY_MS)
      await this.#stage.letTimePass()
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

  async #untilOver(limitMs: number): Promise<string[]> {
    const deadline = performance.now() + limitMs
    const wrong = await whatIsWrong(this.#chats, this.#settled, limitMs)
    if (wrong.length > 0) return wrong
    while (this.#scenario.isOver && !(await this.#scenario.isOver(this.#chats))) {
      if (performance.now() > deadline) return ['the scenario does not come to its end']
      await this.#stage.keepGoing()
      await this.#stage.letTimePass()
      await pause(LOOK_EVERY_MS)
    }
    return []
  }

  /** Sends a message in each direction, and waits until these and all earlier messages have settled. */
  async #probe(limitMs: number): Promise<string[]> {
    await Promise.all([this.#chats.send(), this.#chats.receive()])
    const wrong = await this.#untilOver(limitMs)
    if (wrong.length > 0) return wrong
    const { violations } = await this.#stage.simulator.state()
    this.#settled = { sent: this.#chats.sent.length, issued: this.#chats.issued.length, violations: violations.length }
    return []
  }

  /** Returns the exits of processes that the case did not cause. */
  #unasked(since: number): string[] {
    return this.#stage.exits
      .slice(since)
      .filter(({ code }) => code !== null && code !== EXIT.leftInOrder && code !== EXIT.leftInDisorder)
      .map(({ code }) => `a process ended with code ${code}`)
  }
}
