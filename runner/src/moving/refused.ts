import { HoldfastError } from '@holdfast/core/platform/errors'

/** Why a session cannot be moved, as a sentence for the operator. */
export const refused = (message: string, cause?: unknown): HoldfastError =>
  new HoldfastError('cannot-move', message, cause === undefined ? {} : { cause })
