import { PassThrough, Readable } from 'node:stream'
import { expect, test } from 'vitest'
import { target } from '../resources/fixtures/target.ts'
import type { Deployment } from './deployment.ts'
import { Questions } from './questions.ts'
import { verifyLive, type VerifyOptions } from './verify-live.ts'

const nothing = () => Promise.reject(new Error('Something was about to run.'))

/** A project in which nothing may be read or run. */
const deployment: Deployment = {
  target,
  resources: [],
  rest: { read: nothing, reads: 0 },
  sdk: { firebase: [], track: () => [], learn: nothing },
}

function verified(more: Partial<VerifyOptions>) {
  const lines: string[] = []
  const words = { only: 'firestore', withLong: false, fromRegion: false, isAgreed: false, run: 'a1b2c3', page: null }
  const options = { ...words, say: (line: string) => lines.push(line), ...more }
  return { lines, ended: verifyLive(deployment, options) }
}

test('without default credentials it ends before the first check and the question, with the command to run', async () => {
  const { ended, lines } = verified({ isAgreed: true, hasCredentials: () => Promise.resolve(false) })
  await expect(ended).rejects.toThrow(/^Nothing was done: .*Run gcloud auth application-default login, then this again\.$/)
  expect(lines.join('\n')).not.toContain('[1/')
})

test.each([
  [[], 'Nothing was done: the input ended before an answer. --yes asks nothing.'],
  [['no\n'], 'Nothing was done.'],
])('the answers %j do nothing, and it is said so', async (answers, told) => {
  const questions = new Questions(Readable.from(answers), new PassThrough())
  const { ended, lines } = verified({ questions, hasCredentials: () => Promise.resolve(true) })
  expect(await ended).toBeNull()
  expect(lines.at(-1)).toBe(told)
})

test('checks that make no calls of clients need no default credentials', async () => {
  const questions = new Questions(Readable.from(['no\n']), new PassThrough())
  const { ended } = verified({ only: 'rights', questions, hasCredentials: nothing })
  expect(await ended).toBeNull()
})
