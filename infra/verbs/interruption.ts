import type { EventEmitter } from 'node:events'

/** A terminal sends Ctrl-C to all of its processes, and npm and the launcher hand theirs on: one key press arrives up to three times. */
const ONE_PRESS_MS = 1000

const SIGNALS = ['SIGINT', 'SIGTERM'] as const

interface InterruptionOptions {
  /** Called once, when a person wants an orderly end. */
  readonly onFirst?: () => void
  /** Called when the person wants the end at once. */
  readonly onAgain: () => void
  readonly now?: () => number
  /** Who is told of signals: this process. */
  readonly source?: EventEmitter
}

export interface Interruption {
  /** Aborted by the first Ctrl-C. */
  readonly signal: AbortSignal
  /** Lets signals end the process again. */
  readonly end: () => void
}

/** Takes the first Ctrl-C for a wish to end in order, and a later one for a wish to end at once. */
export function interruption(options: InterruptionOptions): Interruption {
  const { onFirst = () => {}, onAgain, now = () => performance.now(), source = process } = options
  const controller = new AbortController()
  let firstAt = 0
  const onSignal = (): void => {
    if (controller.signal.aborted) {
      if (now() - firstAt >= ONE_PRESS_MS) onAgain()
      return
    }
    firstAt = now()
    onFirst()
    controller.abort(new Error('A person has ended it.'))
  }
  for (const signal of SIGNALS) source.on(signal, onSignal)
  const end = (): void => {
    for (const signal of SIGNALS) source.off(signal, onSignal)
  }
  return { signal: controller.signal, end }
}
