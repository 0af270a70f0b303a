import { isHoldfastError } from '@holdfast/core/platform/errors'

/** Opens a sealed text, or returns the code of the error, so that the API can still show the rest of the document. */
export function openOrSay(open: () => string | null): { text: string | null; error?: string } {
  try {
    return { text: open() }
  } catch (error) {
    if (isHoldfastError(error)) return { text: null, error: error.code }
    throw error
  }
}
