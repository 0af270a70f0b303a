import { type Delivered, WebhookReceiver } from '../../../support/webhook-receiver.ts'
import type { SeededRandom } from '../../../../sandbox/network/seeded-random.ts'

type Answer = ReturnType<Parameters<WebhookReceiver['answer']>[1]>

/** What ails the receiver of each session, one after the other. */
const AILMENTS: readonly ((receiver: WebhookReceiver, random: SeededRandom) => Answer)[] = [
  () => 500,
  () => 'hangs',
  (receiver) => ({ status: 302, headers: { location: receiver.url('elsewhere') } }),
  () => ({ status: 429, headers: { 'retry-after': '2' } }),
]

const AILING_SHARE = 0.12
/** A receiver that is gone is left alone for an hour, so that it says so once, after it took some events. */
const GONE_AFTER = 40

/** Receivers of webhooks that fail, hang, lead elsewhere, ask for a pause, and say that they are gone, until they are well again. */
export class Receivers implements AsyncDisposable {
  readonly #receiver: WebhookReceiver
  readonly #random: SeededRandom
  readonly counts: Record<string, number> = {}
  #areWell = false
  #added = 0

  private constructor(receiver: WebhookReceiver, random: SeededRandom) {
    this.#receiver = receiver
    this.#random = random
  }

  static async start(random: SeededRandom): Promise<Receivers> {
    return new Receivers(await WebhookReceiver.start(), random)
  }

  /** Adds a receiver. Returns its address. The second one says once that it is gone. */
  add(path: string): string {
    const index = this.#added++
    const ailment = AILMENTS[index % AILMENTS.length] ?? (() => 500)
    let taken = 0
    this.#receiver.answer(path, () => {
      taken++
      const answer = this.#areWell ? 200 : this.#answer(index === 1 && taken === GONE_AFTER, ailment)
      const name = typeof answer === 'object' ? answer.status : answer
      this.counts[name] = (this.counts[name] ?? 0) + 1
      return answer
    })
    return this.#receiver.url(path)
  }

  #answer(isGone: boolean, ailment: (typeof AILMENTS)[number]): Answer {
    if (isGone) return 410
    return this.#random.chance(AILING_SHARE) ? ailment(this.#receiver, this.#random) : 200
  }

  /** From now on all of them take everything. */
  heal(): void {
    this.#areWell = true
  }

  get requests(): readonly Delivered[] {
    return this.#receiver.requests
  }

  taken(path: string): readonly Delivered[] {
    return this.#receiver.taken(path)
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#receiver[Symbol.asyncDispose]()
  }
}
