import { z } from 'zod'
import { HoldfastError, isStoreTrouble } from '../platform/errors.ts'
import { STORAGE_TYPES } from '../platform/storage-settings.ts'

/** PERSISTED CONTRACT v1, in the heartbeat of a runner: what came out when it last checked its stores. */
export const storeReportSchema = z.object({
  type: z.enum(STORAGE_TYPES),
  /** Where sessions are kept, for people: a directory, or a bucket (journals are in Firestore then). */
  path: z.string(),
  /** They exist, take what is written, and give back what opens. */
  valid: z.boolean(),
  problems: z.array(z.object({ code: z.string(), sentence: z.string(), advice: z.string() })),
  checkedAt: z.date(),
})

export type StoreReport = z.infer<typeof storeReportSchema>

export interface StoreProblem {
  readonly code: string
  readonly sentence: string
  /** What to do. */
  readonly advice: string
  /** Waiting does not help: a setting is wrong, or somebody has to act. */
  readonly isLasting: boolean
}

/** What went wrong with a store, and whether that may end by itself. */
export function problemOf(what: string, error: unknown): StoreProblem {
  if (isStoreTrouble(error)) {
    return { code: error.code, sentence: error.message, advice: error.advice ?? '', isLasting: true }
  }
  return {
    code: 'store-unavailable',
    // Errors of others may quote what they choked on; the log has their kind.
    sentence: `${what} does not answer, or not as it should.${error instanceof HoldfastError ? ` ${error.message}` : ''}`,
    advice: 'Nothing, if it is an outage: it is asked again until it answers. The log has the cause.',
    isLasting: false,
  }
}
