import type { EventReader } from '../../../support/event-reader.ts'
import { percentilesOf, Recoveries, type Percentiles } from '../../../support/recoveries.ts'

/** The measured times of one kind of loss. */
export interface LossTimes extends Percentiles {
  count: number
}

/** Measures for each kind of loss how long the accounts were away. A loss during another one takes its place. */
export class Losses<Kind extends string> {
  readonly #events: Pick<EventReader, 'on'>
  readonly #kinds = new Map<Kind, Recoveries>()

  constructor(events: Pick<EventReader, 'on'>) {
    this.#events = events
  }

  begin(kind: Kind, phones: readonly string[]): void {
    const own = this.#kinds.get(kind) ?? new Recoveries(this.#events)
    this.#kinds.set(kind, own)
    for (const other of this.#kinds.values()) if (other !== own) other.missed(phones)
    own.struck(phones)
  }

  /** The accounts of these that are still away after a loss. */
  away(phones: readonly string[]): string[] {
    return phones.filter((phone) => ![...this.#kinds.values()].every((one) => one.isOpen(phone)))
  }

  /** Ends the measurement of accounts that have not been away after all. */
  spared(phones: readonly string[]): void {
    for (const one of this.#kinds.values()) one.missed(phones)
  }

  times(...kinds: readonly Kind[]): LossTimes {
    const samples = kinds.flatMap((kind) => this.#kinds.get(kind)?.samples ?? [])
    return { ...percentilesOf(samples), count: samples.length }
  }

  get byKind(): Record<string, LossTimes> {
    return Object.fromEntries([...this.#kinds.keys()].map((kind) => [kind, this.times(kind)]))
  }
}
