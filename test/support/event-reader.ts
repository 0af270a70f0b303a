/** One line of the simulator's `GET /events`. */
export interface SimulatorEvent {
  type: string
  at: number
  phone?: string
  id?: string
  connection?: number
  [detail: string]: unknown
}

type Listener = (event: SimulatorEvent) => void

/** Delivers the simulator's events to listeners, in order and at once, so that a listener can strike before the next event. */
export class EventReader implements Disposable {
  readonly #listeners = new Set<Listener>()
  readonly #stop = new AbortController()
  readonly #timeOf: (event: SimulatorEvent) => number

  private constructor(timeOf: (event: SimulatorEvent) => number) {
    this.#timeOf = timeOf
  }

  /** @param ownTime gives events the time of their arrival here, because the simulator's clock is moved */
  static async open(simulatorUrl: string, { ownTime = false } = {}): Promise<EventReader> {
    const reader = new EventReader(ownTime ? () => Date.now() : ({ at }) => at)
    const response = await fetch(`${simulatorUrl}/events`, { signal: reader.#stop.signal })
    if (!response.ok || !response.body) throw new Error(`GET /events of the simulator: ${response.status}`)
    // The stream ends with the simulator or with `close()`. Callers that wait for an event notice that by their own limits.
    reader.#read(response.body).catch(() => undefined)
    return reader
  }

  /** Adds a listener. Returns a function that removes it. */
  on(listener: Listener): () => void {
    this.#listeners.add(listener)
    return () => void this.#listeners.delete(listener)
  }

  close(): void {
    this.#stop.abort()
    this.#listeners.clear()
  }

  [Symbol.dispose](): void {
    this.close()
  }

  async #read(body: ReadableStream<Uint8Array>): Promise<void> {
    let rest = ''
    for await (const text of body.pipeThrough(new TextDecoderStream())) {
      const lines = (rest + text).split('\n')
      rest = lines.pop() ?? ''
      for (const line of lines) {
        const told = JSON.parse(line) as SimulatorEvent
        const event = { ...told, at: this.#timeOf(told) }
        for (const listener of this.#listeners) listener(event)
      }
    }
  }
}
