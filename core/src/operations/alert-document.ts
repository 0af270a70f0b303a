import { z } from 'zod'

/** PERSISTED CONTRACT v1: `health_alerts/{type}:{scope}`. One document for each possible problem, however often it is seen. New versions only add optional fields. */
export const ALERTS = 'health_alerts'

/**
 * Types of alerts, with what their scope names.
 *
 * crash-loop          a container or a slot: its processes die soon after their start
 * runner-lost         a runner: it died without handing its sessions over
 * runners-missing     `fleet`: sessions are wanted online and no runner is alive
 * cpu-high            a runner
 * memory-high         a runner
 * outage              the kind of the outage, with the runner where it is a runner's own: `whatsapp`, `google`, `egress`, `fleet`, `runner.ID`
 * health-changed      `fleet`: the status of the installation is worse than healthy
 * sweep-dead          `fleet`: the schedule of each minute has not run
 * disconnected        a session: without a connection for longer than the tenant's limit
 * needs-attention     a session: it waits for an operator
 * qr-needed           a session: it waits for a phone
 * recovery-failed     a session: a recovery ended without success
 * approval-needed     a session: a recovery waits for an operator's approval
 * foreign-connection  a session: another program uses its credentials
 * deaf-session        a session: its connection is open and nothing arrives
 * phone-absent        a session: its phone has not been online for days, and WhatsApp will unlink the device
 * quarantined         a session: it brought its runner down repeatedly
 * record-level        a session: it has many Signal records
 * backup-check-failed a session: one of its backups cannot be read back
 * purge-stuck         a session: its purge is not done although it is due
 * dead-letter         a session: messages failed for good
 * queue-depth         a tenant: too many messages wait
 * webhook-failing     an end point of webhooks: it takes nothing
 */
export const ALERT_TYPES = [
  'crash-loop',
  'runner-lost',
  'runners-missing',
  'cpu-high',
  'memory-high',
  'outage',
  'health-changed',
  'sweep-dead',
  'disconnected',
  'needs-attention',
  'qr-needed',
  'recovery-failed',
  'approval-needed',
  'foreign-connection',
  'deaf-session',
  'phone-absent',
  'quarantined',
  'record-level',
  'backup-check-failed',
  'purge-stuck',
  'dead-letter',
  'queue-depth',
  'webhook-failing',
] as const

export type AlertType = (typeof ALERT_TYPES)[number]

export const alertIdOf = (type: AlertType, scope: string): string => `${type}:${scope}`

export const alertPath = (type: AlertType, scope: string): string => `${ALERTS}/${alertIdOf(type, scope)}`

export const ALERT_SEVERITIES = ['info', 'warning', 'critical'] as const

export type AlertSeverity = (typeof ALERT_SEVERITIES)[number]

/**
 * opened    the alert is new, or worse than before
 * reminded  it is still open
 * resolved  it is over
 */
export const NOTICE_KINDS = ['opened', 'reminded', 'resolved'] as const

export type NoticeKind = (typeof NOTICE_KINDS)[number]

export const alertDocumentSchema = z.object({
  v: z.literal(1),
  /** One of `ALERT_TYPES`, or a type of a later version. */
  type: z.string(),
  scope: z.string(),
  /** The tenant whose channels get it. Null: the installation's own channels. */
  tenant: z.string().nullable().default(null),
  severity: z.enum(ALERT_SEVERITIES),
  state: z.enum(['open', 'acknowledged', 'resolved']),
  /** Since the alert was last opened, like `count`. */
  firstSeenAt: z.date(),
  lastSeenAt: z.date(),
  resolvedAt: z.date().nullable().default(null),
  count: z.number().int().positive(),
  /** How often it was opened. Names its notices, so that none is sent twice. */
  opening: z.number().int().positive().default(1),
  sentence: z.string(),
  userAction: z.string().nullable(),
  /** What the product did by itself. Null: nothing. */
  done: z.string().nullable().default(null),
  /** The heading in docs/RUNBOOK.md that tells what to do, as an anchor. */
  runbook: z.string().nullable().default(null),
  /** The id of the alert that stands for this one and others of the same cause. Null: it stands alone. */
  group: z.string().nullable().default(null),
  acknowledgedAt: z.date().nullable().default(null),
  acknowledgedBy: z.string().nullable().default(null),
  /** No notices until then. */
  silencedUntil: z.date().nullable().default(null),
  silencedBy: z.string().nullable().default(null),
  /** Notices of this opening: how many were made, and when the last one was. */
  notices: z.number().int().nonnegative().default(0),
  lastNoticeAt: z.date().nullable().default(null),
  lastNotice: z
    .object({
      kind: z.enum(NOTICE_KINDS),
      severity: z.enum(ALERT_SEVERITIES),
      /** False until its task is in the queue. */
      isQueued: z.boolean(),
    })
    .nullable()
    .default(null),
  /** When somebody has to look whether a notice is due. Null: when the alert changes. */
  noticeDueAt: z.date().nullable().default(null),
  /** How often it came back shortly after it was resolved. The more often, the longer a notice of its end waits. */
  flaps: z.number().int().nonnegative().default(0),
  /** Ids of sessions that a group stands for: the first of them. */
  members: z.array(z.string()).default([]),
})

export type AlertDocument = z.infer<typeof alertDocumentSchema>
