import type { Account } from './target.ts'

/** What the deployment has to know of a function. A test compares it with the functions themselves. */
export interface DeployedFunction {
  readonly account: Account
  readonly calledBy: 'everybody' | 'tasks' | 'a schedule'
  readonly secrets: readonly SecretName[]
  /** The queues that it puts tasks into. */
  readonly enqueues: readonly string[]
  /** Whether it creates and reads objects in the bucket. */
  readonly objects: boolean
  /** What it does with documents: everything, or only reading and changing those that are there. */
  readonly documents: 'all' | 'changes'
}

export type SecretName = 'API_KEY' | 'SESSION_ENCRYPTION_KEY'

const KEY = ['SESSION_ENCRYPTION_KEY'] as const

export const FUNCTIONS: Readonly<Record<string, DeployedFunction>> = {
  api: {
    account: 'api',
    calledBy: 'everybody',
    secrets: ['API_KEY', ...KEY],
    enqueues: ['retries'],
    objects: true,
    documents: 'all',
  },
  retries: { account: 'tasks', calledBy: 'tasks', secrets: KEY, enqueues: [], objects: false, documents: 'changes' },
  sweep: {
    account: 'sweeper',
    calledBy: 'a schedule',
    secrets: KEY,
    enqueues: ['retries'],
    objects: false,
    documents: 'changes',
  },
  maintain: { account: 'maintainer', calledBy: 'a schedule', secrets: KEY, enqueues: [], objects: true, documents: 'changes' },
}

/** What the runner needs. */
export const RUNNER: Omit<DeployedFunction, 'calledBy'> = {
  account: 'runner',
  secrets: KEY,
  enqueues: ['retries'],
  objects: true,
  documents: 'all',
}

const USERS = [RUNNER, ...Object.values(FUNCTIONS)]

const distinct = <T>(values: readonly T[]): readonly T[] => [...new Set(values)]

/** The accounts that use Firestore in this way. */
export const databaseUsers = (documents: DeployedFunction['documents']): readonly Account[] =>
  distinct(USERS.filter((user) => user.documents === documents).map(({ account }) => account))

export const bucketUsers = (): readonly Account[] =>
  distinct(USERS.filter(({ objects }) => objects).map(({ account }) => account))

export const readersOf = (secret: SecretName): readonly Account[] =>
  distinct(USERS.filter(({ secrets }) => secrets.includes(secret)).map(({ account }) => account))

export const queues = (): readonly string[] => Object.keys(FUNCTIONS).filter((name) => FUNCTIONS[name]?.calledBy === 'tasks')

export const enqueuersOf = (queue: string): readonly Account[] =>
  distinct(USERS.filter(({ enqueues }) => enqueues.includes(queue)).map(({ account }) => account))

export const enqueuers = (): readonly Account[] => distinct(queues().flatMap(enqueuersOf))
