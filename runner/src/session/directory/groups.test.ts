import { randomBytes } from 'node:crypto'
import { ALL_GROUPS, type Group, groupsPath, openGroup } from '@holdfast/core/operations/group-document'
import { createLogger } from '@holdfast/core/platform/logging'
import type { Clock, DocumentSnapshot, DocumentStore, Fields } from '@holdfast/core/platform/ports'
import { systemClock } from '@holdfast/core/platform/system-clock'
import { SessionCipher } from '@holdfast/core/security/envelope'
import { beforeEach, expect, it } from 'vitest'
import { QuestionRefused } from '../../whatsapp/questions.ts'
import type { Entry } from '../journal/group.ts'
import { Groups } from './groups.ts'

const ONE = '120363000000000001@g.us'
const TWO = '120363000000000002@g.us'
const cipher = new SessionCipher('default.main', new Map([[1, randomBytes(32)]]), 1)

let stored: Map<string, Fields>
let there: Map<string, Group>
let due: (() => void) | null
let asked: string[]
/** Called once with a question, when its answer is known and not given yet. */
let whileAsked: (() => void) | null
/** The status with which WhatsApp refuses to describe a group. */
let refusals: Map<string, number>
/** The number of queries of the store that fail from now on. */
let fails: number

const clock: Clock = {
  ...systemClock,
  after: (_, run) => {
    due = run
    return () => void (due = null)
  },
}

const documents = {
  query: () =>
    fails-- > 0
      ? Promise.reject(new Error('The store is away.'))
      : Promise.resolve([...stored].map(([id, fields]) => ({ id, path: id, fields }) as DocumentSnapshot)),
} as unknown as DocumentStore

const group = (id: string, subject: string): Group => ({
  id,
  subject,
  description: null,
  owner: null,
  createdAt: null,
  announce: false,
  restrict: false,
  memberAdd: false,
  joinApproval: false,
  participants: [],
})

const questions = {
  groups: () => {
    asked.push('all')
    const answer = { groups: [...there.values()] }
    happen()
    return Promise.resolve(answer)
  },
  group: ({ group: id }: { group: string }) => {
    asked.push(id)
    const found = there.get(id)
    const status = refusals.get(id) ?? 403
    happen()
    if (found && !refusals.has(id)) return Promise.resolve({ group: found })
    return Promise.reject(new QuestionRefused('refused', 'Not told.', status))
  },
}

function happen(): void {
  const happens = whileAsked
  whileAsked = null
  happens?.()
}

function commit(entry: Entry): void {
  for (const { path, fields } of entry.writes?.({ sequence: 1, index: 0, prevHash: '' }) ?? []) {
    const id = path.slice(groupsPath('default.main').length + 1)
    stored.set(id, { ...stored.get(id), ...fields })
  }
  entry.onWritten?.()
}

function start(): Groups {
  const groups = new Groups({
    sessionId: 'default.main',
    cipher,
    documents,
    clock,
    logger: createLogger('test', 'silent'),
    append: commit,
  })
  groups.connected(questions)
  return groups
}

const settled = () => new Promise((resolve) => setImmediate(resolve))

/** Lets the timer of the groups come due. */
async function pass(): Promise<void> {
  const run = due
  due = null
  run?.()
  await settled()
}

const subjectOf = (id: string): string | null => {
  const content = stored.get(id)?.['content']
  return content instanceof Uint8Array ? openGroup(cipher, id, content).subject : null
}

beforeEach(() => {
  stored = new Map()
  there = new Map([ONE, TWO].map((id) => [id, group(id, `Group ${id.at(17) ?? ''}`)]))
  due = null
  asked = []
  whileAsked = null
  refusals = new Map()
  fails = 0
})

it('stores no group before somebody has asked for them', async () => {
  const groups = start()
  await settled()
  groups.changed(ONE)
  await pass()
  expect([stored.size, asked]).toEqual([0, []])
  await groups.list()
  expect([...stored.keys()].toSorted()).toEqual([ONE, TWO, ALL_GROUPS].toSorted())
  expect(subjectOf(ONE)).toBe('Group 1')
})

it('marks a changed group at once, and describes it anew a while later, once', async () => {
  const groups = start()
  await groups.list()
  there.set(ONE, group(ONE, 'Renamed'))
  groups.changed(ONE)
  groups.changed(ONE)
  expect(stored.get(ONE)).toMatchObject({ isStale: true })
  await pass()
  expect(asked).toEqual(['all', ONE])
  expect(stored.get(ONE)).toMatchObject({ isStale: false })
  expect(subjectOf(ONE)).toBe('Renamed')
})

it('asks after a start for the groups that an earlier owner has marked', async () => {
  const earlier = start()
  await earlier.list()
  there.set(TWO, group(TWO, 'Renamed'))
  earlier.changed(TWO)
  earlier.close()
  start()
  await settled()
  expect(subjectOf(TWO)).toBe('Renamed')
  expect(asked).toEqual(['all', TWO])
})

it('leaves a group stale that changes while it is asked for', async () => {
  const groups = start()
  await groups.list()
  groups.changed(ONE)
  whileAsked = () => groups.changed(ONE)
  await pass()
  expect(stored.get(ONE)).toMatchObject({ isStale: true })
  await pass()
  expect(stored.get(ONE)).toMatchObject({ isStale: false })
})

it('forgets a group that the account is not in any more', async () => {
  const groups = start()
  await groups.list()
  there.delete(ONE)
  groups.changed(ONE)
  await pass()
  expect(stored.get(ONE)).toMatchObject({ isGone: true, content: null, isStale: false })
  there.delete(TWO)
  await groups.list()
  expect(stored.get(TWO)).toMatchObject({ isGone: true, content: null })
})

it('marks the groups that changed before the stored ones were read', async () => {
  await start().list()
  there.set(ONE, group(ONE, 'Renamed'))
  const groups = start()
  groups.changed(ONE)
  await settled()
  expect(subjectOf(ONE)).toBe('Renamed')
})

it('asks again for a group that changed while all were asked for, for the first time', async () => {
  const groups = start()
  await settled()
  whileAsked = () => {
    there.set(ONE, group(ONE, 'Renamed'))
    groups.changed(ONE)
  }
  await groups.list()
  expect(stored.get(ONE)).toMatchObject({ isStale: true })
  await pass()
  expect(stored.get(ONE)).toMatchObject({ isStale: false })
  expect(subjectOf(ONE)).toBe('Renamed')
})

it('keeps a group that WhatsApp refuses to describe now, and asks for the others', async () => {
  const groups = start()
  await groups.list()
  for (const id of [ONE, TWO]) there.set(id, group(id, 'Renamed'))
  refusals.set(ONE, 429)
  groups.changed(ONE)
  groups.changed(TWO)
  await pass()
  expect(stored.get(ONE)).toMatchObject({ isStale: true, isGone: false })
  expect(subjectOf(TWO)).toBe('Renamed')
  refusals.clear()
  await pass()
  expect(subjectOf(ONE)).toBe('Renamed')
})

it('tries again to bring the groups up to date after a store that did not answer', async () => {
  const earlier = start()
  await earlier.list()
  there.set(TWO, group(TWO, 'Renamed'))
  earlier.changed(TWO)
  earlier.close()
  fails = 1
  start()
  await settled()
  expect(subjectOf(TWO)).toBe('Group 2')
  await pass()
  expect(subjectOf(TWO)).toBe('Renamed')
})
