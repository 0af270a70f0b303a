import type { Account } from './target.ts'

/** What the deployment has to know of a function. A test compares it with the functions themselves. */
export interface DeployedFunction {
  readonly account: Account
  readonly calledBy: 'everybody' | 'tasks' | 'a schedule'
  readonly secrets: readonly SecretName[]
  /** The queues that it puts tasks into. */
  readonly enqueues: readonly string[]
  /** Whether it creates and reads objects in the bucket, or removes media, archives and backups. */
  readonly objects: 'creates' | 'removes' | false
  /** What it does with documents: everything, or all but deleting. */
  readonly documents: 'all' | 'creates'
  /**
   * Google alone, or hosts of the internet too. A function reaches those from addresses of Google that change, never by the fixed address,
   * which is for WhatsApp.
   */
  readonly reaches: 'google' | 'internet'
}

/** A unit that is no function. */
export interface DeployedUnit extends Omit<DeployedFunction, 'calledBy' | 'reaches' | 'secrets'> {
  readonly secrets: readonly Exclude<SecretName, 'NOTIFICATION_SECRETS'>[]
  /** Google alone, or hosts of the internet, which may have to see one address. */
  readonly reaches: 'google' | 'internet'
}

export type SecretName = 'API_KEY' | 'SESSION_ENCRYPTION_KEY' | 'NOTIFICATION_SECRETS'

const KEY = ['SESSION_ENCRYPTION_KEY'] as const

export const FUNCTIONS: Readonly<Record<string, DeployedFunction>> = {
  api: {
    account: 'api',
    calledBy: 'everybody',
    secrets: ['API_KEY', ...KEY],
    enqueues: ['retries', 'alerts', 'webhooks'],
    objects: 'creates',
    documents: 'all',
    reaches: 'google',
  },
  retries: {
    account: 'tasks',
    calledBy: 'tasks',
    secrets: KEY,
    enqueues: ['webhooks'],
    objects: false,
    documents: 'creates',
    reaches: 'google',
  },
  alerts: {
    account: 'alerts',
    calledBy: 'tasks',
    secrets: [...KEY, 'NOTIFICATION_SECRETS'],
    enqueues: ['alerts'],
    objects: false,
    documents: 'creates',
    reaches: 'internet',
  },
  webhooks: {
    account: 'webhooks',
    calledBy: 'tasks',
    secrets: KEY,
    enqueues: ['webhooks'],
    objects: false,
    documents: 'creates',
    reaches: 'internet',
  },
  sweep: {
    account: 'sweeper',
    calledBy: 'a schedule',
    secrets: KEY,
    enqueues: ['retries', 'alerts', 'webhooks'],
    objects: false,
    documents: 'all',
    reaches: 'google',
  },
  maintain: {
    account: 'maintainer',
    calledBy: 'a schedule',
    secrets: KEY,
    enqueues: [],
    objects: 'creates',
    documents: 'creates',
    reaches: 'google',
  },
  cleanup: {
    account: 'cleaner',
    calledBy: 'a schedule',
    secrets: KEY,
    enqueues: [],
    objects: 'removes',
    documents: 'all',
    reaches: 'google',
  },
}

/** What the runner needs. */
export const RUNNER: DeployedUnit = {
  account: 'runner',
  secrets: KEY,
  enqueues: ['retries', 'alerts', 'webhooks'],
  objects: 'creates',
  documents: 'all',
  reaches: 'internet',
}

/** What the API as a server needs: what it needs as a function. */
export const SERVER: DeployedUnit = {
  account: 'api',
  secrets: ['API_KEY', ...KEY],
  enqueues: ['retries', 'alerts', 'webhooks'],
  objects: 'creates',
  documents: 'all',
  reaches: 'google',
}

const USERS: readonly Omit<DeployedFunction, 'calledBy' | 'reaches'>[] = [RUNNER, SERVER, ...Object.values(FUNCTIONS)]

const distinct = <T>(values: readonly T[]): readonly T[] => [...new Set(values)]

/** The accounts that use Firestore in this way. */
export const databaseUsers = (documents: DeployedFunction['documents']): readonly Account[] =>
  distinct(USERS.filter((user) => user.documents === documents).map(({ account }) => account))

/** The accounts that use the bucket in this way. */
export const bucketUsers = (how: Exclude<DeployedFunction['objects'], false> = 'creates'): readonly Account[] =>
  distinct(USERS.filter(({ objects }) => objects === how).map(({ account }) => account))

export const readersOf = (secret: SecretName): readonly Account[] =>
  distinct(USERS.filter(({ secrets }) => secrets.includes(secret)).map(({ account }) => account))

export const queues = (): readonly string[] => Object.keys(FUNCTIONS).filter((name) => FUNCTIONS[name]?.calledBy === 'tasks')

export const enqueuersOf = (queue: string): readonly Account[] =>
  distinct(USERS.filter(({ enqueues }) => enqueues.includes(queue)).map(({ account }) => account))

export const enqueuers = (): readonly Account[] => distinct(queues().flatMap(enqueuersOf))
