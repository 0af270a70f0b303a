import { z } from 'zod'
import { HoldfastError, isHoldfastError, isStoreTrouble } from '../platform/errors.ts'
import { STORAGE_TYPES } from '../platform/storage-settings.ts'

/** PERSISTED CONTRACT v1, in a runner's heartbeat: the result of its last check of the stores. */
export const storeReportSchema = z.object({
  type: z.enum(STORAGE_TYPES),
  /** Where sessions are kept, for people: a directory, or a bucket (journals are in Firestore then). */
  path: z.string(),
  /** The stores exist, accept writes, and return what opens. */
  valid: z.boolean(),
  problems: z.array(z.object({ code: z.string(), sentence: z.string(), advice: z.string() })),
  checkedAt: z.date(),
})

export type StoreReport = z.infer<typeof storeReportSchema>

export interface StoreProblem {
  readonly code: string
  readonly sentence: string
  /** What the operator can do. */
  readonly advice: string
  /** Waiting does not help: a setting is wrong, or an operator has to act. */
  readonly isLasting: boolean
}

/** Describes what went wrong with a store, and whether waiting can fix it. */
export function problemOf(what: string, error: unknown): StoreProblem {
  if (isStoreTrouble(error)) {
    return { code: error.code, sentence: error.message, advice: error.advice ?? '', isLasting: true }
  }
  if (isHoldfastError(error, 'wrapping-key-unavailable')) {
    const advice = error.advice ?? 'Wait if it is an outage: the runner retries until Cloud KMS answers. The log has the cause.'
    return { code: error.code, sentence: error.message, advice, isLasting: false }
  }
  if (isHoldfastError(error, 'no-credentials')) {
    const sentence = `${what} cannot be asked. ${error.message}`
    return { code: error.code, sentence, advice: error.advice ?? '', isLasting: false }
  }
  return {
    code: 'store-unavailable',
    // Third parties' errors may quote content; the log has their kind.
    sentence: `${what} does not answer, or answers with an error.${error instanceof HoldfastError ? ` ${error.message}` : ''}`,
    advice: 'Wait if it is an outage: the runner retries until the store answers. The log has the cause.',
    isLasting: false,
  }
}
