import type { SeededRandom } from '../../../sandbox/network/seeded-random.ts'

/** A way into the product for what somebody or something else has written. */
export interface Target {
  readonly name: string
  /** What is to come of every input, for the reader of a report. */
  readonly promise: string
  /** Makes real inputs with the product's own code. */
  open(): Promise<OpenTarget>
}

export interface OpenTarget {
  /** Changes one of the real inputs and hands it in. Returns what is broken, null when nothing is. */
  attempt(random: SeededRandom): Promise<string | null>
  close?(): Promise<void>
}

/** What an input may lead to: it is taken, or refused in words that the caller understands. */
export async function unlessRefused(work: () => unknown, isRefusal: (error: unknown) => boolean): Promise<string | null> {
  try {
    await work()
    return null
  } catch (error) {
    return isRefusal(error) ? null : `threw ${described(error)}`
  }
}

/** With the place where it was thrown. */
export function described(error: unknown): string {
  if (!(error instanceof Error)) return `something that is no error: ${typeof error}`
  const at = error.stack?.split('\n').find((line) => line.startsWith('    at '))
  return `${error.name}: ${error.message.slice(0, 200)}${at === undefined ? '' : ` ${at.trim()}`}`
}
