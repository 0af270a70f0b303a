import { afterAll, beforeAll, expect, it } from 'vitest'
import { HOUR_MS, MINUTE_MS, QueueUnderTest } from '../queue/queue-under-test.ts'
import { sweep } from '../../../functions/src/use-cases/sweep.ts'
import { reportedSession, runnerChange } from '../../support/fleet-documents.ts'

let queue: QueueUnderTest
beforeAll(async () => {
  queue = await QueueUnderTest.start('main', 'left', 'orphan', 'nobodys')
})
afterAll(() => queue[Symbol.asyncDispose]())

const run = () => sweep(queue.dependencies)

/** Everything that the sweep may have written, by its path, with how often each alert was opened. */
async function written() {
  const { documents } = queue.api
  const [alerts, health, actions] = await Promise.all(
    ['health_alerts', 'health_status', 'recovery_actions'].map((collection) => documents.query({ collection })),
  )
  return {
    alerts: alerts?.map(({ id, fields }) => [id, fields['state'], fields['opening']]),
    health: health?.map(({ id, fields }) => [id, fields['status']]),
    actions: actions?.map(({ fields }) => [fields['sessionId'], fields['state']]),
  }
}

it('two sweeps at once over a mess do what one would have done', async () => {
  const { documents } = queue.api
  const past = new Date(queue.now() - HOUR_MS)
  const overdue = await queue.job({ attempts: 1, nextAttemptAt: past })
  const later = await queue.job({ queuedAt: null, sendAt: past })
  const expired = await queue.job({ expiresAt: new Date(queue.now() - MINUTE_MS) })
  const failed = await queue.job({
    status: 'failed',
    failedAt: new Date(queue.now()),
    lastError: { code: 'whatsapp-400', message: '' },
  })
  await documents.commit([
    runnerChange('r-alive', { 'default.main': reportedSession() }),
    // It vouches for a session that it lost long ago.
    runnerChange('r-dead', { 'default.left': reportedSession() }, { deadAfterMs: -1 }),
    { kind: 'create', path: 'recovery_actions/default.left-000001', fields: stuckAction(past) },
  ])
  const since = new Date(queue.now() - 2 * HOUR_MS)
  const connected = { state: 'CONNECTED', reason: 'logged-in', since, lastProofOfLifeAt: since, epoch: 1 }
  await queue.api.asOwner('main', { ...connected, runnerId: 'r-alive' })
  await queue.api.asOwner('left', { ...connected, runnerId: 'r-dead' })
  await queue.api.asOwner('orphan', { ...connected, runnerId: 'r-gone' })

  const jobs = [overdue, later, expired, failed]
  const lengths = await Promise.all(jobs.map(async (job) => (await queue.read(job)).timeline.length))
  const before = (await documents.query({ collection: 'runners' })).map(({ fields }) => fields)
  const [one, other] = await Promise.all([run(), run()])
  const sum = (key: keyof typeof one) => one[key] + other[key]
  expect([sum('overdue'), sum('expired')]).toEqual([2, 1])
  for (const [place, [status, entries]] of (
    [
      ['pending', 0],
      ['pending', 0],
      ['failed', 1],
      ['failed', 0],
    ] as const
  ).entries()) {
    const { status: now, timeline } = await queue.read(jobs[place] ?? '')
    expect([place, now, timeline.length - (lengths[place] ?? 0)]).toEqual([place, status, entries])
  }
  // The document of the orphan is fresh: its owner may have only just lost its heartbeat.
  expect(sum('marked')).toBe(1)
  const stateOf = async (name: string) => (await documents.read(`whatsapp_connection_states/default.${name}`))?.fields['state']
  expect([await stateOf('left'), await stateOf('orphan'), await stateOf('main')]).toEqual([
    expect.not.stringMatching('CONNECTED'),
    'CONNECTED',
    'CONNECTED',
  ])

  const after = await written()
  expect(new Set(after.health?.map(([id]) => id)).size).toBe(after.health?.length)
  expect(after.health).toContainEqual(['runner.r-dead', 'critical'])
  expect(after.alerts?.filter(([, , opening]) => opening !== 1)).toEqual([])
  expect((await documents.query({ collection: 'runners' })).map(({ fields }) => fields)).toEqual(before)

  // A third run finds nothing left to do.
  const third = await run()
  expect(third).toMatchObject({ overdue: 0, enqueued: 0, expired: 0, moved: 0, marked: 0 })
})

const stuckAction = (requestedAt: Date) => ({
  v: 1,
  tenant: 'default',
  sessionId: 'default.left',
  type: 'restart',
  state: 'running',
  requestedBy: 'api',
  why: 'A test.',
  requestedAt,
  startedAt: requestedAt,
  runnerId: 'r-dead',
  epoch: 1,
})
