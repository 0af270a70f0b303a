import { setTimeout as pause } from 'node:timers/promises'
import { Chats } from '../chats.ts'
import { isDeath } from '../faults.ts'
import { look } from '../judge.ts'
import type { Scenario } from '../scenario.ts'
import { untilSettled } from './settled.ts'

const LOOK_EVERY_MS = 50
/** A checkpoint that failed is made again after a minute. */
const RECOVERY_LIMIT_MS = 150_000
/** A record counts as unused after one day, and two pass. */
const OLDER_THAN = { olderThan: 1 }
const DAYS = { days: 2 }

/** The steps of every action, and of a checkpoint that is kept. */
const ACTION = ['commit data record with recovery action', 'listen recovery action by state', 'read recovery action']
const BACKUP = [
  'commit checkpoint record',
  'commit checkpoint record with session',
  'commit checkpoint record with backup',
  'object create checkpoint',
  'object read checkpoint',
]

interface ActionAnswer {
  readonly id: string
  readonly state: string
}

interface BackupAnswer {
  readonly id: string
  readonly isStored: boolean
  readonly isCurrent: boolean
}

/** Asks the API, which no case strikes. */
async function ask<Body>({ stage, name }: Chats, path: string, json?: object): Promise<Body> {
  const answer = await stage.sandbox.api(path.replace('{name}', name), json && { json })
  if (answer.status >= 300) throw new Error(`The API answered ${answer.status} to ${path}: ${await answer.text()}`)
  return (await answer.json()) as Body
}

const backupsOf = (chats: Chats): Promise<BackupAnswer[]> => ask(chats, '/api/sessions/{name}/backups')

async function request(chats: Chats, what: 'backups' | 'cleanup' | 'restore', json: object): Promise<void> {
  const answer = await ask<ActionAnswer | { action: ActionAnswer }>(chats, `/api/sessions/{name}/${what}`, json)
  chats.actions = ['action' in answer ? answer.action.id : answer.id]
}

/** Returns whether the actions of the case have ended. A death must not make one of them fail; a store that fails may. */
async function haveEnded(chats: Chats): Promise<boolean> {
  if (chats.actions.length === 0) return false
  const states = await Promise.all(
    chats.actions.map(async (id) => (await ask<ActionAnswer>(chats, `/api/recoveries/${id}`)).state),
  )
  const mayFail = chats.fault !== null && !isDeath(chats.fault)
  return states.every((state) => state === 'done' || (mayFail && state === 'failed'))
}

async function untilEnded(chats: Chats): Promise<void> {
  while (!(await haveEnded(chats))) await pause(LOOK_EVERY_MS)
}

/**
 * Returns whether each listed backup has its object, and the newest one opens. The torn object of a backup that has failed stays in the list: then
 * the one opens from which the session is read.
 */
async function areBackupsGood(chats: Chats): Promise<boolean> {
  const backups = await backupsOf(chats)
  const newest = backups.find(({ isCurrent }) => isCurrent || chats.fault !== 'torn')
  if (!newest || !backups.every(({ isStored }) => isStored)) return false
  const path = `/api/sessions/{name}/backups/${newest.id}/verify`
  const { verification } = await ask<{ verification: { state: string } }>(chats, path, {})
  return verification.state === 'good'
}

const isSaved = async (chats: Chats): Promise<boolean> => (await haveEnded(chats)) && (await areBackupsGood(chats))

const forgetActions = (chats: Chats): void => void (chats.actions = [])

const backup: Scenario = {
  name: 'backup',
  struck: 'working',
  recoveryLimitMs: RECOVERY_LIMIT_MS,
  strikesEachPassage: true,
  diedAt: [...ACTION, ...BACKUP],
  prepare: async (chats) => forgetActions(chats),
  act: (chats) => request(chats, 'backups', {}),
  isOver: isSaved,
}

interface DataKeys {
  readonly usedFrom: string | null
}

/** Asks for a further data key, which has waited when the case begins. One that a case left without a checkpoint still waits. */
async function withFurtherKey(chats: Chats): Promise<void> {
  forgetActions(chats)
  await untilSettled(chats)
  await ask(chats, '/api/sessions/{name}/data-key', {})
  await chats.stage.sandbox.advanceClock(DAYS)
}

async function isKeyUsed(chats: Chats): Promise<boolean> {
  const { usedFrom } = await ask<DataKeys>(chats, '/api/sessions/{name}/data-key')
  const mayFail = chats.fault !== null && !isDeath(chats.fault)
  return usedFrom === null || mayFail
}

/** The session goes on with a further data key, while messages go in both directions. */
const furtherKey: Scenario = {
  name: 'further-key',
  struck: 'working',
  isClockMovable: true,
  recoveryLimitMs: RECOVERY_LIMIT_MS,
  strikesEachPassage: true,
  diedAt: [...BACKUP, 'commit checkpoint record with session key', 'read session key'],
  prepare: withFurtherKey,
  act: async (chats) => void (await Promise.all([request(chats, 'backups', {}), chats.send(), chats.receive()])),
  isOver: async (chats) => (await isSaved(chats)) && (await isKeyUsed(chats)),
}

