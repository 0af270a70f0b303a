import { z } from 'zod'

/** PERSISTED CONTRACT v1: `health_alerts/{type}:{scope}`. One document for each possible problem, however often it is seen. */
export const ALERTS = 'health_alerts'

/** Types of alerts. A scope is the id of a container or of a session. */
export type AlertType = 'crash-loop'

export const alertPath = (type: AlertType, scope: string): string => `${ALERTS}/${type}:${scope}`

export const ALERT_SEVERITIES = ['info', 'warning', 'critical'] as const

export const alertDocumentSchema = z.object({
  v: z.literal(1),
  type: z.string(),
  scope: z.string(),
  severity: z.enum(ALERT_SEVERITIES),
  state: z.enum(['open', 'resolved']),
  /** Since the alert was last opened, like `count`. */
  firstSeenAt: z.date(),
  lastSeenAt: z.date(),
  resolvedAt: z.date().nullable().default(null),
  count: z.number().int().positive(),
  sentence: z.string(),
  userAction: z.string().nullable(),
})

export type AlertDocument = z.infer<typeof alertDocumentSchema>
