import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { JOBS, jobPath, type JobStatus } from '@holdfast/core/message/job-document'
import { createLogger } from '@holdfast/core/platform/logging'
import { SERVER_TIME, type DocumentStore, type Query } from '@holdfast/core/platform/ports'
import { systemClock } from '@holdfast/core/platform/system-clock'
import { JobFeed } from '../../../runner/src/supervisor/job-feed.ts'
import { type FirestoreUnderTest, startFirestore } from '../../support/firestore-under-test.ts'

let firestore: FirestoreUnderTest
let prefix = 0

beforeAll(async () => {
  firestore = await startFirestore()
})

afterAll(async () => {
  await firestore[Symbol.asyncDispose]()
})

/** A feed that notes its listeners and the jobs that it delivers to each session. */
function newFeed() {
  const { documents } = firestore.clients
  const asked: Query[] = []
  let fetches = 0
  let isDeaf = false
  const listening: DocumentStore = {
    commit: (changes) => documents.commit(changes),
    read: (path) => documents.read(path),
    query: async (query) => {
      const found = await documents.query(query)
      fetches++
      return found
    },
    listen: (query, onEvents, onError) => {
      asked.push(query)
      if (isDeaf) {
        setImmediate(() => onError(new Error('FAILED_PRECONDITION: the index is being built (made by the test)')))
        return () => {}
      }
      return documents.listen(query, onEvents, onError)
    },
  }
  const feed = new JobFeed({ documents: listening, clock: systemClock, logger: createLogger('test', 'silent') })
  const heard = new Map<string, Set<string>>()
  const name = `default.feed${++prefix}`
  const ends: (() => void)[] = []
  return {
    asked,
    feed,
    join(session: string) {
      const ids = new Set<string>()
      heard.set(session, ids)
      ends.push(feed.subscribe(`${name}-${session}`, (jobs) => jobs.forEach(({ id }) => ids.add(id))))
      return ids
    },
    async queue(session: string, id: string, queuedAt: Date | typeof SERVER_TIME = SERVER_TIME, status: JobStatus = 'pending') {
      const fields = { sessionId: `${name}-${session}`, status, queuedAt }
      const commit = () => documents.commit([{ kind: 'merge', path: jobPath(`${name}-${id}`), fields }])
      // The emulator answers now and then with UNKNOWN to a commit that meets a listener which is just being set up.
      await commit().catch(commit)
    },
    fetches: () => fetches,
    deafen: () => (isDeaf = true),
    brought: (session: string) => expect.poll(() => [...(heard.get(session) ?? [])].map((id) => id.replace(`${name}-`, ''))),
    [Symbol.dispose]: () => ends.forEach((end) => end()),
  }
}

const filters = ({ where = [] }: Query) => where.map(([field]) => field)

describe('the only runner', () => {
  test('listens once to all queued jobs, and delivers to each session its own', async () => {
    using one = newFeed()
    one.feed.alone(true)
    one.join('a')
    await one.queue('a', '1')
    await one.brought('a').toEqual(['1'])
    await one.queue('b', '2')
    one.join('b')
    await one.brought('b').toEqual(['2'])
    await one.queue('nobody', '3')
    await one.queue('b', '4')
    await one.brought('b').toEqual(['2', '4'])
    await one.brought('a').toEqual(['1'])
    expect(one.asked.map(filters)).toEqual([['status']])
    expect(one.asked[0]).toMatchObject({ collection: JOBS, limit: 1 })
  })

  test('delivers a job that becomes visible late, after a newer job of a session that it does not own', async () => {
    using one = newFeed()
    one.feed.alone(true)
    one.join('a')
    await one.queue('a', '1')
    await one.brought('a').toEqual(['1'])
    const before = one.fetches()
    await one.queue('nobody', '2', new Date(Date.now() + 2000))
    await expect.poll(one.fetches).toBeGreaterThan(before)
    await one.queue('a', '3', new Date(Date.now() + 1000))
    await one.brought('a').toEqual(['1', '3'])
  })

  test('listens to its own sessions as soon as another runner appears', async () => {
    using one = newFeed()
    one.feed.alone(true)
    one.join('a')
    await one.queue('a', '1')
    await one.brought('a').toEqual(['1'])
    one.feed.alone(false)
    await one.queue('a', '2')
    await one.brought('a').toEqual(['1', '2'])
    expect(one.asked.map(filters)).toEqual([['status'], ['sessionId', 'status']])
  })
})

test('one of several runners listens to its own sessions, and starts a new listener when they change', async () => {
  using one = newFeed()
  one.join('a')
  await one.queue('a', '1')
  await one.brought('a').toEqual(['1'])
  one.join('b')
  await one.queue('b', '2')
  await one.brought('b').toEqual(['2'])
  expect(one.asked.map(filters)).toEqual([
    ['sessionId', 'status'],
    ['sessionId', 'status'],
  ])
})

test.each([true, false])(
  'a job that was canceled before its session read it is not delivered (only runner: %s)',
  async (isAlone) => {
    using one = newFeed()
    one.feed.alone(isAlone)
    await one.queue('a', 'cancelled before', SERVER_TIME, 'canceled')
    await one.queue('a', '1')
    one.join('a')
    await one.brought('a').toEqual(['1'])
    await one.queue('a', 'cancelled meanwhile', SERVER_TIME, 'canceled')
    await one.queue('a', '2')
    await one.brought('a').toEqual(['1', '2'])
  },
)

test.each([true, false])('the newest job is delivered again when it returns to the queue (only runner: %s)', async (isAlone) => {
  using one = newFeed()
  one.feed.alone(isAlone)
  const heard = one.join('a')
  for (const id of ['1', '2', '3']) {
    await one.queue('a', id)
    await expect.poll(() => heard.size).toBe(Number(id))
  }
  heard.clear()
  await one.queue('a', '3')
  await one.brought('a').toEqual(['3'])
})

test('a feed without a working listener, as before its index is built, still queries the queue', async () => {
  using one = newFeed()
  one.deafen()
  one.join('a')
  await one.queue('a', '1')
  await one.brought('a').toEqual(['1'])
  await one.queue('a', '2')
  await one.brought('a').toEqual(['1', '2'])
})
