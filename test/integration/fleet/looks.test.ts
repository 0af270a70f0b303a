import { expect, test } from 'vitest'
import { runnerPath } from '@holdfast/core/operations/runner-document'
import { type Change, SERVER_TIME } from '@holdfast/core/platform/ports'
import { sessionPath } from '@holdfast/core/session/session-document'
import { systemClock } from '@holdfast/core/platform/system-clock'
import { Placement } from '../../../runner/src/supervisor/placement.ts'
import { CountedDocuments } from '../../support/counted-documents.ts'
import { runnerChange, sessionChange, writeAll } from '../../support/fleet-documents.ts'
import { createLogger } from '@holdfast/core/platform/logging'

const HEARTBEAT_S = 4

/** A fleet whose runners look once a second, and renew their heartbeats every four seconds, not all at once. */
class Fleet {
  readonly documents = new CountedDocuments(Date.parse('2026-11-29T12:00:00Z'))
  readonly #members = new Map<string, Placement>()
  #second = 0

  static async of({ runners }: { runners: number }): Promise<Fleet> {
    const fleet = new Fleet()
    for (let place = 0; place < runners; place++) await fleet.join(`r${String(place).padStart(4, '0')}`)
    // The first look of each reads all.
    await fleet.watch(1)
    fleet.documents.reads = 0
    return fleet
  }

  async join(runnerId: string): Promise<void> {
    const { documents } = this
    // The next process in its slot may come back for what it left.
    await writeAll(documents, [
      runnerChange(runnerId, {}, { workingSince: new Date('2026-11-02'), slot: this.#members.size + 1 }),
    ])
    await documents.commit([sessionChange(`default.of-${runnerId}`, { runnerId })])
    this.wake(runnerId)
  }

  wake(runnerId: string): void {
    const { documents } = this
    const clock = { ...systemClock, now: () => documents.nowMs, monotonic: () => documents.nowMs }
    const options = { documents, logger: createLogger('test', 'silent'), runnerId, instanceId: null, onAlone: () => {}, clock }
    this.#members.set(runnerId, new Placement(options))
  }

  die(runnerId: string): void {
    this.#members.delete(runnerId)
  }

  /** Lets seconds pass. Returns who was offered which session, and in which second. */
  async watch(seconds: number): Promise<{ finder: string; sessionId: string; second: number; rank: number }[]> {
    const found = []
    for (let passed = 0; passed < seconds; passed++) {
      this.#second++
      const ids = [...this.#members.keys()]
      const beating = ids.filter((_, place) => (place + this.#second) % HEARTBEAT_S === 0)
      await this.documents.commit(beating.map(heartbeat))
      for (const [finder, placement] of this.#members) {
        for (const { sessionId, rank } of await placement.look(50)) found.push({ finder, sessionId, second: passed, rank })
      }
      this.documents.advance(1000)
    }
    return found
  }
}

const heartbeat = (id: string): Change => ({ kind: 'update', path: runnerPath(id), fields: { heartbeatAt: SERVER_TIME } })

test('a runner that looks does not read all others each second', async () => {
  const fleet = await Fleet.of({ runners: 60 })
  expect(await fleet.watch(60)).toEqual([])
  // Two runners and a query that finds nothing each second, and all runners once a minute, a read a second; one of all looks for orphans.
  expect(fleet.documents.reads / (60 * 60)).toBeLessThan(4.5)
})

test('the sessions of a runner that dies in a large fleet are offered to all others in the second of its death', async () => {
  const fleet = await Fleet.of({ runners: 40 })
  await fleet.watch(10)
  fleet.die('r0007')
  const found = await fleet.watch(18)
  expect([...new Set(found.map(({ sessionId }) => sessionId))]).toEqual(['default.of-r0007'])
  const [first] = found
  expect(new Set(found.filter(({ second }) => second === first?.second).map(({ finder }) => finder)).size).toBe(39)
  expect(first?.second).toBeLessThanOrEqual(13)
  expect(new Set(found.filter(({ rank }) => rank === 0).map(({ finder }) => finder)).size).toBe(1)
})

test('a session without an owner is offered to runners that joined a moment ago', async () => {
  const fleet = await Fleet.of({ runners: 40 })
  await fleet.watch(10)
  await fleet.join('r9999')
  await fleet.documents.commit([sessionChange('default.new')])
  const found = await fleet.watch(1)
  expect(found.map(({ finder }) => finder)).toContain('r9999')
  // All rank by one list, in which the new one is.
  expect(found.filter(({ rank }) => rank === 0)).toHaveLength(1)
  expect(new Set(found.map(({ rank }) => rank)).size).toBe(41)
})

test('a runner that was dead and has woken up keeps its sessions', async () => {
  const fleet = await Fleet.of({ runners: 40 })
  fleet.die('r0007')
  await fleet.watch(14)
  const owned = (runnerId: string): Change => ({ kind: 'update', path: sessionPath('default.of-r0007'), fields: { runnerId } })
  await fleet.documents.commit([owned('r0001')])
  await fleet.watch(3)
  await fleet.documents.commit([heartbeat('r0007'), owned('r0007')])
  fleet.wake('r0007')
  expect(await fleet.watch(50)).toEqual([])
})
