import { beforeEach, expect, test } from 'vitest'
import { Audience } from './audience.ts'
import { type Micros, valueOf, type Write } from './messages.ts'
import { planOf } from './plan.ts'
import { Store } from './store.ts'
import { Target } from './target.ts'

// A listener whose stream has broken names the time up to which it has heard, and is told what it has missed.

const ROOT = 'projects/p/databases/(default)/documents'

let store: Store
let audience: Audience

beforeEach(() => {
  store = new Store()
  audience = new Audience(store)
})

const writeOf = (id: string, n: number | null) =>
  ({
    operation: n === null ? 'delete' : 'update',
    update: { name: `${ROOT}/jobs/${id}`, fields: { n: valueOf({ integerValue: n ?? 0 }) } },
    delete: `${ROOT}/jobs/${id}`,
    updateMask: null,
    updateTransforms: [],
    currentDocument: null,
  }) as Write

const set = (id: string, n: number | null): Micros => store.commit([writeOf(id, n)]).at

/** All jobs whose number is above zero. */
const PLAN = planOf(ROOT, {
  select: null,
  from: [{ collectionId: 'jobs', allDescendants: false }],
  where: {
    filterType: 'fieldFilter',
    fieldFilter: { field: { fieldPath: 'n' }, op: 3, value: valueOf({ integerValue: 0 }) },
    compositeFilter: { op: 0, filters: [] },
    unaryFilter: { field: { fieldPath: '' }, op: 0 },
  },
  orderBy: [],
  startAt: null,
  endAt: null,
  offset: 0,
  limit: null,
  findNearest: null,
})

function listen(since: Micros | null) {
  const told: string[] = []
  const outlet = {
    document: ({ name }: { readonly name: string }) => told.push(`+${name.slice(-1)}`),
    gone: (name: string, isDeleted: boolean) => told.push(`${isDeleted ? '--' : '-'}${name.slice(-1)}`),
    reset: () => told.push('reset'),
    upTo: (_: Micros, isFirst: boolean) => told.push(isFirst ? 'all' : 'so far'),
  }
  return { told, target: new Target(PLAN, { store, audience, outlet }, since) }
}

test('a new listener is told what is there, and then what changes', () => {
  set('a', 1)
  set('b', -1)
  const { told, target } = listen(null)
  expect(told.splice(0)).toEqual(['+a', 'all'])
  set('b', 2)
  set('c', -3)
  set('a', -1)
  set('b', null)
  expect(told.splice(0)).toEqual(['+b', 'so far', '-a', 'so far', '--b', 'so far'])
  target.end()
  set('d', 4)
  expect(told).toEqual([])
})

test('one that comes back is told what it has missed, and nothing else', () => {
  set('a', 1)
  set('b', 1)
  const heardUntil = set('c', 1)
  set('a', 2)
  set('b', null)
  set('d', 1)
  set('d', null)
  expect(listen(heardUntil).told).toEqual(['+a', '--b', 'all'])
})

test('one that was away for longer than is remembered begins anew', () => {
  const heardUntil = set('a', 1)
  for (let n = 1; n <= 20_001; n++) set('b', n)
  expect(listen(heardUntil - 1).told).toEqual(['reset', '+a', '+b', 'all'])
})
