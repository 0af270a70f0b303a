import { setTimeout as pause } from 'node:timers/promises'
import type { Message } from '@holdfast/client/types'
import type { ApiClient } from '../../test/support/api-client.ts'
import type { EventReader } from '../../test/support/event-reader.ts'
import { computeFigures, isFlawless, type Accepted, type Issued, type Ledger } from '../../test/support/figures.ts'
import { InFlightWatch } from '../../test/support/in-flight.ts'
import { slotOf } from '../../test/support/owning-runner.ts'
import { Recoveries } from '../../test/support/recoveries.ts'
import { untilSettled } from '../../test/support/settled.ts'
import type { SimulatorClient } from '../../test/support/simulator-client.ts'
import { strikeAt } from '../../test/support/strike.ts'
import type { Sandbox } from '../sandbox.ts'
import { shortId } from './event-line.ts'

export const LIVE_SESSION = { name: 'sandbox', phone: '5511900000001' }
export const LIVE_CONTACT = { phone: '5511900000002', name: 'Bob' }

const LIMIT_MS = 30_000
const STRIKE_LIMIT_MS = 10_000
const LOOK_EVERY_MS = 100
const ACK_HELD_MS = 1_000

interface World {
  sandbox: Sandbox
  api: ApiClient
  simulator: SimulatorClient
  events: EventReader
}

/** The experiments behind the keys. Each resolves with a sentence about what it proved, or throws what it could not prove. */
export class Experiments {
  readonly #world: World
  readonly #ledger: Ledger = { accepted: [], issued: [] }
  readonly #recoveries: Recoveries
  readonly #watch: InFlightWatch

  constructor(world: World) {
    this.#world = world
    this.#recoveries = new Recoveries(world.events)
    this.#watch = new InFlightWatch({ ...world, ledger: this.#ledger })
  }

  async send(): Promise<string> {
    const { messageId, jobId } = await this.#send()
    const { status } = await this.#untilSent(jobId)
    const copies = await this.#copiesAtContact(messageId)
    return `Proved: message ${shortId(messageId)} reached ${LIVE_CONTACT.name} once${wire(copies)}, and the server acknowledged it (${status}).`
  }

  async receive(): Promise<string> {
    const { id } = await this.#receive()
    await untilTrue(`message ${id} is not receipted`, async () => {
      const { accounts } = await this.#world.simulator.state()
      return accounts.some(({ receipted }) => receipted.includes(id))
    })
    const rows = await this.#untilStored(id)
    if (rows !== 1) throw new Error(`message ${id} is in the API's listing ${rows} times.`)
    return `Proved: message ${shortId(id)} is in the API's listing once, and WhatsApp has its receipt.`
  }

  /** Kills the runner while a message is on its way in each direction. The ack of the sent message is held back until then. */
  async kill(): Promise<string> {
    const { sandbox, api, simulator, events } = this.#world
    const { name, phone } = LIVE_SESSION
    const runner = sandbox.runner(await slotOf(sandbox, api, name))
    await simulator.orderFault({ kind: 'hold-acks', account: phone, count: 1, ms: ACK_HELD_MS })
    const struck = strikeAt(
      events,
      (event) => event.phone === phone && event.type === 'message',
      STRIKE_LIMIT_MS,
      () => {
        this.#recoveries.struck([phone])
        return runner.kill('SIGKILL')
      },
    )
    const [pid] = await Promise.all([struck, this.#send(), this.#receive()])
    const { outgoing, incoming } = await this.#watch.afterStrike([LIVE_SESSION])
    const isConnected = await this.#recoveries.untilOpen([phone], LIMIT_MS)
    if (!isConnected)
      throw new Error(`the session did not connect again within ${LIMIT_MS / 1000} s after the kill of pid ${pid}.`)
    const seconds = ((this.#recoveries.samples.at(-1) ?? 0) / 1000).toFixed(1)
    const flight = `${outgoing} sent and ${incoming} received messages in flight`
    return `Proved: ${runner.name} (pid ${pid}) was killed with ${flight}; the session connected again ${seconds} s later: ${await this.#account()}`
  }

  async #account(): Promise<string> {
    const { api, simulator } = this.#world
    const outcome = await untilSettled({ api, simulator, ledger: this.#ledger, limitMs: LIMIT_MS })
    const { figures, findings } = computeFigures(this.#ledger, outcome)
    if (!isFlawless(figures) || outcome.missing.length > 0) throw new Error([...outcome.missing, ...findings].join('; '))
    const { sent, received, lost, duplicated, undecryptable, violations, registrations, resent } = figures
    return (
      `no QR code, nothing lost, nothing duplicated (sent ${sent}, received ${received}, lost ${lost}, duplicated ${duplicated}, ` +
      `undecryptable ${undecryptable}, violations ${violations}, registrations ${registrations}, resent ${resent}).`
    )
  }

  async #send(): Promise<Accepted> {
    const { name: session } = LIVE_SESSION
    const { phone: contact } = LIVE_CONTACT
    const number = this.#ledger.accepted.length + 1
    const text = `Message ${number} of ours`
    const chatId = `${contact}@c.us`
    const job = await this.#world.api.sendText({ session, chatId, text, idempotencyKey: `live-${number}` })
    const accepted = { jobId: job.jobId, messageId: job.messageId, session, contact, text }
    this.#ledger.accepted.push(accepted)
    return accepted
  }

  async #receive(): Promise<Issued> {
    const { phone: contact, name } = LIVE_CONTACT
    const text = `Message ${this.#ledger.issued.length + 1} of ${name}`
    const id = await this.#world.simulator.sendAsContact(contact, LIVE_SESSION.phone, text)
    const issued = { id, session: LIVE_SESSION.name, contact, text }
    this.#ledger.issued.push(issued)
    return issued
  }

  async #untilSent(jobId: string): Promise<Message> {
    let job = await this.#world.api.message(jobId)
    await untilTrue(`job ${jobId} is not sent`, async () => {
      job = await this.#world.api.message(jobId)
      return job.status === 'sent' || job.status === 'delivered' || job.status === 'read'
    })
    return job
  }

  async #copiesAtContact(messageId: string): Promise<number> {
    let copies = 0
    await untilTrue(`message ${messageId} did not reach ${LIVE_CONTACT.name}`, async () => {
      const { contacts } = await this.#world.simulator.state()
      const contact = contacts.find(({ phone }) => phone === LIVE_CONTACT.phone)
      copies = contact?.received.find(({ id }) => id === messageId)?.copies ?? 0
      return copies > 0
    })
    return copies
  }

  async #untilStored(messageId: string): Promise<number> {
    let rows = 0
    await untilTrue(`message ${messageId} is not in the listing`, async () => {
      rows = (await this.#world.api.storedMessages(LIVE_SESSION.name)).filter(({ id }) => id === messageId).length
      return rows > 0
    })
    return rows
  }
}

const wire = (copies: number): string => (copies > 1 ? ` (sent ${copies} times over the wire)` : '')

async function untilTrue(complaint: string, look: () => Promise<boolean>): Promise<void> {
  const deadline = performance.now() + LIMIT_MS
  while (!(await look())) {
    if (performance.now() > deadline) throw new Error(`${complaint} after ${LIMIT_MS / 1000} s.`)
    await pause(LOOK_EVERY_MS)
  }
}
