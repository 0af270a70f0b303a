import type { SeededRandom } from '../../../sandbox/network/seeded-random.ts'

/** An entry of the product for data from outside. */
export interface Target {
  readonly name: string
  /** The promised result of every input, for the reader of a report. */
  readonly promise: string
  /** Makes real inputs with the product's own code. */
  open(): Promise<OpenTarget>
}

export interface OpenTarget {
  /** Mutates one of the real inputs and passes it to the product. Returns the fault, or null. */
  attempt(random: SeededRandom): Promise<string | null>
  close?(): Promise<void>
}

/** Runs the work on an input. Returns null when the product accepts it or refuses it with an expected error, else the fault. */
export async function unlessRefused(work: () => unknown, isRefusal: (error: unknown) => boolean): Promise<string | null> {
  try {
    await work()
    return null
  } catch (error) {
    return isRefusal(error) ? null : `threw ${described(error)}`
  }
}

/** Describes an error with the place that threw it. */
export function described(error: unknown): string {
  if (!(error instanceof Error)) return `something that is no error: ${typeof error}`
  const at = error.stack?.split('\n').find((line) => line.startsWith('    at '))
  return `${error.name}: ${error.message.slice(0, 200)}${at === undefined ? '' : ` ${at.trim()}`}`
}
