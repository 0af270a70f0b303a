// Happenings of the simulator. Listeners hear each one synchronously and in order, so a test can strike at that very moment.

export type Happening = { type: string; at: number; phone?: string | undefined; [detail: string]: unknown }

type Listener = (happening: Happening) => void

export class Happenings {
  readonly #listeners = new Set<Listener>()

  tell(type: string, details: Record<string, unknown> = {}): void {
    if (this.#listeners.size === 0) return
    const happening = { type, at: Date.now(), ...details }
    for (const listener of this.#listeners) listener(happening)
  }

  /** Returns the function that ends the subscription. */
  listen(listener: Listener): () => void {
    this.#listeners.add(listener)
    return () => void this.#listeners.delete(listener)
  }
}
