import { expect, test } from 'vitest'
import { CommandFailed } from '../google/run-command.ts'
import type { Command } from '../resources/command.ts'
import { target } from '../resources/fixtures/target.ts'
import { roll } from './roll.ts'

/** Takes a pool back whose instances all follow the newest revision. Nothing may be run for it. */
async function backFrom(newest: string) {
  const pool = { spec: {}, status: { latestCreatedRevisionName: newest, latestReadyRevisionName: newest } }
  const learn = () => Promise.reject(new Error('A command was about to run.'))
  const sdk = { firebase: [], track: () => [], learn }
  const deployment = { target, resources: [], rest: { read: () => Promise.resolve(pool), reads: 0 }, sdk }
  const lines: string[] = []
  const { signal } = new AbortController()
  const rolled = await roll(deployment, { say: (line) => lines.push(line), back: true, watchMs: 1, stop: signal })
  return { rolled, told: lines.at(-1) }
}

test('the first revision has no way back, and it is said so', async () => {
  const { rolled, told } = await backFrom('holdfast-runner-00001-abc')
  expect(rolled).toMatchObject({ end: 'failed', share: 100 })
  expect(told).toBe(
    'There is no way back: holdfast-runner-00001-abc is the first revision, and there is no other. Nothing was changed.',
  )
})

test('without a roll-out under way, whoever wants to go back is told where the command is', async () => {
  const { rolled, told } = await backFrom('holdfast-runner-00011-abc')
  expect(rolled).toMatchObject({ end: 'failed', share: 100 })
  expect(told).toContain('the revision before holdfast-runner-00011-abc is not known here')
  expect(told).toContain('docs/UPGRADING.md')
})

test('a command that the Ctrl-C of a terminal has ended, too, is no failure: the roll-out says where it stands', async () => {
  const controller = new AbortController()
  const named = (revisionName: string, percent: number) => ({ revisionName, percent })
  const pool = {
    spec: { template: {}, instanceSplits: [named('holdfast-runner-00002-b', 0), named('holdfast-runner-00001-a', 100)] },
    status: { latestCreatedRevisionName: 'holdfast-runner-00002-b', latestReadyRevisionName: 'holdfast-runner-00002-b' },
  }
  const learn = () => {
    controller.abort()
    return Promise.reject(new CommandFailed('It was ended by SIGINT.'))
  }
  const sdk = { firebase: [], track: () => [], learn }
  const deployment = { target, resources: [], rest: { read: () => Promise.resolve(pool), reads: 0 }, sdk }
  const lines: string[] = []
  const rolled = await roll(deployment, { say: (line) => lines.push(line), back: false, watchMs: 1, stop: controller.signal })
  expect(rolled).toMatchObject({ end: 'stopped', newest: 'holdfast-runner-00002-b', share: 0 })
  expect(lines[0]).toMatch(/^Stopped. 0 % of the instances are of holdfast-runner-00002-b/)
})

test('a step leaves the number of instances as the sweep has set it since the pool was looked at', async () => {
  const named = (revisionName: string, percent: number) => ({ revisionName, percent })
  const poolOf = (instances: number) => ({
    metadata: { annotations: { 'run.googleapis.com/manualInstanceCount': String(instances) } },
    spec: { template: {}, instanceSplits: [named('holdfast-runner-00002-b', 0), named('holdfast-runner-00001-a', 100)] },
    status: { latestCreatedRevisionName: 'holdfast-runner-00002-b', latestReadyRevisionName: 'holdfast-runner-00002-b' },
  })
  let instances = 10
  const written: unknown[] = []
  // gcloud is asked what it can do, which takes a while.
  const learn = ([command]: readonly Command[]) => {
    written.push(...Object.values(command?.files ?? {}))
    instances = 12
    return written.length > 1 ? Promise.reject(new Error('The command was about to run.')) : Promise.resolve()
  }
  const sdk = { firebase: [], track: () => [], learn }
  const deployment = { target, resources: [], rest: { read: () => Promise.resolve(poolOf(instances)), reads: 0 }, sdk }
  const { signal } = new AbortController()
  const rolling = roll(deployment, { say: () => {}, back: false, watchMs: 1, stop: signal })
  await expect(rolling).rejects.toThrow('The command was about to run.')
  expect(written.at(-1)).toMatchObject({ metadata: { annotations: { 'run.googleapis.com/manualInstanceCount': '12' } } })
})
