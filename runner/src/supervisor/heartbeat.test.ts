import type { Logger } from '@holdfast/core/platform/logging'
import type { Change, Clock, DocumentStore } from '@holdfast/core/platform/ports'
import { expect, test } from 'vitest'
import { Heartbeat } from './heartbeat.ts'

const BUILD = { version: '0.1.0+f00d', revision: 'holdfast-runner-00002-abc' }

/** A heartbeat on Firestore that takes or refuses what it writes. */
function heartbeatOn(takes: () => boolean, convertsVoice: () => boolean | null = () => null) {
  const pulses: unknown[] = []
  const written: unknown[] = []
  const logger = { info: (fields: unknown) => pulses.push(fields), warn: () => {} } as unknown as Logger
  const commit = (changes: readonly Change[]) => {
    written.push(...changes.flatMap((change) => ('fields' in change ? [change.fields] : [])))
    return takes() ? Promise.resolve() : Promise.reject(new Error('away'))
  }
  const documents = { commit, read: () => Promise.resolve(null) } as unknown as DocumentStore
  const clock = { monotonic: () => 0, every: () => () => {} } as unknown as Clock
  const policy = { intervalMs: 4000, deadAfterMs: 12_000, mutes: true }
  const reports = { resources: () => ({ memory: { rssBytes: 1 } }) as never, store: () => null, operations: () => ({}) }
  const own = { documents, clock, logger, runnerId: 'r', instanceId: null, ...BUILD, capacity: 1, policy, sessions: new Map() }
  return { heartbeat: new Heartbeat({ ...own, ...reports, convertsVoice }), pulses, written }
}

test('the log tells of a runner at work that Firestore hears', async () => {
  const { heartbeat, pulses } = heartbeatOn(() => true)
  await heartbeat.start({ shortLives: 0, works: true })
  await heartbeat.renew()
  expect(pulses).toEqual([{ event: 'heartbeat', sessions: 0, connected: 0, ...BUILD }])
})

test('the log does not tell so of a runner that waits before it works, or that Firestore does not hear', async () => {
  const waiting = heartbeatOn(() => true)
  await waiting.heartbeat.start({ shortLives: 3, works: false })
  await waiting.heartbeat.renew()
  let isThere = true
  const unheard = heartbeatOn(() => isThere)
  await unheard.heartbeat.start({ shortLives: 0, works: true })
  isThere = false
  await unheard.heartbeat.renew()
  expect([waiting.pulses, unheard.pulses]).toEqual([[], []])
})

test('a runner says whether it can convert sounds as soon as it knows', async () => {
  let knows: boolean | null = null
  const { heartbeat, written } = heartbeatOn(
    () => true,
    () => knows,
  )
  await heartbeat.start()
  knows = false
  await heartbeat.renew()
  expect([written[0], written[1]]).toEqual([
    expect.not.objectContaining({ convertsVoice: expect.anything() }),
    expect.objectContaining({ convertsVoice: false }),
  ])
})
