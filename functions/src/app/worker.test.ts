import { HoldfastError } from '@holdfast/core/platform/errors'
import { expect, it } from 'vitest'
import { readFunctionConfig } from '../config.ts'
import { createWorker } from './worker.ts'

const readConfig = () =>
  readFunctionConfig({
    GOOGLE_CLOUD_PROJECT: 'demo-worker',
    STORAGE_BUCKET: 'bucket',
    SESSION_ENCRYPTION_KEY: Buffer.alloc(32, 1).toString('base64'),
    LOG_LEVEL: 'fatal',
  })

const thrownBy = async (work: Promise<unknown>): Promise<Error> =>
  await work.then(
    () => new Error('nothing'),
    (error: Error) => error,
  )

it('runs the work with the dependencies of the use cases, which it makes once', async () => {
  let configs = 0
  const worker = createWorker('test', {
    readConfig: () => {
      configs++
      return readConfig()
    },
  })
  const documents = [await worker(async (given) => given.documents), await worker(async (given) => given.documents)]
  expect(documents[0]).toBe(documents[1])
  expect(configs).toBe(1)
})

it('throws on what the work throws without its text', async () => {
  const worker = createWorker('test', { readConfig })
  const error = await thrownBy(worker(() => Promise.reject(new Error('a message to 5511900000002'))))
  expect([error.message, error.cause]).toEqual(['A run of test failed. Its log has the cause.', undefined])
})

it('refuses every call while the configuration is wrong, and does not say what is in it', async () => {
  let reads = 0
  const worker = createWorker('test', {
    readConfig: () => {
      reads++
      throw new HoldfastError('bad-configuration', 'SECRET: wrong')
    },
  })
  for (const _ of [1, 2]) {
    const error = await thrownBy(worker(() => Promise.resolve()))
    expect(error.message).toBe('The function test is not configured correctly. Its log says what to set.')
  }
  expect(reads).toBe(1)
})
