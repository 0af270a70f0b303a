import { z } from 'zod'

/**
 * PERSISTED CONTRACT v1: `usage/{scope}`, how much of a limit was handed out in the present window. The API's instances take portions
 * of it and hand them out themselves. New versions only add optional fields.
 */
const USAGE = 'usage'

export const usagePath = (scope: string): string => `${USAGE}/${scope}`

export const usageDocumentSchema = z.object({
  v: z.literal(1),
  /** The number of the minute or of the day, counted from 1970. */
  window: z.number().int(),
  reserved: z.number().int().nonnegative(),
})
