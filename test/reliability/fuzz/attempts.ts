import { setImmediate as nextTurn } from 'node:timers/promises'
import { SeededRandom } from '../../../sandbox/network/seeded-random.ts'
import { described, type OpenTarget, type Target } from './target.ts'

/** The identity of one input, from which it can be made again. */
export interface Case {
  readonly target: string
  readonly seed: number
  readonly index: number
}

export interface Broken extends Case {
  readonly what: string
}

/** The most CPU time and memory of one input. CPU time does not depend on the load of the machine. */
const LIMIT_MS = 3000
const LIMIT_BYTES = 512 * 1024 * 1024

/** Returns the random numbers of a case. They depend on its target, seed and index only. */
function randomOf({ target, seed, index }: Case): SeededRandom {
  let state = seed >>> 0
  for (const character of `${target} ${index}`) state = Math.imul(state ^ character.charCodeAt(0), 0x01000193) >>> 0
  return new SeededRandom(state)
}

interface Opened {
  readonly name: string
  readonly target: OpenTarget
}

/** Runs cases of opened targets and returns the broken ones. */
export class Attempts {
  readonly #opened: readonly Opened[]
  readonly #rejected: unknown[] = []
  readonly #onRejection = (error: unknown): void => void this.#rejected.push(error)

  private constructor(opened: readonly Opened[]) {
    this.#opened = opened
    process.on('unhandledRejection', this.#onRejection)
  }

  static async open(targets: readonly Target[]): Promise<Attempts> {
    const opened: Opened[] = []
    for (const target of targets) opened.push({ name: target.name, target: await target.open() })
    return new Attempts(opened)
  }

  get names(): string[] {
    return this.#opened.map(({ name }) => name)
  }

  async run(given: Case): Promise<Broken | null> {
    const { target } = this.#opened.find(({ name }) => name === given.target) ?? {}
    if (!target) throw new Error(`There is no target ${given.target}.`)
    const cpuBefore = process.cpuUsage()
    const memoryBefore = peakBytes()
    const what = await attempted(target, randomOf(given))
    const { user, system } = process.cpuUsage(cpuBefore)
    const tookMs = (user + system) / 1000
    const tookBytes = peakBytes() - memoryBefore
    // Node reports unhandled rejections in the next turn of the event loop.
    await nextTurn()
    const [rejected] = this.#rejected.splice(0)
    const broken =
      what ??
      (rejected === undefined ? null : `left an unhandled rejection: ${described(rejected)}`) ??
      (tookMs > LIMIT_MS ? `took ${Math.round(tookMs)} ms of CPU` : null) ??
      (tookBytes > LIMIT_BYTES ? `took ${Math.round(tookBytes / 1024 ** 2)} MiB` : null)
    return broken === null ? null : { ...given, what: broken }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    process.off('unhandledRejection', this.#onRejection)
    for (const { target } of this.#opened) await target.close?.()
  }
}

async function attempted(target: OpenTarget, random: SeededRandom): Promise<string | null> {
  try {
    return await target.attempt(random)
  } catch (error) {
    return `the attempt itself failed: ${described(error)}`
  }
}

/** Returns the largest resident set of the process so far. */
const peakBytes = (): number => process.resourceUsage().maxRSS * 1024
