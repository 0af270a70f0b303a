import type { EventEmitter } from 'node:events'
import { messageOf } from '@holdfast/core/platform/errors'

/**
 * Google's clients reject promises of their own besides the one that a check waits for. None of them may keep a run from cleaning up: each
 * is told once, until `end` is called.
 */
export function strayErrors(say: (line: string) => void, source: EventEmitter = process): { readonly end: () => void } {
  const told = new Set<string>()
  const onStray = (error: unknown): void => {
    const [line = ''] = messageOf(error).split('\n')
    if (told.has(line)) return
    told.add(line)
    say(`      beside: ${line}`)
  }
  source.on('unhandledRejection', onStray)
  return { end: () => void source.off('unhandledRejection', onStray) }
}
