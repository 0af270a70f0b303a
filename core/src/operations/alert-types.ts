import type { AlertSeverity, AlertType } from './alert-document.ts'

interface DescribedType {
  /** What a person calls it, at the head of a notice. */
  readonly title: string
  /** Unless what is seen says otherwise. */
  readonly severity: AlertSeverity
  /** The heading in docs/RUNBOOK.md that tells what happened and what to do. */
  readonly heading: string
  /** How long it has to last before people are told, in minutes, because it often ends by itself. 0 without it. */
  readonly tellAfterMinutes?: number
}

export const DESCRIBED_TYPES: Readonly<Record<AlertType, DescribedType>> = {
  'crash-loop': { title: 'Crash loop', severity: 'critical', heading: 'A runner dies again and again' },
  'runner-lost': { title: 'Runner lost', severity: 'warning', heading: 'A runner was lost' },
  'runners-missing': { title: 'No runner', severity: 'critical', heading: 'No runner is heard' },
  'cpu-high': { title: 'CPU high', severity: 'warning', heading: 'A runner is short of CPU', tellAfterMinutes: 3 },
  'memory-high': { title: 'Memory high', severity: 'warning', heading: 'A runner is short of memory', tellAfterMinutes: 3 },
  outage: { title: 'Outage', severity: 'critical', heading: 'An outage' },
  'health-changed': {
    title: 'Health',
    severity: 'warning',
    heading: 'The health of the installation changed',
    tellAfterMinutes: 3,
  },
  'sweep-dead': { title: 'Sweep stopped', severity: 'critical', heading: 'The sweep does not run' },
  disconnected: { title: 'Disconnected', severity: 'warning', heading: 'A session is disconnected' },
  'needs-attention': { title: 'Needs attention', severity: 'critical', heading: 'A session needs attention' },
  'qr-needed': { title: 'QR code needed', severity: 'critical', heading: 'A session needs a phone' },
  'recovery-failed': { title: 'Recovery failed', severity: 'critical', heading: 'A recovery failed' },
  'approval-needed': { title: 'Approval needed', severity: 'critical', heading: 'A recovery waits for approval' },
  'foreign-connection': { title: 'Foreign connection', severity: 'critical', heading: 'Another program uses a session' },
  'deaf-session': { title: 'Deaf session', severity: 'critical', heading: 'A session is deaf' },
  'phone-absent': { title: 'Phone absent', severity: 'warning', heading: 'A phone has been away for days' },
  quarantined: { title: 'Quarantined', severity: 'critical', heading: 'A session is quarantined' },
  'record-level': { title: 'Many records', severity: 'warning', heading: 'A session has too many records' },
  'backup-check-failed': { title: 'Backup check failed', severity: 'critical', heading: 'A backup cannot be read back' },
  'purge-stuck': { title: 'Purge stuck', severity: 'warning', heading: 'A purge does not end' },
  'dead-letter': { title: 'Dead letters', severity: 'warning', heading: 'Messages failed for good' },
  'queue-depth': { title: 'Queue depth', severity: 'warning', heading: 'Too many messages wait' },
  'webhook-failing': { title: 'Webhook failing', severity: 'warning', heading: 'A webhook takes nothing' },
}

/** The part of a link that leads to a heading, as GitHub makes it. */
export const anchorOf = (heading: string): string =>
  heading
    .toLowerCase()
    .replaceAll(/[^\w\- ]/g, '')
    .replaceAll(' ', '-')

export const runbookOf = (type: AlertType): string => anchorOf(DESCRIBED_TYPES[type].heading)

/** How long an alert of a type lasts before people are told, in milliseconds. A type of a later version is told of at once. */
export const tellAfterMs = (type: string): number =>
  ((DESCRIBED_TYPES as Readonly<Record<string, DescribedType | undefined>>)[type]?.tellAfterMinutes ?? 0) * 60_000

const RANKS: Readonly<Record<AlertSeverity, number>> = { info: 0, warning: 1, critical: 2 }

export const isWorse = (one: AlertSeverity, other: AlertSeverity): boolean => RANKS[one] > RANKS[other]
