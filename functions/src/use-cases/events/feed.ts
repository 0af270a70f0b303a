import type { Principal } from '../../app/principal.ts'

export const EVENT_KINDS = ['health', 'queue', 'alert', 'recovery', 'runner', 'session'] as const

export type EventKind = (typeof EVENT_KINDS)[number]

/** The present state of one thing. */
export interface Item {
  readonly kind: EventKind
  /** Names the thing among all of its kind that one listener can hear of. */
  readonly id: string
  /** What the API lists, or what says that it lists it no more. */
  readonly data: unknown
  readonly isFor: (principal: Principal) => boolean
  /** Rises with each change in this process. */
  readonly order: number
}

export type Hear = (item: Item) => void

/** Tells the state of a thing. What did not change is told to nobody. */
export type Tell = (item: Omit<Item, 'order'>) => void

/** What finds out about things, until it is closed. */
export interface Source {
  /** Resolves once everything that there is was told. */
  readonly opened: Promise<void>
  close(): void
}

/** The things of one kind that some listeners hear of: their present state, and each change. */
export class Feed {
  readonly hearers = new Set<Hear>()
  readonly opened: Promise<void>
  readonly #items = new Map<string, Item>()
  readonly #source: Source

  constructor(begin: (tell: Tell) => Source, nextOrder: () => number) {
    this.#source = begin((told) => {
      const item = { ...told, order: nextOrder() }
      this.#items.set(item.id, item)
      for (const hear of this.hearers) hear(item)
    })
    this.opened = this.#source.opened
    // Whoever waits for it hears of the error.
    this.opened.catch(() => {})
  }

  /** All things, and those that are gone since this feed began. */
  get items(): Iterable<Item> {
    return this.#items.values()
  }

  close(): void {
    this.#source.close()
  }
}
