import { expect, test } from 'vitest'
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
