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
  /** Whom it calls. A function has no way to the internet by the fixed address, so that none may need one. */
  readonly reaches: 'google'
}

/** A unit that is no function. */
export interface DeployedUnit extends Omit<DeployedFunction, 'calledBy' | 'reaches'> {
  /** Google alone, or hosts of the internet, which may have to see one address. */
  readonly reaches: 'google' | 'internet'
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
    reaches: 'google',
  },
  retries: {
    account: 'tasks',
    calledBy: 'tasks',
    secrets: KEY,
    enqueues: [],
    objects: false,
    documents: 'changes',
    reaches: 'google',
  },
  sweep: {
    account: 'sweeper',
    calledBy: 'a schedule',
    secrets: KEY,
    enqueues: ['retries'],
    objects: false,
    documents: 'changes',
    reaches: 'google',
  },
  maintain: {
    account: 'maintainer',
    calledBy: 'a schedule',
    secrets: KEY,
    enqueues: [],
    objects: true,
    documents: 'changes',
    reaches: 'google',
  },
}

/** What the runner needs. */
export const RUNNER: DeployedUnit = {
  account: 'runner',
  secrets: KEY,
  enqueues: ['retries'],
  objects: true,
  documents: 'all',
  reaches: 'internet',
}

/** What the API as a server needs: what it needs as a function. */
export const SERVER: DeployedUnit = {
  account: 'api',
  secrets: ['API_KEY', ...KEY],
  enqueues: ['retries'],
  objects: true,
  documents: 'all',
  reaches: 'google',
}

const USERS = [RUNNER, SERVER, ...Object.values(FUNCTIONS)]

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
