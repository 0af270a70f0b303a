import { recoveryActionPath } from '@holdfast/core/operations/recovery-action-document'
import { createLogger } from '@holdfast/core/platform/logging'
import { type DocumentStore, type Fields, SERVER_TIME } from '@holdfast/core/platform/ports'
import { systemClock } from '@holdfast/core/platform/system-clock'
import { expect, onTestFinished, test } from 'vitest'
import { RunnerActions } from '../../../runner/src/supervisor/runner-actions.ts'
import { FaultyDocuments } from '../../support/engine/faulty-documents.ts'
import { runnersOfThisFile } from '../../support/engine/runners-of-a-file.ts'

/** Restarts of a runner that the sweep or an operator asked for. */

const { clients } = runnersOfThisFile()

const ID = 'runner-1-restart-runner-000001'

const write = (fields: Fields = {}) => {
  const action = { v: 1, tenant: 'default', sessionId: '', type: 'restart-runner', state: 'pending', targetRunner: 'runner-1' }
  const asked = { ...action, requestedBy: 'sweep', why: 'Most of its sessions are lost.', requestedAt: SERVER_TIME, steps: [] }
  return clients.documents.commit([{ kind: 'merge', path: recoveryActionPath(ID), fields: { ...asked, ...fields } }])
}

const action = async () => (await clients.documents.read(recoveryActionPath(ID)))?.fields

/** Listens as a runner does, and counts how often it is told to restart. Resolves when the listener has its first answer. */
async function listening(runnerId = 'runner-1', documents: DocumentStore = clients.documents) {
  const restarts: string[] = []
  const crashes: string[] = []
  const logger = createLogger('test', 'silent')
  const { promise, resolve } = Promise.withResolvers<void>()
  const heard: DocumentStore = {
    commit: (changes) => documents.commit(changes),
    read: (path) => documents.read(path),
    query: (query) => documents.query(query),
    listen: (query, onEvents, onError) =>
      documents.listen(
        query,
        (events) => {
          resolve()
          onEvents(events)
        },
        onError,
      ),
  }
  const onRestart = () => restarts.push(runnerId)
  const onCrash = () => crashes.push(runnerId)
  const actions = new RunnerActions({ documents: heard, clock: systemClock, logger, runnerId, onRestart, onCrash })
  onTestFinished(() => actions.end())
  actions.start()
  await promise
  return { actions, restarts, crashes }
}

test('a runner begins its restart once, and ends it after the sessions were handed over', async () => {
  const { actions, restarts } = await listening()
  const other = await listening('runner-2')
  await write()
  await expect.poll(() => restarts).toEqual(['runner-1'])
  expect(await action()).toMatchObject({ state: 'running', runnerId: 'runner-1', steps: [{ step: 'restart-runner' }] })
  await actions.end()
  expect(await action()).toMatchObject({ state: 'done', result: { code: 'runner-ended' }, finishedAt: expect.any(Date) })
  expect([restarts.length, other.restarts.length]).toEqual([1, 0])
})

test('a runner begins a crash drill before it crashes, and hands nothing over', async () => {
  const { restarts, crashes } = await listening()
  await write({ type: 'crash-drill' })
  await expect.poll(() => crashes).toEqual(['runner-1'])
  expect(await action()).toMatchObject({ state: 'running', runnerId: 'runner-1', startedAt: expect.any(Date) })
  expect(restarts).toEqual([])
})

test('a restart that is proposed waits for its approval', async () => {
  const { restarts } = await listening()
  await write({ state: 'proposed' })
  await write({ state: 'pending', approvedBy: 'operator' })
  await expect.poll(() => restarts).toEqual(['runner-1'])
  expect(await action()).toMatchObject({ state: 'running', approvedBy: 'operator' })
})

test('a restart that is cancelled between the look of the runner and its write is not begun', async () => {
  const settled: string[] = []
  const documents: DocumentStore = {
    commit: async (changes) => {
      await write({ state: 'cancelled' })
      await clients.documents.commit(changes).finally(() => settled.push('commit'))
    },
    read: (path) => clients.documents.read(path),
    query: (query) => clients.documents.query(query),
    listen: (query, onEvents, onError) => clients.documents.listen(query, onEvents, onError),
  }
  const { restarts } = await listening('runner-1', documents)
  await write()
  await expect.poll(() => settled).toEqual(['commit'])
  expect((await action())?.['state']).toBe('cancelled')
  expect(restarts).toEqual([])
})

test('a runner whose commit was made without an answer restarts all the same', async () => {
  const documents = new FaultyDocuments(clients.documents)
  documents.faults(() => 'lose-answer')
  const { restarts } = await listening('runner-1', documents)
  await write()
  await expect.poll(() => restarts).toEqual(['runner-1'])
})

test('a runner whose commit failed tries again', async () => {
  const documents = new FaultyDocuments(clients.documents)
  let commits = 0
  documents.faults(() => (commits++ === 0 ? 'refuse' : null))
  const { restarts } = await listening('runner-1', documents)
  await write()
  await expect.poll(() => restarts, { timeout: 20_000 }).toEqual(['runner-1'])
  expect(commits).toBe(2)
})

test('an action that cannot be read is left alone', async () => {
  const { restarts } = await listening()
  await write({ why: 7 })
  await write({ why: 'Because.' })
  await expect.poll(() => restarts).toEqual(['runner-1'])
})
