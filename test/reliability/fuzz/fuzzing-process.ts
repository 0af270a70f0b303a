import { Attempts, type Broken, type Case } from './attempts.ts'
import { TARGETS } from './targets.ts'

// Runs cases in a process of its own. It reports each case to the parent before its start, so that the parent knows the case that
// ended or hung the process.

/** One message to the parent. */
export type Word = { readonly begins: Case } | { readonly broken: Broken } | { readonly isDone: true }

const [seed = 0, from = 0, to = 0, seconds = 0] = process.argv.slice(2, 6).map(Number)
const only = process.argv.slice(6)

const say = (word: Word): Promise<void> => new Promise((resolve) => process.send?.(word, () => resolve()))

const attempts = await Attempts.open(TARGETS.filter(({ name }) => only.length === 0 || only.includes(name)))
const untilMs = Date.now() + seconds * 1000
for (let index = from; index < to && Date.now() < untilMs; index++) {
  for (const target of attempts.names) {
    const given = { target, seed, index }
    await say({ begins: given })
    const broken = await attempts.run(given)
    if (broken) await say({ broken })
  }
}
await attempts[Symbol.asyncDispose]()
await say({ isDone: true })
process.disconnect?.()
