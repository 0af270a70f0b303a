/**
 * The names of all timers. A name says what the timer is for. Moving the code changes no name, so the registry of crash points stays
 * valid.
 */
export const TIMERS = [
  'action-feed',
  'app-state',
  'archive',
  'ask-again',
  'baileys-connection',
  'claim',
  'deadline',
  'dial-pacer',
  'directory',
  'directory-lock',
  'due-tasks',
  'following-merges',
  'groups',
  'heartbeat',
  'history-sync',
  'job-listener',
  'journal',
  'keep-alive',
  'media',
  'media-downloads',
  'move',
  'network',
  'outbox',
  'query-feed',
  'receipts',
  'renewed-firestore',
  'resource-watch',
  'schedule-runs',
  'shutdown',
  'start',
  'supervisor',
  'sweep-watch',
  'tenant-feed',
  'usable-stores',
  'wake',
] as const

export type TimerName = (typeof TIMERS)[number]
