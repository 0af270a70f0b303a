import { outsideOr } from '@holdfast/core/adapters/outgoing/inside-addresses'
import { SafeHttp } from '@holdfast/core/adapters/outgoing/http'
import { kickWebhooks } from '@holdfast/core/operations/webhook-kick'
import { createLogger } from '@holdfast/core/platform/logging'
import { systemClock } from '@holdfast/core/platform/system-clock'
import { VERSION } from '@holdfast/core/platform/version'
import { deliveriesOf } from '@holdfast/core/session/webhook-deliveries'
import { webhookViewOf } from '@holdfast/core/session/webhook-view'
import type { WebhookReceiver } from '../support/webhook-receiver.ts'
import { RecordedTasks } from '../support/recorded-tasks.ts'
import { handleWebhookTask } from '../../functions/src/use-cases/webhooks/handle-task.ts'
import { CountedApi } from './counted-api.ts'
import { difference, type Operations, per, rounded } from './costs.ts'
import type { Clients } from './product.ts'

const EVENTS = 20

/** Operations for each event, from its place in the commit of its message until the end point has it. */
export interface WebhookOperations {
  /** Each event has its task, which finds nothing else. */
  readonly alone: Operations
  /** The events of one chat wait for the first of their tasks. */
  readonly inRow: Operations
}

/** Counts the operations of webhooks with the product's functions in this process, for a session that no runner holds. */
export async function measureWebhookOperations(clients: Clients, receiver: WebhookReceiver): Promise<WebhookOperations> {
  const api = await CountedApi.open(clients)
  const config = { webhooks: [{ url: receiver.url('counted'), events: ['message'] }] }
  await api.configure(config)
  const telling = new Telling(clients, api, config)
  await telling.begin()
  const alone = await telling.count(async () => {
    for (let event = 0; event < EVENTS; event++) {
      await telling.tell(`chat-${event}`)
      await telling.handle()
    }
  })
  const inRow = await telling.count(async () => {
    for (let event = 0; event < EVENTS; event++) await telling.tell('one-chat')
    await telling.handle()
  })
  const taken = receiver.taken('counted').length
  if (taken !== 2 * EVENTS) throw new Error(`The end point has ${taken} of ${2 * EVENTS} events.`)
  return { alone, inRow }
}

/** The owner's part, and the tasks'. */
class Telling {
  readonly #clients: Clients
  readonly #api: CountedApi
  readonly #config: Readonly<Record<string, unknown>>
  readonly #tasks = new RecordedTasks()
  readonly #logger = createLogger('bench', 'silent')
  readonly #http = new SafeHttp({ mayConnect: outsideOr(['127.0.0.1']) })
  #cipher: Awaited<ReturnType<CountedApi['cipher']>> | null = null
  #told = 0
  #handled = 0

  constructor(clients: Clients, api: CountedApi, config: Readonly<Record<string, unknown>>) {
    this.#clients = clients
    this.#api = api
    this.#config = config
  }

  async begin(): Promise<void> {
    this.#cipher = await this.#api.cipher()
  }

  /** Writes what an owner writes, and rings. */
  async tell(chat: string): Promise<void> {
    const cipher = this.#cipher
    if (!cipher) throw new Error('There is no data key yet.')
    const { sessionId } = cipher
    const view = webhookViewOf({
      sessionId,
      tenant: 'default',
      session: this.#api.session,
      config: this.#config,
      tenantWebhooks: [],
      me: null,
      publicUrl: '',
      version: VERSION,
    })
    const number = ++this.#told
    const event = { event: 'message', payload: { body: 'Counted' }, chat, at: new Date(), key: [String(number)], isSecret: true }
    const changes = deliveriesOf(event, view, {
      sessionId,
      order: String(number).padStart(9, '0'),
      seal: (body, place) => cipher.sealContent(body, place),
      pseudonym: (jid) => cipher.pseudonym(jid),
    })
    await this.#clients.documents.commit(changes)
    await kickWebhooks({ tasks: this.#tasks, logger: this.#logger }, changes)
  }

  /** Handles all tasks that have come. */
  async handle(): Promise<void> {
    const { documents } = this.#clients
    const { wrappingKey } = this.#api
    const dependencies = { documents, wrappingKey, tasks: this.#tasks, clock: systemClock, logger: this.#logger }
    while (this.#handled < this.#tasks.all.length) {
      const { payload } = this.#tasks.all[this.#handled++]!
      await handleWebhookTask({ ...dependencies, notifications: { http: this.#http } }, payload)
    }
  }

  async count(work: () => Promise<void>): Promise<Operations> {
    const now = (): Operations => ({ ...this.#clients.operations, taskCreates: this.#tasks.all.length })
    const before = now()
    await work()
    return rounded(per(difference(now(), before), EVENTS))
  }
}
