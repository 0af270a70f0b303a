import { setTimeout as pause } from 'node:timers/promises'
import type { SimulatorEvent } from '../../test/support/event-reader.ts'
import { computeFigures, isFlawless, type Figures } from '../../test/support/figures.ts'
import { InFlightWatch } from '../../test/support/in-flight.ts'
import { linkSession } from '../../test/support/linked-session.ts'
import { slotOf } from '../../test/support/owning-runner.ts'
import { percentilesOf, Recoveries, type Percentiles } from '../../test/support/recoveries.ts'
import { untilSettled } from '../../test/support/settled.ts'
import { strikeAt } from '../../test/support/strike.ts'
import { World } from '../../test/support/world.ts'
import type { Sandbox } from '../sandbox.ts'

export interface StoryResult extends Omit<Figures, 'resent'> {
  recoveryMs: Percentiles
}

interface StoryOptions {
  /** Receives each step as it happens, one line each. */
  tell: (line: string) => void
  /** Time limit in milliseconds. The story then ends with the figures so far. */
  limitMs: number
}

const MESSAGES = 20
const PACE_MS = 100
const SESSION = { name: 'story', phone: '5511900000001' }
const CONTACT = { phone: '5511900000002', name: 'Bob' }
/** The rounds of the two kills. Messages go both ways before and after each of them. */
const FIRST_STRIKE = 6
const SECOND_STRIKE = 13
const ACK_HELD_MS = 1_000
const STRIKE_LIMIT_MS = 10_000
const OPEN_LIMIT_MS = 30_000

/**
 * Plays the story: pairs, sends 20 and receives 20 messages with two `kill -9` in between, and counts what reached either side.
 */
export async function runStory(
  sandbox: Sandbox,
  { tell, limitMs }: StoryOptions,
): Promise<{ held: boolean; result: StoryResult }> {
  const deadline = performance.now() + limitMs
  await using world = await World.of(sandbox)
  const { api, simulator, ledger } = world
  const story = new Story(world, tell)

  const played = await inTime(story.play(), limitMs).then(
    () => true,
    (error: unknown) => {
      tell(`The story ended early: ${error instanceof Error ? error.message : String(error)}`)
      return false
    },
  )
  // A story that broke off is counted at once.
  const leftMs = played ? Math.max(0, deadline - performance.now()) : 0
  const outcome = await untilSettled({ api, simulator, ledger, limitMs: leftMs })
  const { figures, findings } = computeFigures(ledger, outcome)
  for (const line of [...outcome.missing, ...findings]) tell(`Finding: ${line}`)
  const { resent, ...counted } = figures
  const complete = played && figures.sent === MESSAGES && figures.received === MESSAGES
  const held = complete && isFlawless(figures) && outcome.missing.length === 0
  if (resent > 0) tell(`Messages sent again under their ids, which the contact saw once: ${resent}.`)
  return { held, result: { ...counted, recoveryMs: percentilesOf(story.recoveries.samples) } }
}

/** Puts the figures into words. */
export function tellResult(held: boolean, result: StoryResult): string {
  const { sent, received, lost, duplicated, undecryptable, violations, registrations, recoveryMs } = result
  return [
    `${held ? 'Proved' : 'NOT proved'}: ${sent} of ${MESSAGES} sent messages reached the contact, ${received} of ${MESSAGES} received messages are in the API;`,
    `lost ${lost}, duplicated ${duplicated}, undecryptable ${undecryptable}, violations ${violations}, QR codes scanned ${registrations};`,
    `after kill -9 the session connected again within ${recoveryMs.p50} ms (median), ${recoveryMs.max} ms (longest).`,
  ].join('\n  ')
}

class Story {
  readonly recoveries: Recoveries
  readonly #world: World
  readonly #tell: (line: string) => void
  readonly #watch: InFlightWatch
  #struck: Promise<void> = Promise.resolve()

  constructor(world: World, tell: (line: string) => void) {
    this.#world = world
    this.#tell = tell
    this.recoveries = new Recoveries(world.events)
    this.#watch = new InFlightWatch(world)
  }

  async play(): Promise<void> {
    const tell = this.#tell
    const { api, simulator } = this.#world
    await simulator.createContact(CONTACT.phone, CONTACT.name)
    await linkSession(api, simulator, SESSION)
    tell(`The phone is linked; ${MESSAGES} messages go each way.`)
    for (let round = 1; round <= MESSAGES; round++) {
      if (round === FIRST_STRIKE) {
        // The ack is held back, so that the message is certainly on its way when the runner dies.
        await simulator.orderFault({ kind: 'hold-acks', account: SESSION.phone, count: 1, ms: ACK_HELD_MS })
        await this.#aim('a sent message was on its way', ({ type }) => type === 'message')
      }
      if (round === SECOND_STRIKE) {
        await this.#untilOpen()
        await this.#aim('a received message had no receipt yet', ({ type }) => type === 'delivered')
      }
      await Promise.all([this.#send(round), this.#receive(round), pause(PACE_MS)])
    }
    await this.#untilOpen()
  }

  async #send(round: number): Promise<void> {
    const { api, ledger } = this.#world
    const text = `Message ${round} of ours`
    const chatId = `${CONTACT.phone}@c.us`
    const job = await api.sendText({ session: SESSION.name, chatId, text, idempotencyKey: `story-${round}` })
    const { name: session } = SESSION
    ledger.accepted.push({ jobId: job.jobId, messageId: job.messageId, session, contact: CONTACT.phone, text })
  }

  async #receive(round: number): Promise<void> {
    const { simulator, ledger } = this.#world
    const text = `Message ${round} of ${CONTACT.name}`
    const id = await simulator.sendAsContact(CONTACT.phone, SESSION.phone, text)
    ledger.issued.push({ id, session: SESSION.name, contact: CONTACT.phone, text })
  }

  /** Aims a kill at the next event that fits. Resolves when it is aimed; `#struck` resolves after the kill. */
  async #aim(what: string, fits: (event: SimulatorEvent) => boolean): Promise<void> {
    const tell = this.#tell
    const { sandbox, events, api } = this.#world
    const runner = sandbox.runner(await slotOf(sandbox, api, SESSION.name))
    const struck = strikeAt(
      events,
      (event) => event.phone === SESSION.phone && fits(event),
      STRIKE_LIMIT_MS,
      () => {
        this.recoveries.struck([SESSION.phone])
        return runner.kill('SIGKILL')
      },
    )
    this.#struck = struck.then(async (pid) => {
      const { outgoing, incoming } = await this.#watch.afterStrike([SESSION])
      tell(`kill -9 of ${runner.name} (pid ${pid}) while ${what}; in flight: ${outgoing} sent, ${incoming} received.`)
    })
    // The promise is awaited later, which reports its failure.
    this.#struck.catch(() => undefined)
  }

  async #untilOpen(): Promise<void> {
    await this.#struck
    const isOpen = await this.recoveries.untilOpen([SESSION.phone], OPEN_LIMIT_MS)
    if (!isOpen)
      throw new Error(`The session did not connect again within ${OPEN_LIMIT_MS / 1000} s after the kill of its runner.`)
    this.#tell(`Connected again ${this.recoveries.samples.at(-1)} ms after the kill, without a QR code.`)
  }
}

async function inTime(work: Promise<void>, limitMs: number): Promise<void> {
  const { promise, reject } = Promise.withResolvers<never>()
  const limit = setTimeout(() => reject(new Error(`the time limit of ${limitMs / 1000} s was reached`)), limitMs)
  await Promise.race([work, promise]).finally(() => clearTimeout(limit))
}
