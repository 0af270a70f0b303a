import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { findProgram } from '../../support/find-program.ts'
import { PROJECT } from '../../support/google-recorder/world.ts'
import { DeployedWorld } from './deployed-world.ts'
import { ScriptedFleet } from './scripted-fleet.ts'

const POOL = { words: ['--only', 'worker pool'] }
const WATCH_MINUTES = 0.03

const gcloud = findProgram('gcloud')
const isPossible = gcloud !== null && findProgram('openssl') !== null

/** Each change is a command of the real gcloud, which takes seconds of a busy machine. */
describe.skipIf(!isPossible)('a new revision in a fleet of ten', { timeout: 300_000 }, () => {
  let world: DeployedWorld
  let fleet: ScriptedFleet
  let old: string
  let newest: string

  beforeEach(async () => {
    world = await DeployedWorld.open({ gcloud: gcloud ?? '', environment: { rollOut: { watchMinutes: WATCH_MINUTES } } })
    const { world: project } = world.recorder
    for (const service of ['run', 'firestore']) project.enabled.add(`${service}.googleapis.com`)
    project.things.set(`firestore.googleapis.com/v1/projects/${PROJECT}/databases/(default)`, {})
    fleet = new ScriptedFleet(project)
    expect(await world.infra('apply', POOL)).toMatchObject({ code: 0 })
    old = fleet.pool.newest
    fleet.change((pool) => {
      const { metadata, spec } = pool as { metadata: { annotations: object }; spec: { template: { spec: object } } }
      Object.assign(metadata.annotations, { 'run.googleapis.com/manualInstanceCount': '10' })
      Object.assign(spec.template.spec, { serviceAccountName: 'of-an-earlier-version' })
    })
    const applied = await world.infra('apply', POOL)
    expect(applied).toMatchObject({ code: 0, result: { changed: 1 } })
    newest = fleet.pool.newest
    expect(newest).not.toBe(old)
    expect(fleet.pool.splits).toEqual([at(old, 100)])
    expect(applied.told).toContain(`0 % of the instances are of ${newest}`)
  }, 300_000)

  afterEach(() => world.close())

  const at = (revisionName: string, percent: number) => ({ revisionName, percent })

  /** The splits that the pool was given since then, one after the other. */
  const splitsSince = (count: number) =>
    world.recorder.changesSince(count).map(({ body }) => (body as { spec: { instanceSplits: object[] } }).spec.instanceSplits)

  test('takes a tenth, a half, and all of the instances, keeps their number, and knows its way back after that', async () => {
    const before = world.recorder.requests.length
    // One step has to wait for a session.
    let looks = 0
    fleet.unowned = () => (++looks === 1 ? 1 : 0)
    const ended = await world.infra('roll')
    expect(ended).toMatchObject({ code: 0, result: { end: 'over', newest, share: 100 } })
    expect(ended.told).toContain('wait  1 sessions have no owner.')
    expect(splitsSince(before)).toEqual([
      [at(newest, 10), at(old, 90)],
      [at(newest, 50), at(old, 50)],
      [at(newest, 100)],
      [{ latestRevision: true, percent: 100 }],
    ])
    expect(fleet.pool.newest).toBe(newest)
    expect(JSON.stringify(world.recorder.world.things.get('run:workerpools/holdfast-runner'))).toContain(
      '"run.googleapis.com/manualInstanceCount":"10"',
    )
    const after = world.recorder.requests.length
    expect(await world.infra('roll')).toMatchObject({ code: 0, result: { end: 'over' } })
    expect(splitsSince(after)).toEqual([])
    expect(await world.infra('roll', { words: ['--back'] })).toMatchObject({ code: 0, result: { end: 'back' } })
    // As a kill in the last step leaves it.
    fleet.change(({ spec }) => Object.assign(spec as object, { instanceSplits: [at(newest, 100)] }))
    fleet.sick = { revision: newest, ends: 3 }
    expect(await world.infra('roll')).toMatchObject({ code: 1, result: { end: 'back', share: 0 } })
    expect(splitsSince(after)).toEqual([[at(old, 100)], [at(old, 100)]])
  })

  test('is given up when its runners end by themselves, with the reason', async () => {
    const before = world.recorder.requests.length
    fleet.sick = { revision: newest, ends: 3 }
    const ended = await world.infra('roll')
    const reason = `3 runners of ${newest} have ended by themselves.`
    expect(ended).toMatchObject({ code: 1, result: { end: 'back', share: 0, reasons: [reason] } })
    expect(ended.told).toContain(`BACK  ${reason}`)
    expect(splitsSince(before)).toEqual([[at(newest, 10), at(old, 90)], [at(old, 100)]])
    const { told } = await world.infra('doctor')
    expect(told).toContain(`BAD   no roll-out stands half way: 0 % of the instances are of ${newest}`)
    expect(told).toContain(`held at ${old} by a step back`)
  })

  test('goes on where it was after a kill and after Ctrl-C, and can be taken back', async () => {
    const before = world.recorder.requests.length
    const looked = (act: () => void) => (fleet.onLook = () => (fleet.pool.splits.length === 2 ? act() : undefined))
    looked(() => world.kill())
    await world.infra('roll')
    expect(fleet.pool.splits).toEqual([at(newest, 10), at(old, 90)])
    fleet.unownedSessions = 1
    looked(() => world.interrupt())
    const stopped = await world.infra('roll')
    expect(stopped).toMatchObject({ code: 130, result: { end: 'stopped', share: 10 } })
    expect(stopped.told).toContain(`Stopped. 10 % of the instances are of ${newest}, the newest revision, 90 % of ${old}.`)
    expect(splitsSince(before)).toEqual([[at(newest, 10), at(old, 90)]])
    fleet.onLook = () => {}
    expect(await world.infra('roll', { words: ['--back'] })).toMatchObject({ code: 0, result: { end: 'back' } })
    expect(fleet.pool.splits).toEqual([at(old, 100)])
  })
})

const RUNNERS = { words: ['--only', 'holdfast-runner'] }

test.skipIf(!isPossible)('the real gcloud moves the runners from a worker pool to a service', { timeout: 180_000 }, async () => {
  const world = await DeployedWorld.open({ gcloud: gcloud ?? '' })
  const { recorder } = world
  for (const service of ['run', 'artifactregistry']) recorder.world.enabled.add(`${service}.googleapis.com`)
  const kinds = () => [...recorder.world.things.keys()].filter((key) => key.startsWith('run:'))
  try {
    expect(await world.infra('apply', RUNNERS)).toMatchObject({ code: 0, result: { changed: 1, failed: 0 } })
    expect(kinds()).toEqual(['run:workerpools/holdfast-runner'])

    world.wish({ runner: { platform: 'service' } })
    expect(await world.infra('plan', RUNNERS)).toMatchObject({
      code: 2,
      told: expect.stringContaining(
        '- worker pool holdfast-runner (the runners are a service now: every session moves to it once)',
      ) as unknown,
    })
    const before = recorder.requests.length
    expect(await world.infra('apply', RUNNERS)).toMatchObject({ code: 0, result: { changed: 2, failed: 0 } })
    expect(kinds()).toEqual(['run:services/holdfast-runner'])
    const changes = recorder.changesSince(before).map(({ method, path }) => `${method} ${path}`)
    expect(changes).toEqual([expect.stringContaining('/services'), expect.stringMatching(/DeleteWorkerPool$/)])

    expect(await world.infra('apply', RUNNERS)).toMatchObject({ code: 0, result: { changed: 0, failed: 0 } })
  } finally {
    await world.close()
  }
})
