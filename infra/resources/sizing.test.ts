import { describe, expect, test } from 'vitest'
import { allResources } from './all-resources.ts'
import { files, targetOf } from './fixtures/target.ts'
import { runnerSpec } from './runner-container.ts'

const sized = (platform = 'worker-pool') => targetOf({ platform }, { variables: { FLEET_MAX: '10', FLEET_MIN: '2' } })

const SCALER = [
  'holdfastScaler for sweeper on the project',
  'iam.serviceAccountUser for sweeper on service account runner',
  'role holdfastScaler',
]

const named = (target: ReturnType<typeof targetOf>) =>
  allResources(target, files)
    .map(({ id }) => id)
    .filter((id) => SCALER.includes(id))
    .toSorted()

describe('a fleet that the sweep sizes', () => {
  test('has an account that may read and change the pool, and nothing else of Cloud Run', () => {
    expect(named(sized())).toEqual(SCALER)
    const permissions = (platform: string) =>
      allResources(sized(platform), files)
        .find(({ id }) => id === 'role holdfastScaler')
        ?.want?.([])
    expect(permissions('worker-pool')).toMatchObject({
      includedPermissions: ['run.operations.get', 'run.workerpools.get', 'run.workerpools.update'],
    })
    expect(permissions('service')).toMatchObject({
      includedPermissions: ['run.operations.get', 'run.services.get', 'run.services.update'],
    })
  })

  test('gets no new revision of its runners when its limits change', () => {
    const [container] = runnerSpec(sized(), undefined).containers
    expect(container?.env.filter(({ name }) => name.startsWith('FLEET_'))).toEqual([])
  })
})

test('without FLEET_MAX nobody may change the pool', () => {
  expect(named(targetOf({}, { variables: {} }))).toEqual([])
})
