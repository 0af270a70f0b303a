import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { findProgram } from '../../support/find-program.ts'
import { type Fields, PROJECT, REGION } from '../../support/google-recorder/world.ts'
import { DeployedWorld } from './deployed-world.ts'
import type { Asked, Struck } from './strikes.ts'

const gcloud = findProgram('gcloud')
const isPossible = gcloud !== null && findProgram('openssl') !== null

const SECRETS = `secretmanager.googleapis.com/v1/projects/${PROJECT}/secrets`
const FUNCTION = `cloudfunctions.googleapis.com/v2/projects/${PROJECT}/locations/${REGION}/functions/api`
const OLD = 'the-old-key-of-the-operator'

/** Whoever adds a version dies once, after the version is there. */
class OneStrike {
  count = 0
  isArmed = false

  next({ what }: Asked): Struck | null {
    if (!this.isArmed || !what.includes('API_KEY')) return null
    this.isArmed = false
    this.count++
    return { fate: 'after', everything: true }
  }
}

describe.skipIf(!isPossible)('the key of the operator', { timeout: 400_000 }, () => {
  let world: DeployedWorld
  const strikes = new OneStrike()

  beforeEach(async () => {
    world = await DeployedWorld.open({ gcloud: gcloud ?? '', strikes, environment: { api: { access: 'internal' } } })
    const { things, values, enabled } = world.recorder.world
    for (const service of [
      'run',
      'cloudfunctions',
      'cloudtasks',
      'cloudscheduler',
      'secretmanager',
      'iam',
      'artifactregistry',
      'compute',
    ])
      enabled.add(`${service}.googleapis.com`)
    for (const account of ['api', 'tasks', 'sweeper', 'maintainer', 'cleaner', 'alerts', 'webhooks'])
      things.set(accountKey(account), { email: account })
    for (const name of ['API_KEY', 'SESSION_ENCRYPTION_KEY', 'NOTIFICATION_SECRETS']) {
      things.set(`${SECRETS}/${name}`, { name })
      things.set(`${SECRETS}/${name}/versions/1`, { name: `projects/1/secrets/${name}/versions/1`, state: 'ENABLED' })
    }
    values.set(`${SECRETS}/API_KEY/versions/1`, Buffer.from(`${OLD}\n`).toString('base64'))
    for (const part of ['service holdfast-api', 'functions', 'ingress'])
      expect(await world.infra('apply', { words: ['--only', part] })).toMatchObject({ code: 0 })
  }, 300_000)

  afterEach(() => world.close())

  const accountKey = (name: string) =>
    `iam.googleapis.com/v1/projects/${PROJECT}/serviceAccounts/holdfast-${name}@${PROJECT}.iam.gserviceaccount.com`

  const thing = (key: string) => world.recorder.world.things.get(key) as Fields

  /** The state of each version, the first one first. */
  const states = () => world.recorder.world.below(`${SECRETS}/API_KEY/versions/`).map(({ state }) => state)

  const keysOf = (version: number) =>
    Buffer.from(world.recorder.world.values.get(`${SECRETS}/API_KEY/versions/${version}`) ?? '', 'base64')
      .toString()
      .split(',')

  /** The version of the key that the function has, and the one that the server has. */
  const deployed = () => [
    (thing(FUNCTION)['serviceConfig'] as { secretEnvironmentVariables: Fields[] }).secretEnvironmentVariables.find(
      ({ key }) => key === 'API_KEY',
    )?.['version'],
    /"API_KEY","key":"(\d+)"|"key":"(\d+)","name":"API_KEY"/
      .exec(JSON.stringify(thing('run:services/holdfast-api')))
      ?.slice(1)
      .find(Boolean),
  ]

  test('is replaced in two steps, which can both be cut short, and is shown nowhere', async () => {
    expect(deployed()).toEqual(['1', '1'])
    strikes.isArmed = true
    const cut = await world.infra('rotate', { words: ['API_KEY'] })
    expect(cut.result).toBeNull()
    expect(states()).toEqual(['ENABLED', 'ENABLED'])
    expect(deployed()).toEqual(['1', '1'])
    const early = await world.infra('rotate', { words: ['API_KEY', '--finish'] })
    expect(early, early.told).toMatchObject({ code: 1, result: { end: 'refused' } })

    const begun = await world.infra('rotate', { words: ['API_KEY'] })
    expect(begun, begun.told).toMatchObject({ code: 0, result: { end: 'overlap', version: '2' } })
    const [fresh = '', old] = keysOf(2)
    expect(old).toBe(OLD)
    expect(fresh).toMatch(/^[0-9a-f]{48}$/)
    expect(states()).toEqual(['ENABLED', 'ENABLED'])
    expect(deployed()).toEqual(['2', '2'])
    expect(begun.told).toContain(`gcloud secrets versions access 2 --secret=API_KEY --project=${PROJECT} | cut -d, -f1`)
    // The deployment of the function has opened it for a moment.
    expect(JSON.stringify(thing('run:services/api'))).toContain('"run.googleapis.com/ingress":"internal"')

    const before = world.recorder.requests.length
    expect(await world.infra('rotate', { words: ['API_KEY'] })).toMatchObject({ code: 0, result: { end: 'overlap' } })
    expect(world.recorder.changesSince(before)).toEqual([])

    strikes.isArmed = true
    await world.infra('rotate', { words: ['API_KEY', '--finish'] })
    const finished = await world.infra('rotate', { words: ['API_KEY', '--finish'] })
    expect(finished, finished.told).toMatchObject({ code: 0, result: { end: 'over', version: '3' } })
    expect(keysOf(3)).toEqual([fresh])
    expect(states()).toEqual(['DISABLED', 'DISABLED', 'ENABLED'])
    expect(deployed()).toEqual(['3', '3'])
    const nothing = await world.infra('rotate', { words: ['API_KEY', '--finish'] })
    expect(nothing).toMatchObject({ code: 0, result: { end: 'nothing' } })

    expect(strikes.count).toBe(2)
    const records = [cut, early, begun, finished].map(({ told }) => told).join('\n')
    for (const secret of [fresh, OLD, Buffer.from(fresh).toString('base64')]) expect(records).not.toContain(secret)
  })

  test('is not replaced while something else is to be deployed, and the key of the sessions never is', async () => {
    const service = thing('run:services/holdfast-api')
    world.recorder.world.things.set('run:services/holdfast-api', { ...service, metadata: { name: 'holdfast-api' } })
    const before = world.recorder.requests.length
    const pending = await world.infra('rotate', { words: ['API_KEY'] })
    expect(pending).toMatchObject({ code: 1, result: { end: 'refused' } })
    expect(pending.told).toContain('~ service holdfast-api')
    const { values } = world.recorder.world
    values.set(`${SECRETS}/API_KEY/versions/1`, '')
    const empty = await world.infra('rotate', { words: ['API_KEY'] })
    expect(empty).toMatchObject({ code: 1, result: { end: 'refused' } })
    expect(empty.told).toContain('you may not read it')
    const sealing = await world.infra('rotate', { words: ['SESSION_ENCRYPTION_KEY'] })
    expect(sealing).toMatchObject({ code: 1, result: { end: 'refused' } })
    expect(sealing.told).toContain('no session would open')
    expect(await world.infra('rotate', { words: ['OTHER'] })).toMatchObject({ code: 1, result: { end: 'refused' } })
    expect(world.recorder.changesSince(before)).toEqual([])
  })
})
