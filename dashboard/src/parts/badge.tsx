import type { Session } from '@holdfast/client/types'
import type { ComponentChildren, JSX } from 'preact'
import { t } from '../language/language.ts'

/** How good or bad something is. A colour never says it alone. */
export type Tone = 'good' | 'busy' | 'warn' | 'bad' | 'calm'

export const Badge = ({ tone, children }: { tone: Tone; children: ComponentChildren }): JSX.Element => (
  <span class={`badge ${tone}`}>{children}</span>
)

const OF_STATUS: Readonly<Record<Session['status'], Tone>> = {
  WORKING: 'good',
  STARTING: 'busy',
  SCAN_QR_CODE: 'warn',
  FAILED: 'bad',
  STOPPED: 'calm',
}

export const StatusBadge = ({ status }: { status: Session['status'] }): JSX.Element => (
  <Badge tone={OF_STATUS[status]}>{t(`statusOf.${status}`)}</Badge>
)
