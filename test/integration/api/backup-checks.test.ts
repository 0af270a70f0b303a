import { alertPath } from '@holdfast/core/operations/alert-document'
import { BACKUP_CHECKS_PATH } from '@holdfast/core/operations/backup-checks-document'
import type { ObjectStore } from '@holdfast/core/platform/ports'
import { backupPath, backupsPath, objectOfBackup } from '@holdfast/core/session/backup-document'
import { sessionPath } from '@holdfast/core/session/session-document'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { checkDayOf, isCheckDue } from '../../../functions/src/use-cases/backups/due-checks.ts'
import { verifyDueBackups } from '../../../functions/src/use-cases/backups/verify-due.ts'
import { backedUpSession } from '../../support/engine/backed-up-session.ts'
import { FaultyObjects, forbidden } from '../../support/engine/faulty-objects.ts'
import type { SessionUnderTest } from '../../support/engine/session-under-test.ts'
import { MemoryObjects } from '../contract/memory-objects.ts'
import { nightlyDependencies } from './nightly.ts'
import { startStoredApi, type StoredApi } from './stored-api.ts'

let stored: StoredApi
let clients: StoredApi['clients']

beforeAll(async () => {
  stored = await startStoredApi()
  ;({ clients } = stored)
})

afterAll(() => stored[Symbol.asyncDispose]())

const backedUp = (count: number) => backedUpSession(clients, stored.api.wrappingKey, count)

/** A night so many days from now. */
const night = (days: number, changes: { objects?: ObjectStore } = {}) =>
  verifyDueBackups({ ...nightlyDependencies(stored, days), ...changes })

/** The ids of what the API lists, the newest first. */
async function listed({ sessionId }: SessionUnderTest): Promise<{ id: string; isStored: boolean; verification: unknown }[]> {
  const { body } = await stored.calls.get(`/api/sessions/${sessionId.slice('default.'.length)}/backups`)
  return body
}

const alertOf = async ({ sessionId }: SessionUnderTest) =>
  (await clients.documents.read(alertPath('backup-check-failed', sessionId)))?.fields['state'] ?? null

const merge = (path: string, fields: Record<string, unknown>) => clients.documents.commit([{ kind: 'merge', path, fields }])

/** Says that its hash is another one, so that the next reading back fails. */
const alter = ({ sessionId }: SessionUnderTest, id: string) => merge(backupPath(sessionId, id), { sha256: 'ab' })

/** Removes an object as somebody with access to the bucket could. */
async function lose({ sessionId }: SessionUnderTest, id: string): Promise<void> {
  const object = objectOfBackup(sessionId, id)
  await stored.storage.bucket.file(object, { generation: (await clients.objects.read(object))?.generation ?? '' }).delete()
}

/** The days until the turn of a session, which is not tomorrow. */
function daysToTurn({ sessionId }: SessionUnderTest): number {
  const today = checkDayOf(Date.now())
  for (let days = 2; ; days++) if (isCheckDue(sessionId, today + days)) return days
}

describe('the nightly reading back', () => {
  it('makes up for a night that did not run', async () => {
    const session = await backedUp(1)
    const turn = daysToTurn(session)
    await night(turn - 1)
    await alter(session, (await listed(session))[0]?.id ?? '')
    await night(turn + 1)
    expect(await alertOf(session)).toBe('open')
  })

  it('has a session again whose backups could not be judged, and tells of what it has seen of them', async () => {
    const [one, other] = [await backedUp(2), await backedUp(2)]
    for (const session of [one, other]) await alter(session, (await listed(session))[0]?.id ?? '')
    await merge(BACKUP_CHECKS_PATH, { v: 1, day: checkDayOf(Date.now()) - 28, missed: [] })
    const away = new FaultyObjects(clients.objects)
    const [, oldest] = await listed(other)
    const silent = [`sessions/${one.sessionId}/`, objectOfBackup(other.sessionId, oldest?.id ?? '')]
    away.refuseRead = (name) => (silent.some((place) => name.startsWith(place)) ? forbidden() : null)
    await night(0, { objects: away })
    expect([await alertOf(one), await alertOf(other)]).toEqual([null, 'open'])
    expect((await clients.documents.read(BACKUP_CHECKS_PATH))?.fields['missed']).toEqual(
      expect.arrayContaining([one.sessionId, other.sessionId]),
    )
    await night(1)
    expect(await alertOf(one)).toBe('open')
    expect((await clients.documents.read(BACKUP_CHECKS_PATH))?.fields['missed']).toEqual([])
  })

  it('takes no backup for damaged that retention removes at the same time', async () => {
    const session = await backedUp(3)
    const id = (await listed(session))[2]?.id ?? ''
    const path = backupPath(session.sessionId, id)
    await merge(BACKUP_CHECKS_PATH, { v: 1, day: 0, missed: [] })
    class PrunedMeanwhile extends FaultyObjects {
      override async read(name: string, generation?: string) {
        if (name === objectOfBackup(session.sessionId, id) && (await clients.documents.read(path))) {
          await lose(session, id)
          await clients.documents.commit([{ kind: 'delete', path }])
        }
        return super.read(name, generation)
      }
    }
    await night(0, { objects: new PrunedMeanwhile(clients.objects) })
    expect([await alertOf(session), await clients.documents.read(path)]).toEqual([null, null])
    expect((await clients.documents.read(BACKUP_CHECKS_PATH))?.fields['missed']).toEqual([])
  })

  it('finds a checkpoint of the state that is gone, although nobody has described it', async () => {
    const session = await backedUp(2)
    const ids = (await listed(session)).map(({ id }) => id)
    for (const id of ids) await clients.documents.commit([{ kind: 'delete', path: backupPath(session.sessionId, id) }])
    await lose(session, ids[0] ?? '')
    await merge(BACKUP_CHECKS_PATH, { v: 1, day: 0, missed: [] })
    await night(0)
    expect(await alertOf(session)).toBe('open')
    expect((await listed(session))[0]).toMatchObject({ id: ids[0], isStored: false, verification: { state: 'failed' } })
  })

  it('judges no session whose objects lie on another host', async () => {
    const session = await backedUp(2)
    await merge(sessionPath(session.sessionId), { journalPlace: '/var/lib/holdfast on another host' })
    await merge(BACKUP_CHECKS_PATH, { v: 1, day: 0, missed: [] })
    const elsewhere = new MemoryObjects()
    await night(0, { objects: elsewhere })
    expect(await alertOf(session)).toBeNull()
    expect(await clients.documents.query({ collection: backupsPath(session.sessionId) })).toHaveLength(2)
  })
})
