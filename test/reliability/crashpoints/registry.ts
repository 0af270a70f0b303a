import type { TimerName } from '@holdfast/core/platform/timers'
import { DEATHS, type Fault } from './faults.ts'
import { nameOfTimer } from './labels.ts'

/** When each timer of the product comes due in a run: always, only after a fault, or never. */
const TIMERS: Readonly<Record<TimerName, 'always' | 'after trouble' | 'never'>> = {
  'action-feed': 'after trouble',
  'app-state': 'after trouble',
  'ask-again': 'after trouble',
  'baileys-connection': 'after trouble',
  claim: 'after trouble',
  deadline: 'after trouble',
  'dial-pacer': 'always',
  'directory-lock': 'never',
  // Of the API server only.
  'due-tasks': 'never',
  'following-merges': 'never',
  heartbeat: 'always',
  'history-sync': 'after trouble',
  'job-listener': 'always',
  journal: 'after trouble',
  'keep-alive': 'after trouble',
  'media-downloads': 'never',
  outbox: 'after trouble',
  receipts: 'after trouble',
  'renewed-firestore': 'after trouble',
  'resource-watch': 'always',
  'schedule-runs': 'never',
  shutdown: 'after trouble',
  start: 'always',
  supervisor: 'always',
  'tenant-feed': 'after trouble',
  'usable-stores': 'after trouble',
  wake: 'always',
}

const timersThat = (when: (typeof TIMERS)[TimerName]): string[] =>
  (Object.keys(TIMERS) as TimerName[]).filter((name) => TIMERS[name] === when).map(nameOfTimer)

/** All points. A listed point that no scenario passes is an error, and so is a passed point that is not listed. */
const POINTS: readonly string[] = [
  'commit checkpoint record',
  'commit checkpoint record with session',
  'commit claim record',
  'commit claim record with session',
  'commit connect record',
  'commit connect record with session',
  'commit create runner',
  'commit create store check',
  'commit data record',
  'commit data record with job',
  'commit data record with message',
  'commit data record with recovery action',
  'commit data record with session',
  'commit data record with waiting job: failed',
  'commit data record with waiting job: hold',
  'commit data record with waiting job: processing',
  'commit delete journal',
  'commit delete runner',
  'commit merge store check',
  'commit release record',
  'commit release record with session',
  'commit restore record',
  'commit restore record with session',
  'commit update runner',
  'frame in ack of message',
  'frame in ack of message with error',
  'frame in ack of receipt',
  'frame in handshake',
  'frame in ib offline',
  'frame in ib offline_preview',
  'frame in iq result',
  'frame in iq result count',
  'frame in iq result digest',
  'frame in iq result list',
  'frame in iq result privacy',
  'frame in iq result props',
  'frame in iq result result',
  'frame in iq result sync',
  'frame in iq result usync',
  'frame in iq set md pair-device',
  'frame in iq set md pair-success',
  'frame in message',
  'frame in notification encrypt',
  'frame in notification server_sync',
  'frame in receipt delivery',
  'frame in receipt retry',
  'frame in stream:error',
  'frame in success',
  'frame out ack of message with error',
  'frame out ack of notification',
  'frame out ack of receipt',
  'frame out handshake',
  'frame out ib',
  'frame out ib offline_batch',
  'frame out ib unified_session',
  'frame out iq get abt props',
  'frame out iq get blocklist',
  'frame out iq get encrypt count',
  'frame out iq get encrypt digest',
  'frame out iq get encrypt key',
  'frame out iq get privacy privacy',
  'frame out iq get usync usync',
  'frame out iq get w:mex query',
  'frame out iq result',
  'frame out iq result pair-device-sign',
  'frame out iq set encrypt registration',
  'frame out iq set passive active',
  'frame out iq set privacy tokens',
  'frame out iq set w:sync:app:state sync',
  'frame out message',
  'frame out presence',
  'frame out receipt hist_sync',
  'frame out receipt inactive',
  'frame out receipt peer_msg',
  'frame out receipt retry',
  'listen job by status',
  'listen recovery action by state',
  'listen session by runnerId',
  'listen tenant',
  'object create checkpoint',
  'object create store check',
  'object list checkpoint',
  'object list store check',
  'object read checkpoint',
  'object read store check',
  'query job by sessionId, status',
  'query job by sessionId, status, queuedAt',
  'query job by status, queuedAt',
  'query journal',
  'query runner',
  'query runner by instanceId',
  'query session by runnerId',
  'query session by wanted',
  'query session by wanted, runnerId',
  'read job',
  'read journal',
  'read recovery action',
  'read session',
  'read session key',
  'read store check',
  'task retries',
  ...timersThat('always'),
]

/**
 * Points that appear only after a fault. The drawn faults decide which of them a run passes, so a run cannot demand any of them.
 */
const AFTER_TROUBLE: readonly string[] = [
  'commit data record with waiting job: pending',
  'commit create alert',
  'commit create message',
  'commit update alert',
  'frame in failure',
  'frame out iq get w:p ping',
  'listen job by sessionId, status',
  'query job by messageId',
  'query job by sessionId, messageId',
  'read alert',
  'read message',
  'read runner',
  ...timersThat('after trouble'),
]

const KNOWN = new Set([...POINTS, ...AFTER_TROUBLE])

export const unexpectedPoints = (reached: ReadonlySet<string>): string[] => [...reached].filter((label) => !KNOWN.has(label))

export const unreachedPoints = (reached: ReadonlySet<string>): string[] => POINTS.filter((label) => !reached.has(label))

/** Points that only the first process of a container passes, before it can get an order. */
const BEFORE_ALL = ['commit create store check', 'object create store check', 'timer start']

/** Returns the points without a death both before and after them. If one scenario drops such cases, another has to add them. */
export const spared = (cases: readonly { readonly label: string; readonly fault: Fault }[]): string[] => {
  const struck = new Set(cases.map(({ label, fault }) => `${label}, ${fault}`))
  const isSpared = (label: string) => !DEATHS.every((fault) => struck.has(`${label}, ${fault}`))
  return POINTS.filter((label) => !BEFORE_ALL.includes(label) && isSpared(label))
}
