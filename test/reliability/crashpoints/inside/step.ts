import { setTimeout as pause } from 'node:timers/promises'
import { die, fired, pass } from './points.ts'

const SLOW_MS = 1_500
const NEVER = new Promise<never>(() => {})

/** The errors by which Google's clients report an unavailable service and a late answer. */
export const unavailable = () => Object.assign(new Error('14 UNAVAILABLE: a fault at a crash point'), { code: 14 })
const unanswered = () => Object.assign(new Error('4 DEADLINE_EXCEEDED: a fault at a crash point'), { code: 4 })

/** Runs one request to a service of Google as a point. `spoiled` runs instead of `work` for the fault `torn`. */
export async function step<T>(labels: readonly string[], work: () => Promise<T>, spoiled = work): Promise<T> {
  const fault = pass(labels)
  switch (fault) {
    case null:
      return await work()
    case 'die-before':
      return die()
    case 'die-after':
      await work()
      return die()
    case 'fail':
      fired()
      throw unavailable()
    case 'fail-after':
      await work()
      fired()
      throw unanswered()
    case 'hang':
      fired()
      return await NEVER
    case 'slow':
      fired()
      await pause(SLOW_MS)
      return await work()
    case 'torn':
      fired()
      return await spoiled()
  }
}
