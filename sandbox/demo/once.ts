import { setTimeout as pause } from 'node:timers/promises'
import { ApiClient } from '../../test/support/api-client.ts'
import { EventReader, type SimulatorEvent } from '../../test/support/event-reader.ts'
import { computeFigures, isFlawless, type Figures, type Ledger } from '../../test/support/figures.ts'
import { InFlightWatch } from '../../test/support/in-flight.ts'
import { linkSession } from '../../test/support/linked-session.ts'
import { slotOf } from '../../test/support/owning-runner.ts'
import { percentilesOf, Recoveries, type Percentiles } from '../../test/support/recoveries.ts'
import { untilSettled } from '../../test/support/settled.ts'
import { SimulatorClient } from '../../test/support/simulator-client.ts'
import { strikeAt } from '../../test/support/strike.ts'
import type { Sandbox } from '../sandbox.ts'

export interface StoryResult extends Omit<Figures, 'resent'> {
  recoveryMs: Percentiles
}

interface StoryOptions {
  /** Told as it happens, a line each. */
  tell: (line: string) => void
  /** When the time is up, the story ends with what it has. */
  limitMs: number
}

interface World {
  sandbox: Sandbox
  api: ApiClient
  simulator: SimulatorClient
  events: EventReader
  ledger: Ledger
  tell: (line: string) => void
}

const MESSAGES = 20
const PACE_MS = 100
const SESSION = { name: 'story', phone: '5511900000001' }
const CONTACT = { phone: '5511900000002', name: 'Bob' }
/** The rounds in which the strikes are aimed: both ways something went before, and something follows. */
const FIRST_STRIKE = 6
const SECOND_STRIKE = 13
const ACK_HELD_MS = 1_000
const STRIKE_LIMIT_MS = 10_000
const OPEN_LIMIT_MS = 30_000

/** Pair, send 20, receive 20, `kill -9` twice in the middle of both; then counts what is on either side. */
export async function runStory(
  sandbox: Sandbox,
  { tell, limitMs }: StoryOptions,
): Promise<{ held: boolean; result: StoryResult }> {
  const deadline = performance.now() + limitMs
  const { api: url, apiKey, simulator: simulatorUrl } = sandbox.info
  if (url === null || simulatorUrl === null) throw new Error('The story needs the API and the simulator.')
  const api = new ApiClient({ url, apiKey })
  const simulator = new SimulatorClient(simulatorUrl)
  using events = await EventReader.open(simulatorUrl)
  const ledger: Ledger = { accepted: [], issued: [] }
  const story = new Story({ sandbox, api, simulator, events, ledger, tell })

  const played = await inTime(story.play(), limitMs).then(
    () => true,
    (error: unknown) => {
      tell(`The story broke off: ${error instanceof Error ? error.message : String(error)}`)
      return false
    },
  )
  // What there is to count after it broke off is told as it is.
  const leftMs = played ? Math.max(0, deadline - performance.now()) : 0
  const outcome = await untilSettled({ api, simulator, ledger, limitMs: leftMs })
  const { figures, findings } = computeFigures(ledger, outcome)
  for (const line of [...outcome.missing, ...findings]) tell(`Not as it should be: ${line}`)
  const { resent, ...counted } = figures
  const complete = played && figures.sent === MESSAGES && figures.received === MESSAGES
  const held = complete && isFlawless(figures) && outcome.missing.length === 0
  if (resent > 0) tell(`Sent again over the wire, under the id it had, so that the contact saw it once: ${resent}.`)
  return { held, result: { ...counted, recoveryMs: percentilesOf(story.recoveries.samples) } }
}

/** The figures in words. */
export function tellResult(held: boolean, result: StoryResult): string {
  const { sent, received, lost, duplicated, undecryptable, violations, registrations, recoveryMs } = result
  return [
    `${held ? 'Proved' : 'NOT proved'}: ${sent} of ${MESSAGES} sent messages are with the contact, ${received} of ${MESSAGES} received ones in the API;`,
    `lost ${lost}, duplicated ${duplicated}, undecryptable ${undecryptable}, violations ${violations}, QR codes scanned ${registrations};`,
    `after kill -9 the session was open again in ${recoveryMs.p50} ms (median), ${recoveryMs.max} ms at most.`,
  ].join('\n  ')
}

class Story {
  readonly recoveries: Recoveries
  readonly #world: World
  readonly #watch: InFlightWatch
  #struck: Promise<void> = Promise.resolve()

  constructor(world: World) {
    this.#world = world
    this.recoveries = new Recoveries(world.events)
    this.#watch = new InFlightWatch(world)
  }

  async play(): Promise<void> {
    const { api, simulator, tell } = this.#world
    await simulator.createContact(CONTACT.phone, CONTACT.name)
    await linkSession(api, simulator, SESSION)
    tell(`The phone is linked; ${MESSAGES} messages each way begin.`)
    for (let round = 1; round <= MESSAGES; round++) {
      if (round === FIRST_STRIKE) {
        // With its ack held back, the message certainly is on its way when the runner dies.
        await simulator.orderFault({ kind: 'hold-acks', account: SESSION.phone, count: 1, ms: ACK_HELD_MS })
        await this.#aim('a message of ours was on its way', ({ type }) => type === 'message')
      }
      if (round === SECOND_STRIKE) {
        await this.#untilOpen()
        await this.#aim('a received message was not receipted yet', ({ type }) => type === 'delivered')
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
    ledger.accepted.push({ jobId: job.id, messageId: job.messageId, session, contact: CONTACT.phone, text })
  }

  async #receive(round: number): Promise<void> {
    const { simulator, ledger } = this.#world
    const text = `Message ${round} of ${CONTACT.name}`
    const id = await simulator.sendAsContact(CONTACT.phone, SESSION.phone, text)
    ledger.issued.push({ id, session: SESSION.name, contact: CONTACT.phone, text })
  }

  /** Resolves when it is aimed; `#struck` does when it has struck. */
  async #aim(what: string, fits: (event: SimulatorEvent) => boolean): Promise<void> {
    const { sandbox, events, tell, api } = this.#world
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
      tell(`kill -9 of ${runner.name} (pid ${pid}) while ${what}; in flight: ${outgoing} to send, ${incoming} received.`)
    })
    // It is awaited later, and its failure told then.
    this.#struck.catch(() => undefined)
  }

  async #untilOpen(): Promise<void> {
    await this.#struck
    const isOpen = await this.recoveries.untilOpen([SESSION.phone], OPEN_LIMIT_MS)
    if (!isOpen) throw new Error(`The session was not open again ${OPEN_LIMIT_MS / 1000} s after the runner was killed.`)
    this.#world.tell(`Open again ${this.recoveries.samples.at(-1)} ms after the kill, without a QR code.`)
  }
}

async function inTime(work: Promise<void>, limitMs: number): Promise<void> {
  const { promise, reject } = Promise.withResolvers<never>()
  const limit = setTimeout(() => reject(new Error(`the time of ${limitMs / 1000} s is up`)), limitMs)
  await Promise.race([work, promise]).finally(() => clearTimeout(limit))
}
