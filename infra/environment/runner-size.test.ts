import { readFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import {
  cpusFor,
  heapMb,
  MEASURED_SESSION_MB,
  memoryFor,
  MEMORY_GIB,
  mostSessions,
  problemsOfSize,
  sizeOf,
} from './runner-size.ts'

test('the memory of a session is that of docs/COST.md', () => {
  const page = readFileSync(new URL('../../docs/COST.md', import.meta.url), 'utf8')
  expect(page).toMatch(
    new RegExp(`\\| resident memory per session, idle and after traffic \\|.*, ${MEASURED_SESSION_MB} MB \\|\n`),
  )
})

test('50 sessions fit into 2 GiB with one CPU', () => {
  expect(sizeOf({ maxConnections: 50 })).toEqual({ maxConnections: 50, memoryGib: 2, cpu: 1 })
  expect(heapMb(2)).toBe(1400)
})

test('every number of sessions gets the smallest container that holds it', () => {
  for (let sessions = 1; sessions <= 1000; sessions++) {
    const size = sizeOf({ maxConnections: sessions })
    expect(problemsOfSize(size)).toEqual([])
    if (size.memoryGib > MEMORY_GIB.least) expect(mostSessions(size.memoryGib - 1)).toBeLessThan(sessions)
  }
  expect(memoryFor(2000)).toBeNull()
})

test('heap and the rest of a runner stay below the share of memory at which it hands its sessions over', () => {
  const [share, outsideOfHeapMb] = [0.9, 100]
  for (let gib = MEMORY_GIB.least; gib <= MEMORY_GIB.most; gib++) {
    expect(heapMb(gib) + outsideOfHeapMb).toBeLessThan(gib * 1024 * share)
  }
})

test('a container that cannot hold the sessions is refused, with the one that can', () => {
  expect(problemsOfSize({ cpu: 1, memoryGib: 2, maxConnections: 200 })).toEqual([
    { field: 'memoryGib', problem: '2 GiB hold 69 sessions, and not 200: they need 6 GiB' },
  ])
})

test('memory that Cloud Run does not give with so many CPUs is refused', () => {
  expect([4, 5, 8, 9, 16, 17].map(cpusFor)).toEqual([1, 2, 2, 4, 4, 8])
  expect(problemsOfSize({ cpu: 1, memoryGib: 8, maxConnections: 50 })).toEqual([
    { field: 'cpu', problem: 'Cloud Run gives 1 CPU(s) 1 to 4 GiB, and not 8' },
  ])
  expect(problemsOfSize({ cpu: 8, memoryGib: 2, maxConnections: 50 })).toMatchObject([{ field: 'cpu' }])
})
