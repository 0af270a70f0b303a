/** A change that a client asked Google for. */
export interface Asked {
  /** `POST secretmanager.googleapis.com/v1/projects/p/secrets` */
  readonly what: string
  /** The process that asked. */
  readonly pid: number
  /** Stands for the words of its command. */
  readonly command: string
}

export type Fate = 'let through' | 'before' | 'after'

/** Every so many strikes, the whole deployment dies with its command. */
const WITH_EVERYTHING = 10

export interface Struck {
  readonly fate: Exclude<Fate, 'let through'>
  /** True: not the command alone dies. */
  readonly everything: boolean
}

/**
 * Decides who dies when: each command at each kind of its changes once, by turns before and after the change has taken place. A change
 * that has been struck goes through the next time.
 */
export class Strikes {
  readonly #struck = new Set<string>()

  get count(): number {
    return this.#struck.size
  }

  next({ what, command }: Asked): Struck | null {
    const key = `${command} ${kindOf(what)}`
    if (this.#struck.has(key)) return null
    this.#struck.add(key)
    const turn = this.#struck.size
    return { fate: turn % 2 === 1 ? 'before' : 'after', everything: turn % WITH_EVERYTHING === 0 }
  }
}

/** One kind for all indexes, and one for all fields. */
const kindOf = (what: string): string => what.replace(/\/collectionGroups\/[^/]+\/(indexes|fields).*/, '/collectionGroups/*/$1')
