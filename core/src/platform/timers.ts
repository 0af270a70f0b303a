/**
 * The names of all timers. A name says what the timer is for. Moving the code changes no name, so the registry of crash points stays
 * valid.
 */
export const TIMERS = [
  'action-feed',
  'app-state',
  'ask-again',
  'baileys-connection',
  'claim',
  'deadline',
  'dial-pacer',
  'directory-lock',
  'due-tasks',
  'following-merges',
  'heartbeat',
  'history-sync',
  'job-listener',
  'journal',
  'keep-alive',
  'media-downloads',
  'outbox',
  'receipts',
  'renewed-firestore',
  'resource-watch',
  'schedule-runs',
  'shutdown',
  'start',
  'supervisor',
  'tenant-feed',
  'usable-stores',
  'wake',
] as const

export type TimerName = (typeof TIMERS)[number]
