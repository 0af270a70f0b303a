import { isHoldfastError } from '@holdfast/core/platform/errors'

/** Opens a sealed text, or says by a code why it cannot be opened: the rest of its document is shown all the same. */
export function openOrSay(open: () => string | null): { text: string | null; error?: string } {
  try {
    return { text: open() }
  } catch (error) {
    if (isHoldfastError(error)) return { text: null, error: error.code }
    throw error
  }
}
