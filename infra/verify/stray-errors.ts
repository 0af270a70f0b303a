import type { EventEmitter } from 'node:events'
import { messageOf } from '@holdfast/core/platform/errors'

export interface StrayErrors {
  /** Returns those since the last call, each once. */
  readonly take: () => readonly unknown[]
  readonly end: () => void
}

/**
 * Google's clients reject promises of their own besides the one that a check waits for, and some code throws where nobody waits. None of
 * them may keep a run from cleaning up: each is told once, until `end` is called, and counts against the check that runs then.
 */
export function strayErrors(say: (line: string) => void, source: EventEmitter = process): StrayErrors {
  const told = new Set<string>()
  let since = new Map<string, unknown>()
  const onStray = (error: unknown): void => {
    const [line = ''] = messageOf(error).split('\n')
    since.set(line, error)
    if (told.has(line)) return
    told.add(line)
    say(`      beside: ${line}`)
  }
  for (const event of EVENTS) source.on(event, onStray)
  return {
    take: () => {
      const taken = [...since.values()]
      since = new Map()
      return taken
    },
    end: () => {
      for (const event of EVENTS) source.off(event, onStray)
    },
  }
}

const EVENTS = ['unhandledRejection', 'uncaughtException'] as const
