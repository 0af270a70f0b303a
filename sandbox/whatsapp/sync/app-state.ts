// The app state of one account: settings, contacts and states of chats that its phone and companions share, and the keys to them.
import { keyName, newAppStateKey } from './app-state-keys.ts'
import type { AppStateKey } from './app-state-keys.ts'
import { Collection } from './collection.ts'

export const COLLECTIONS = ['critical_block', 'critical_unblock_low', 'regular_high', 'regular_low', 'regular'] as const

export type CollectionName = (typeof COLLECTIONS)[number]

export class AppState {
  /** Keys by id in base64, the newest last. The phone writes under the newest. */
  readonly keys = new Map<string, AppStateKey>()
  readonly #collections = new Map<string, Collection>(COLLECTIONS.map((name) => [name, new Collection(name)]))

  constructor() {
    this.rotateKey()
  }

  get key(): AppStateKey {
    const newest = [...this.keys.values()].at(-1)
    if (!newest) throw new Error('an account has an app-state key from the start')
    return newest
  }

  get collections(): Collection[] {
    return [...this.#collections.values()]
  }

  find(name: string): Collection | undefined {
    return this.#collections.get(name)
  }

  rotateKey(): AppStateKey {
    const key = newAppStateKey()
    this.keys.set(keyName(key.id), key)
    return key
  }
}
