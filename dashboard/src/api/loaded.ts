import { useEffect, useRef, useState } from 'preact/hooks'
import { after } from '../platform/clock.ts'
import { sentenceOf } from './api.ts'
import { onChange, type Topic } from './live.ts'
import { once } from './once.ts'

export interface Loaded<Value> {
  /** The last answer. Null before the first one. */
  readonly value: Value | null
  /** Why the last request failed; null after an answer. */
  readonly problem: string | null
  readonly reload: () => Promise<void>
}

/** Changes that come closer together than this are one reason to ask. */
const GATHER_MS = 1000

interface State<Value> {
  readonly key: string
  readonly value: Value | null
  readonly problem: string | null
}

/**
 * Asks the API for something, and again whenever the API tells of a change of these topics.
 * `key` names what is asked for: another key is another question, whose answer replaces the former one.
 */
export function useLoaded<Value>(key: string, topics: readonly Topic[], load: () => Promise<Value>): Loaded<Value> {
  const [state, setState] = useState<State<Value>>({ key, value: null, problem: null })
  const latest = useRef(load)
  latest.current = load
  const reload = useRef<() => Promise<void>>(async () => undefined)
  useEffect(() => {
    let isOver = false
    const ask = once(async () => {
      try {
        const value = await latest.current()
        if (!isOver) setState({ key, value, problem: null })
      } catch (error) {
        if (!isOver) setState((before) => ({ key, value: before.key === key ? before.value : null, problem: sentenceOf(error) }))
      }
    })
    reload.current = ask
    void ask()
    let gathering: (() => void) | null = null
    const stop = onChange(({ what }) => {
      const concerns = what === 'ready' || what === 'poll' || topics.some((topic) => topic === what)
      if (!concerns) return
      gathering ??= after(what === 'poll' ? 0 : GATHER_MS, () => {
        gathering = null
        void ask()
      })
    })
    return () => {
      isOver = true
      gathering?.()
      stop()
    }
  }, [key])
  const isCurrent = state.key === key
  return { value: isCurrent ? state.value : null, problem: isCurrent ? state.problem : null, reload: () => reload.current() }
}
