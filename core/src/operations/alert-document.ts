import { z } from 'zod'

/** PERSISTED CONTRACT v1: `health_alerts/{type}:{scope}`. One document for each thing that can be wrong, however often it is seen. */
export const ALERTS = 'health_alerts'

/** What is alerted about. Scopes are ids: of a container, of a session. */
export type AlertType = 'crash-loop'

export const alertPath = (type: AlertType, scope: string): string => `${ALERTS}/${type}:${scope}`

export const ALERT_SEVERITIES = ['info', 'warning', 'critical'] as const

export const alertDocumentSchema = z.object({
  v: z.literal(1),
  type: z.string(),
  scope: z.string(),
  severity: z.enum(ALERT_SEVERITIES),
  state: z.enum(['open', 'resolved']),
  /** Since it was opened the last time; so is `count`. */
  firstSeenAt: z.date(),
  lastSeenAt: z.date(),
  resolvedAt: z.date().nullable().default(null),
  count: z.number().int().positive(),
  sentence: z.string(),
  userAction: z.string().nullable(),
})

export type AlertDocument = z.infer<typeof alertDocumentSchema>
