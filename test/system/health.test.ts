import { afterAll, beforeAll, expect, test } from 'vitest'
import { type Chat, EngineWorld, eventually } from '../support/engine-world.ts'

/** What the sweep writes about a fleet of real runners, and what the API shows of it. */

let world: EngineWorld
let chat: Chat

// A busy machine must not make the runner unwell.
beforeAll(async () => {
  world = await EngineWorld.start({ schedules: false, functionsEnv: { CPU_THRESHOLD: '100', MEMORY_THRESHOLD: '100' } })
  chat = await world.linked('watched')
})

afterAll(async () => {
  const { violations } = await world.simulator.state()
  await world[Symbol.asyncDispose]()
  expect(violations).toEqual([])
})

async function asked(path: string): Promise<Record<string, unknown>> {
  const response = await world.sandbox.api(path)
  expect(response.status).toBe(200)
  return (await response.json()) as Record<string, unknown>
}

const sweep = () => world.sandbox.fireSchedule('sweep')

const written = async () =>
  Object.fromEntries(
    (await world.google.documents.query({ collection: 'health_status' })).map(({ id, fields }) => [id, fields['status']]),
  )

test('a runner that hangs is in the health that the next sweep writes, and GET /health reads it', async () => {
  const { runnerId } = await chat.document()
  const runner = `runner.${String(runnerId)}`
  // The runner vouches for the session with its next heartbeat.
  await eventually(async () => {
    await sweep()
    expect(await written()).toEqual({ fleet: 'healthy', [runner]: 'healthy' })
    expect(await asked('/health')).toMatchObject({
      status: 'healthy',
      measuredAt: expect.any(String),
      connections: { total: 1, active: 1, failed: 0, recovering: 0 },
      runners: [{ id: runnerId, state: 'active', sessions: 1 }],
    })
  })

  world.sandbox.runner('runner-1').kill('SIGSTOP')
  await eventually(async () => {
    await sweep()
    expect(await written()).toMatchObject({ fleet: 'critical', [runner]: 'critical', 'session.default.watched': 'degraded' })
  })
  await eventually(async () =>
    expect(await asked('/health')).toMatchObject({
      status: 'critical',
      measuredAt: expect.any(String),
      connections: { total: 1, active: 0, recovering: 1 },
      runners: [{ id: runnerId, state: 'dead' }],
      problems: expect.arrayContaining([expect.objectContaining({ code: 'no-runner' })]),
    }),
  )
  const page = await asked('/api/status')
  expect(page).toMatchObject({ status: 'critical', incidents: [{ until: null }] })
  expect(JSON.stringify(page)).not.toMatch(/watched|runner-/)

  world.sandbox.runner('runner-1').kill('SIGCONT')
  await chat.works()
  await eventually(async () => {
    await sweep()
    expect(await written()).toEqual({ fleet: 'healthy', [runner]: 'healthy' })
  })
  await eventually(async () =>
    expect(await asked('/api/status')).toMatchObject({ status: 'healthy', incidents: [{ until: expect.any(String) }] }),
  )
  expect(await asked('/api/fleet')).toMatchObject({
    sessions: { total: 1, active: 1, unplaced: 0 },
    size: { sentence: expect.any(String) },
    runners: [{ id: runnerId, connected: 1, health: { status: 'healthy' } }],
  })
})

test('the counters of the runners come with their heartbeats', async () => {
  await eventually(async () => {
    await sweep()
    const page = await (await world.sandbox.api('/metrics')).text()
    expect(Number(/^holdfast_document_writes_total (\d+)$/m.exec(page)?.[1])).toBeGreaterThan(0)
    expect(page).toMatch(/^holdfast_sessions_connected 1$/m)
  })
})