/** Lets the contact be silent, so that its Signal records are old enough for the archive. */
async function silence(chats: Chats): Promise<void> {
  forgetActions(chats)
  await untilSettled(chats)
  await chats.stage.sandbox.advanceClock(DAYS)
}

/** Moves the records of the contact to the archive. Both sides write afterwards, and must be read at the first try. */
const cleanUp: Scenario = {
  name: 'clean-up',
  struck: 'working',
  isClockMovable: true,
  recoveryLimitMs: RECOVERY_LIMIT_MS,
  strikesEachPassage: true,
  diedAt: [...ACTION, ...BACKUP, 'commit data record', 'object create archive', 'object read archive'],
  prepare: silence,
  act: (chats) => request(chats, 'cleanup', OLDER_THAN),
  isOver: isSaved,
}

/** A contact whose records are in the archive writes, and is written to. */
const takenBack: Scenario = {
  name: 'taken-back',
  struck: 'working',
  isClockMovable: true,
  strikesEachPassage: true,
  diedAt: [
    'commit data record',
    'commit data record with message',
    'frame in message',
    'frame out message',
    'object read archive',
  ],
  async prepare(chats) {
    await silence(chats)
    await request(chats, 'cleanup', OLDER_THAN)
    await untilEnded(chats)
  },
  act: async (chats) => void (await Promise.all([chats.send(), chats.receive()])),
}

/** Makes a backup, and then messages that a return gives up. They are settled, because what is lost is not the subject. */
async function backUpAndGoOn(chats: Chats): Promise<void> {
  await request(chats, 'backups', {})
  await untilEnded(chats)
  chats.backup = (await backupsOf(chats))[0]?.id ?? ''
  await Promise.all([chats.send(), chats.receive()])
  await untilSettled(chats)
  // The ratchets of the given-up messages are gone.
  chats.mayBeUnreadable = true
  const records = await chats.stage.stored.journal(chats.sessionId)
  chats.lastRecord = records.at(-1)?.seq ?? 0
}

/** Returns whether the session was restored as often as its action says: once, whoever finished it. */
async function isReturnedOnce(chats: Chats): Promise<boolean> {
  const records = await chats.stage.stored.journal(chats.sessionId)
  const restores = records.filter(({ seq, kind }) => kind === 'restore' && seq > chats.lastRecord).length
  const mayFail = chats.fault !== null && !isDeath(chats.fault)
  return restores === 1 || (mayFail && restores === 0)
}

const RETURN = [...ACTION, ...BACKUP, 'commit data record', 'commit restore record', 'commit restore record with session']

const returned: Scenario = {
  name: 'returned',
  struck: 'working',
  recoveryLimitMs: RECOVERY_LIMIT_MS,
  strikesEachPassage: true,
  diedAt: RETURN,
  async prepare(chats) {
    await backUpAndGoOn(chats)
    forgetActions(chats)
  },
  act: (chats) => request(chats, 'restore', { backup: chats.backup, approve: true }),
  isOver: async (chats) => (await isSaved(chats)) && (await isReturnedOnce(chats)),
}

interface RunAnswer {
  readonly run: string
  readonly sessions: readonly { readonly action: string }[]
}

/** Both sessions of a tenant return to a time, and their one owner dies in the middle. */
const tenantReturned: Scenario = {
  name: 'tenant-returned',
  struck: 'working',
  recoveryLimitMs: RECOVERY_LIMIT_MS,
  strikesEachPassage: true,
  diedAt: ['commit checkpoint record with backup', 'commit restore record', 'object create checkpoint'],
  async prepare(chats) {
    if (!chats.other) {
      chats.other = new Chats(chats.stage, `${chats.name}-other`)
      await chats.other.link()
    }
    await Promise.all([chats, chats.other].map(backUpAndGoOn))
    forgetActions(chats)
  },
  async act(chats) {
    const { run, sessions } = await ask<RunAnswer>(chats, '/api/backups/restore', { at: new Date().toISOString(), approve: true })
    if (run === '' || sessions.length !== 2) throw new Error(`${sessions.length} sessions return, and not two.`)
    chats.actions = sessions.map(({ action }) => action)
    await Promise.all([chats.other?.send(), chats.other?.receive()])
  },
  async isOver(chats) {
    const both = [chats, ...(chats.other ? [chats.other] : [])]
    if (!(await haveEnded(chats))) return false
    for (const each of both) if (!(await areBackupsGood(each)) || !(await isReturnedOnce(each))) return false
    return chats.other !== null && (await look(chats.other, { sent: 0, issued: 0, violations: 0 })).forNow.length === 0
  },
}

/** The scenarios of what is kept and brought back: backups, the archive of a clean-up, and returns to a backup. */
export const VAULT: readonly Scenario[] = [returned, tenantReturned, cleanUp, takenBack, backup, furtherKey]
