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

/** Callers that come back after a moment hear of so many things that are gone. With more of them, they begin anew. */
export const MOST_GONE = 1000

/** The things of one kind that some listeners hear of: their present state, and each change. */
export class Feed {
  readonly hearers = new Set<Hear>()
  readonly opened: Promise<void>
  readonly #items = new Map<string, Item>()
  /** The last things that are gone, oldest first. */
  readonly #gone = new Map<string, Item>()
  readonly #source: Source
  #forgotten = 0

  constructor(begin: (tell: Tell) => Source, nextOrder: () => number) {
    this.#source = begin((told) => {
      const item = { ...told, order: nextOrder() }
      this.#keep(item)
      for (const hear of this.hearers) hear(item)
    })
    this.opened = this.#source.opened
    // Whoever waits for it hears of the error.
    this.opened.catch(() => {})
  }

  /** All things, and the last that are gone. */
  get items(): readonly Item[] {
    return [...this.#items.values(), ...this.#gone.values()]
  }

  /** Whoever knows all up to an earlier place may know things that are gone, of which this feed has forgotten it. */
  get forgotten(): number {
    return this.#forgotten
  }

  close(): void {
    this.#source.close()
  }

  #keep(item: Item): void {
    const [kept, other] = isGone(item) ? [this.#gone, this.#items] : [this.#items, this.#gone]
    other.delete(item.id)
    kept.delete(item.id)
    kept.set(item.id, item)
    const [oldest] = this.#gone.values()
    if (this.#gone.size <= MOST_GONE || !oldest) return
    this.#gone.delete(oldest.id)
    this.#forgotten = Math.max(this.#forgotten, oldest.order)
  }
}

const isGone = ({ data }: Item): boolean => typeof data === 'object' && data !== null && 'gone' in data && data.gone === true
