import { expect, test } from 'vitest'
import { targetOf } from './fixtures/target.ts'
import { functions } from './functions.ts'
import { runnerPlatform } from './runner-platform.ts'
import { Target } from './target.ts'

test('the files of a deployment lie in a folder that can be chosen, so that two do not disturb each other', () => {
  const { environment, release } = targetOf({})
  const filesOf = (target: Target) =>
    [...runnerPlatform(target).slice(0, 1), functions(target)]
      .flatMap(({ create, reads }) => create(reads.map(() => null)))
      .flatMap(({ files = {} }) => Object.keys(files))
  expect(filesOf(new Target(environment, release))).toEqual([
    'infra/build/demo-holdfast/worker-pool.json',
    'infra/build/variables/.env.demo-holdfast',
  ])
  expect(filesOf(new Target(environment, release, '/tmp/x'))).toEqual([
    '/tmp/x/demo-holdfast/worker-pool.json',
    '/tmp/x/variables/.env.demo-holdfast',
  ])
})
