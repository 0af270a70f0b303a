import { recoveryActionPath } from '@holdfast/core/operations/recovery-action-document'
import { SERVER_TIME } from '@holdfast/core/platform/ports'
import { afterAll, beforeAll, expect, test } from 'vitest'
import type { Exit } from '../../sandbox/processes.ts'
import { type Chat, EngineWorld, eventually } from '../support/engine-world.ts'
import { slotOf } from '../support/owning-runner.ts'

/** Recoveries that somebody else than the owner asks for, performed by real runners. */

let world: EngineWorld
let chat: Chat

beforeAll(async () => {
  world = await EngineWorld.start({ runners: 2, schedules: false })
  chat = await world.linked('lost')
})

afterAll(async () => {
  const { violations } = await world.simulator.state()
  await world[Symbol.asyncDispose]()
  expect(violations).toEqual([])
})

async function recover(body: object): Promise<{ status: number; body: Record<string, unknown> }> {
  const response = await world.sandbox.api(`/api/sessions/${chat.name}/recover`, { json: body })
  return { status: response.status, body: (await response.json()) as Record<string, unknown> }
}

const untilEnded = (id: string): Promise<Record<string, unknown>> =>
  eventually(async () => {
    const response = await world.sandbox.api(`/api/recoveries/${id}`)
    const action = (await response.json()) as Record<string, unknown>
    expect(['pending', 'running']).not.toContain(action['state'])
    return action
  })

test('a lost session comes back when an operator asks, and a dry run before changes nothing', async () => {
  await chat.fault('refuse', { count: 10_000 })
  await chat.fault('drop')
  await eventually(async () => expect((await world.api.session(chat.name)).state).toBe('BACKOFF'))
  const { logins } = await chat.account()
  expect(await recover({ dryRun: true })).toMatchObject({ status: 200, body: { outcome: 'requested', action: null } })
  await world.clearFaults()
  const { status, body } = await recover({ reason: 'A customer calls.' })
  expect([status, body['outcome']]).toEqual([202, 'requested'])
  const action = await untilEnded((body['action'] as { id: string }).id)
  expect(action).toMatchObject({ state: 'done', why: 'A customer calls.', result: { code: 'connected' } })
  await chat.works()
  expect((await chat.account()).logins).toBeGreaterThan(logins)
  expect((await chat.account()).registrations).toBe(1)
  await chat.untilStatus(await chat.send('after the recovery'), 'delivered')
})

test('a runner that is asked to restart hands its sessions over, ends in order and is started again', async () => {
  const slot = await slotOf(world.sandbox, world.api, chat.name)
  const { runnerId, epoch } = await chat.document()
  const runner = world.sandbox.runner(slot)
  const exited = new Promise<Exit>((resolve) => runner.once('exited', resolve))
  const id = `${String(runnerId)}-restart-runner-000001`
  const asked = { v: 1, tenant: 'default', sessionId: '', type: 'restart-runner', state: 'pending', targetRunner: runnerId }
  const fields = { ...asked, requestedBy: 'sweep', why: 'Most of its sessions are lost.', requestedAt: SERVER_TIME, steps: [] }
  await world.google.documents.commit([{ kind: 'create', path: recoveryActionPath(id), fields }])
  expect(await exited).toMatchObject({ code: 0, signal: null })
  expect(await untilEnded(id)).toMatchObject({
    state: 'done',
    result: { code: 'runner-ended' },
    targetRunner: runnerId,
    session: null,
  })
  await chat.works()
  const after = await chat.document()
  expect(after['runnerId']).not.toBe(runnerId)
  expect(after['epoch']).toBe(Number(epoch) + 1)
  await eventually(() => expect(runner.pid).not.toBeNull())
  await chat.untilStatus(await chat.send('after the restart'), 'delivered')
  expect((await chat.account()).registrations).toBe(1)
})

test('a runner that crashes on request is missed by nobody: its session comes back, and the drill says after how long', async () => {
  const slot = await slotOf(world.sandbox, world.api, chat.name)
  const { runnerId, epoch } = await chat.document()
  const runner = world.sandbox.runner(slot)
  const exited = new Promise<Exit>((resolve) => runner.once('exited', resolve))
  const drill = async () => {
    const response = await world.sandbox.api('/api/fleet/crash-drill', { json: { runner: runnerId } })
    return { status: response.status, action: (await response.json()) as Record<string, unknown> }
  }
  // The heartbeat tells of the session a moment after its document.
  const asked = await eventually(async () => {
    const answer = await drill()
    expect(answer).toMatchObject({ status: 202, action: { type: 'crash-drill', targetRunner: runnerId } })
    return answer
  })
  expect((await drill()).action['id']).toBe(asked.action['id'])
  expect(await exited).toMatchObject({ code: null, signal: 'SIGKILL' })
  await eventually(async () => expect(await chat.document()).toMatchObject({ epoch: Number(epoch) + 1 }))
  await chat.works()
  // The action is judged by the sweep, once the heartbeat of the dead runner is old enough.
  const ended = await eventually(async () => {
    await world.sandbox.fireSchedule('sweep')
    const action = (await (await world.sandbox.api(`/api/recoveries/${String(asked.action['id'])}`)).json()) as Record<
      string,
      unknown
    >
    expect(action['state']).toBe('done')
    return action
  })
  expect(ended).toMatchObject({ result: { code: 'sessions-back' }, evidence: { sessions: 1, wanted: 1, back: 1 } })
  await chat.untilStatus(await chat.send('after the drill'), 'delivered')
  expect((await chat.account()).registrations).toBe(1)
})
