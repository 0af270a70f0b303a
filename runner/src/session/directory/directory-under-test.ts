import { randomBytes } from 'node:crypto'
import {
  directoryPath,
  entriesOf,
  openPage,
  type DirectoryEntries,
  type DirectoryName,
} from '@holdfast/core/message/directory-document'
import { createLogger } from '@holdfast/core/platform/logging'
import type { Clock, DocumentSnapshot, DocumentStore, Fields, Query } from '@holdfast/core/platform/ports'
import { systemClock } from '@holdfast/core/platform/system-clock'
import { SessionCipher } from '@holdfast/core/security/envelope'
import type { ReceivedMessage } from '../../whatsapp/received-message.ts'
import type { SessionEvent } from '../events/session-event.ts'
import type { Entry } from '../journal/group.ts'
import { Directory } from './directory.ts'

export const ANA = '5511900000001@s.whatsapp.net'
export const BOB = '5511900000002@s.whatsapp.net'
export const POISON = 'poison@s.whatsapp.net'
export const ANA_LID = '123456789012345@lid'
export const cipher = new SessionCipher('default.main', new Map([[1, randomBytes(32)]]), 1)

/** What a test looks at, or changes. */
export const underTest = {
  nowMs: 0,
  timers: [] as { dueMs: number; run: () => void }[],
  stored: new Map<string, Fields>(),
  /** The number of writes of documents, own records and those that rode along. */
  writes: 0,
  sequence: 0,
  /** The number of queries that fail from now on. */
  fails: 0,
}

/** Forgets what an earlier test kept. */
export function beginAnew(): void {
  Object.assign(underTest, { nowMs: 0, stored: new Map(), writes: 0, fails: 0 })
}

export const clock: Clock = {
  ...systemClock,
  now: () => 1_790_000_000_000 + underTest.nowMs,
  monotonic: () => underTest.nowMs,
  after: (ms, run) => {
    const timer = { dueMs: underTest.nowMs + ms, run }
    underTest.timers.push(timer)
    return () => void (underTest.timers = underTest.timers.filter((one) => one !== timer))
  },
}

/** Lets time pass, with everything that comes due. */
export function pass(ms: number): void {
  underTest.nowMs += ms
  const due = underTest.timers.filter(({ dueMs }) => dueMs <= underTest.nowMs)
  underTest.timers = underTest.timers.filter(({ dueMs }) => dueMs > underTest.nowMs)
  for (const { run } of due) run()
}

const documents = {
  query: ({ collection }: Query) => {
    if (underTest.fails-- > 0) return Promise.reject(new Error('The store is away.'))
    const found = [...underTest.stored].filter(([path]) => path.startsWith(`${collection}/`))
    return Promise.resolve(found.map(([path, fields]) => ({ id: path.split('/').at(-1), path, fields }) as DocumentSnapshot))
  },
} as unknown as DocumentStore

/** Writes what an entry carries, as the journal does. */
export function commit(entry: Entry): void {
  for (const { path, fields } of entry.writes?.({ sequence: ++underTest.sequence, index: 0, prevHash: '' }) ?? []) {
    underTest.stored.set(path, { ...underTest.stored.get(path), ...fields })
    underTest.writes++
  }
  entry.onWritten?.()
}

function nameOf(jid: string): string {
  if (jid === POISON) throw new Error('A name that cannot be told.')
  return jid === ANA_LID ? ANA : jid
}

/** The directory of an owner that has just started. */
export async function start(append: (entry: Entry) => void = commit): Promise<Directory> {
  const directory = open(append)
  await directory.labels(null)
  return directory
}

export function open(append: (entry: Entry) => void = commit): Directory {
  underTest.timers = []
  const directory = new Directory({
    sessionId: 'default.main',
    cipher,
    documents,
    clock,
    logger: createLogger('test', 'silent'),
    nameOf,
    lidOf: (jid) => (jid === ANA ? ANA_LID : null),
    append,
    lastRecord: () => underTest.sequence,
  })
  directory.open()
  return directory
}

export function entries<Name extends DirectoryName>(name: Name): DirectoryEntries[Name][] {
  const path = directoryPath('default.main', name)
  const pages = [...underTest.stored].filter(([one]) => one.startsWith(`${path}/`))
  const opened = pages.map(([one, fields]) => {
    const id = one.split('/').at(-1) ?? ''
    return { id, ...openPage(cipher, name, { id, fields }) }
  })
  return [...entriesOf(opened).values()] as DirectoryEntries[Name][]
}

export const message = (chat: string, more: Partial<ReceivedMessage> = {}, fromHistory = false): Entry => {
  const told = { chat, participant: null, fromMe: false, pushName: null, sentAtMs: clock.now(), ...more }
  return { events: [{ type: 'message.received', message: told, fromHistory } as unknown as SessionEvent] }
}
