import { createLogger } from '@holdfast/core/platform/logging'
import { systemClock } from '@holdfast/core/platform/system-clock'
import { expect, test } from 'vitest'
import { readFleetFacts } from '../../../functions/src/use-cases/fleet-facts.ts'
import { conditionsOf } from '../../../functions/src/use-cases/fleet/session-conditions.ts'
import { CountedDocuments } from '../../support/counted-documents.ts'
import { reportedSession, runnerChange, sessionChange, writeAll } from '../../support/fleet-documents.ts'

/** Two runners with well sessions, and a session in each kind of trouble. */
async function fleetOf(well: number) {
  const documents = new CountedDocuments(Date.parse('2026-11-29T12:00:00Z'))
  const downSince = new Date(documents.nowMs - 3_600_000)
  const ids = Array.from({ length: well }, (_, place) => `default.s${place}`)
  const named = Object.fromEntries(ids.map((id) => [id, reportedSession()]))
  await documents.commit(ids.map((id) => sessionChange(id, { runnerId: 'r-alive' })))
  const waiting = { state: 'BACKOFF', reason: 'connection-lost', downSince }
  await writeAll(documents, [
    runnerChange('r-alive', {
      ...named,
      'default.waiting': reportedSession({ state: 'BACKOFF', downSince }),
      'default.leaving': reportedSession(),
    }),
    runnerChange('r-dead', { 'default.left': reportedSession() }, { deadAfterMs: 0 }),
    sessionChange('default.waiting', { runnerId: 'r-alive', ...waiting }),
    sessionChange('default.left', { runnerId: 'r-dead' }),
    sessionChange('default.orphan', { runnerId: 'gone' }),
    sessionChange('default.unowned', { state: 'NEW', reason: 'created' }),
    // As many as are named and leave: the facts look for such sessions when the numbers differ.
    sessionChange('default.unnamed', { runnerId: 'r-alive' }),
    sessionChange('default.unnamed-too', { runnerId: 'r-alive' }),
    sessionChange('default.stopped', { wanted: 'offline', state: 'STOPPED', reason: 'requested', downSince }),
    sessionChange('default.leaving', { wanted: 'offline', runnerId: 'r-alive' }),
    sessionChange('acme.main', { wanted: 'offline', state: 'LOGGED_OUT', reason: 'logged-out', downSince }),
  ])
  const clock = { ...systemClock, now: () => documents.nowMs }
  return { documents, clock, facts: () => readFleetFacts({ documents, clock, logger: createLogger('test', 'silent') }) }
}

test('what the sweep knows tells of each session what all documents tell', async () => {
  const { documents, clock, facts } = await fleetOf(3)
  const known = await facts()
  const inOrder = (conditions: ReadonlyMap<string, object>) =>
    [...conditions].toSorted(([one], [other]) => (one < other ? -1 : 1))
  const all = inOrder(await conditionsOf({ documents, clock }, null))
  expect(all).toHaveLength(12)
  expect(inOrder(await conditionsOf({ documents, clock }, known))).toEqual(all)
  // What is not complete is not relied on.
  expect(inOrder(await conditionsOf({ documents, clock }, { ...known, sessions: [], cut: ['sessions unowned'] }))).toEqual(all)
})

test('only sessions that are wanted offline are read', async () => {
  const { documents, clock, facts } = await fleetOf(2000)
  const known = await facts()
  documents.reads = 0
  await conditionsOf({ documents, clock }, known)
  expect(documents.reads).toBe(3)
})
