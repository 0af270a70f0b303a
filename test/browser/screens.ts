export interface Screen {
  readonly name: string
  readonly at: string
  readonly shows: string
}

/** Every screen of the dashboard, with what shows that it is loaded. `SESSION` stands for the name of a connected session. */
export const SCREENS: readonly Screen[] = [
  { name: 'overview', at: '', shows: '.rows' },
  { name: 'sessions', at: 'sessions', shows: '.rows' },
  { name: 'session', at: 'sessions/SESSION', shows: '.facts' },
  { name: 'pairing', at: 'sessions/NEW', shows: 'svg.qr' },
  { name: 'chats', at: 'sessions/SESSION?tab=chats', shows: '.rows' },
  { name: 'backups', at: 'sessions/SESSION?tab=backups', shows: '.rows' },
  { name: 'records', at: 'sessions/SESSION?tab=records', shows: 'table' },
  { name: 'session-recoveries', at: 'sessions/SESSION?tab=recoveries', shows: '.rows' },
  { name: 'queue', at: 'queue?status=any', shows: '.trend ~ section .rows' },
  { name: 'message', at: 'queue/JOB', shows: '.timeline' },
  { name: 'recoveries', at: 'recoveries', shows: '.rows' },
  { name: 'recovery', at: 'recoveries/ACTION', shows: '.timeline' },
  { name: 'alerts', at: 'alerts', shows: '.rows' },
  { name: 'webhooks', at: 'webhooks', shows: '.rows' },
  { name: 'runners', at: 'runners', shows: '.rows' },
  { name: 'settings', at: 'settings', shows: '.fields' },
  { name: 'more', at: 'more', shows: '.rows' },
]
