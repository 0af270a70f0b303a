import { expect, test } from 'vitest'
import { REMOVED } from '@holdfast/core/platform/ports'
import { systemClock } from '@holdfast/core/platform/system-clock'
import { sessionPath } from '@holdfast/core/session/session-document'
import { Orphans } from '../../../runner/src/supervisor/orphans.ts'
import { CountedDocuments } from '../../support/counted-documents.ts'
import { runnerChange, sessionChange, writeAll } from '../../support/fleet-documents.ts'

/** A fleet whose runners look once a second. */
async function fleetOf({ sessions, runners }: { sessions: number; runners: number }) {
  const documents = new CountedDocuments(Date.parse('2026-11-29T12:00:00Z'))
  const ids = Array.from({ length: runners }, (_, place) => `r${String(place).padStart(4, '0')}`)
  await documents.commit(
    Array.from({ length: sessions }, (_, place) => sessionChange(`default.s${place}`, { runnerId: ids[place % runners] })),
  )
  await writeAll(
    documents,
    ids.map((id) => runnerChange(id, {})),
  )
  const clock = { ...systemClock, now: () => documents.nowMs, monotonic: () => documents.nowMs }
  const members = new Map(ids.map((runnerId) => [runnerId, new Orphans({ documents, runnerId, clock })]))
  documents.reads = 0
  return {
    documents,
    /** Looks for so long. Returns what was found, as session, lost owner and second. */
    watch: async (seconds: number, onFound: (finder: string) => void = () => {}): Promise<string[]> => {
      const found: string[] = []
      for (let second = 0; second < seconds; second++) {
        for (const id of ids) {
          const orphans = await members.get(id)?.look({ known: ids, rivals: ids }, 50)
          for (const { sessionId, deadOwner } of orphans ?? []) found.push(`${sessionId} ${deadOwner} ${second}`)
          if (orphans?.length) onFound(id)
        }
        documents.advance(1000)
      }
      return found
    },
  }
}

test('one runner at a time looks for sessions of nobody, and reads none of those that have an owner', async () => {
  const { documents, watch } = await fleetOf({ sessions: 3000, runners: 40 })
  expect(await watch(60)).toEqual([])
  // A look is 41 gaps between the ids of 40 runners, and two counts of 3,000 sessions at a read for 1,000.
  expect(documents.reads).toBeGreaterThan(0)
  expect(documents.reads).toBeLessThanOrEqual(4 * (41 + 6))
})

test('a session that was made by hand, and one whose owner has no document any more, are found within 40 s', async () => {
  const { documents, watch } = await fleetOf({ sessions: 20, runners: 5 })
  await watch(65)
  await documents.commit([
    sessionChange('default.by-hand', { runnerId: REMOVED }),
    sessionChange('default.lost', { runnerId: 'r0001-gone' }),
    // A runner may have started after the list was read.
    sessionChange('default.of-a-young-one', { runnerId: 'young' }),
    runnerChange('young', {}),
    sessionChange('default.offline', { runnerId: 'r0001-gone', wanted: 'offline' }),
  ])
  expect((await watch(40)).map((line) => line.split(' ').slice(0, 2).join(' '))).toEqual(
    expect.arrayContaining(['default.lost r0001-gone', 'default.by-hand null']),
  )
  const later = await watch(180)
  expect(later.some((line) => /young|offline/.test(line))).toBe(false)
  // While nobody takes the session, its documents are read once a minute at most.
  expect(later.filter((line) => line.startsWith('default.by-hand')).length).toBeLessThanOrEqual(4)
})

test('another runner has the turn after a while, so that one that cannot take what it finds keeps nobody waiting', async () => {
  const { documents, watch } = await fleetOf({ sessions: 20, runners: 2 })
  await documents.commit([sessionChange('default.lost', { runnerId: 'gone' })])
  const finders = new Set<string>()
  for (let minute = 0; minute < 12; minute++) {
    await watch(60, (finder) => finders.add(finder))
  }
  expect(finders).toEqual(new Set(['r0000', 'r0001']))
})

test('a lone runner finds them at its first look', async () => {
  const { documents, watch } = await fleetOf({ sessions: 1, runners: 1 })
  await documents.commit([{ kind: 'update', path: sessionPath('default.s0'), fields: { runnerId: REMOVED } }])
  expect(await watch(1)).toEqual(['default.s0 null 0'])
})
