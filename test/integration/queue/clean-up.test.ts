import { randomBytes } from 'node:crypto'
import { incomingFolder, mediaObjectOf } from '@holdfast/core/message/media-document'
import { alertDeliveryPath } from '@holdfast/core/operations/alert-delivery-document'
import { ALERTS } from '@holdfast/core/operations/alert-document'
import { ERASURES, erasurePath } from '@holdfast/core/operations/erasure-document'
import { RECOVERY_ACTIONS, recoveryActionPath } from '@holdfast/core/operations/recovery-action-document'
import { tenantPath } from '@holdfast/core/operations/tenant-document'
import { DEFAULT_TENANT_SETTINGS } from '@holdfast/core/operations/tenant-settings'
import { createLogger } from '@holdfast/core/platform/logging'
import type { Clock } from '@holdfast/core/platform/ports'
import { systemClock } from '@holdfast/core/platform/system-clock'
import { WrappingKey } from '@holdfast/core/security/envelope'
import { expect, test } from 'vitest'
import { cleanUp } from '../../../functions/src/use-cases/clean-up.ts'
import { TenantDirectory } from '../../../functions/src/use-cases/tenant-directory.ts'
import { MemoryObjects } from '../contract/memory-objects.ts'
import { MemoryDocuments } from './memory-documents.ts'

const MINUTE_MS = 60_000
const DAY_MS = 24 * 60 * MINUTE_MS

/** Objects whose removal takes a time, by the clock that the test reads. */
class SlowObjects extends MemoryObjects {
  takesMs = 0
  passedMs = 0
  /** Prefixes that cannot be listed. */
  readonly broken = new Set<string>()

  override async remove(name: string): Promise<void> {
    this.passedMs += this.takesMs
    await super.remove(name)
  }

  override createdBefore(prefix: string, time: Date): AsyncGenerator<string> {
    if (this.broken.has(prefix)) throw new Error('Away (made by the test).')
    return super.createdBefore(prefix, time)
  }
}

/** A night, 40 days after everything was made. */
function night() {
  const [documents, media, lines] = [new MemoryDocuments(), new SlowObjects(), [] as string[]]
  const now = (): number => systemClock.now() + 40 * DAY_MS + media.passedMs
  const clock: Clock = { ...systemClock, now, monotonic: () => media.passedMs }
  const collect = (...line: unknown[]) => void lines.push(JSON.stringify(line))
  const logger = { ...createLogger('test', 'silent'), warn: collect, error: collect }
  const tenants = new TenantDirectory({ documents, clock, logger, defaults: DEFAULT_TENANT_SETTINGS })
  const wrappingKey = new WrappingKey(randomBytes(32))
  return {
    documents,
    media,
    lines,
    run: () => cleanUp({ documents, objects: media, media, tenants, wrappingKey, clock, logger }),
  }
}

const erasure = (objects: readonly string[]) =>
  ({ v: 1, tenant: 'default', sessionId: 'default.main', state: 'open', requestedAt: new Date(), objects }) as const

const tenant = (id: string, more: object = {}) =>
  ({ kind: 'create', path: tenantPath(id), fields: { v: 1, name: id, createdAt: new Date(), ...more } }) as const

test('actions and alerts go 90 days after their end, and what is open never does', async () => {
  const { documents, run } = night()
  const ago = (days: number): Date => new Date(systemClock.now() + (40 - days) * DAY_MS)
  const action = (id: string, fields: object) =>
    ({ kind: 'create', path: recoveryActionPath(id), fields: { v: 1, state: 'done', ...fields } }) as const
  const alert = (id: string, fields: object) =>
    ({ kind: 'create', path: `${ALERTS}/${id}`, fields: { v: 1, ...fields } }) as const
  const told = alertDeliveryPath('disconnected:default.old', 'slack')
  await documents.commit([
    action('default.main-restart-000001', { finishedAt: ago(91) }),
    action('default.main-restart-000002', { state: 'vetoed', finishedAt: ago(91) }),
    // An older version has written an end into an action that was asked for again.
    action('default.main-restart-000003', { state: 'running', finishedAt: ago(91) }),
    action('default.main-restart-000004', { finishedAt: ago(89) }),
    action('default.main-restart-000005', { state: 'pending', finishedAt: null }),
    action('default.main-restore-000007', { finishedAt: ago(400) }),
    action('default.main-recover-1790000000000', { finishedAt: ago(91) }),
    // A runner has its id for one life.
    action('runner-1-restart-runner-000001', { finishedAt: ago(91) }),
    alert('disconnected:default.old', { state: 'resolved', resolvedAt: ago(91) }),
    alert('disconnected:default.new', { state: 'resolved', resolvedAt: ago(89) }),
    alert('disconnected:default.lost', { state: 'open', resolvedAt: null }),
    { kind: 'create', path: told, fields: { v: 1, opening: 3, notice: 1 } },
  ])
  await run()
  const idsIn = async (collection: string) => (await documents.query({ collection })).map(({ id }) => id)
  expect(await idsIn(RECOVERY_ACTIONS)).toEqual([
    'default.main-restart-000003',
    'default.main-restart-000004',
    'default.main-restart-000005',
    // The last one of its kind: an owner knows by its id that it was performed.
    'default.main-restore-000007',
  ])
  expect(await idsIn(ALERTS)).toEqual(['disconnected:default.lost', 'disconnected:default.new'])
  expect(await documents.read(told)).toBeNull()
})

test('an alert that opens again while it is removed stays', async () => {
  const { documents, run } = night()
  const path = `${ALERTS}/disconnected:default.back`
  await documents.commit([{ kind: 'create', path, fields: { v: 1, state: 'resolved', resolvedAt: new Date(0) } }])
  const query = documents.query.bind(documents)
  documents.query = async (asked) => {
    const found = await query(asked)
    if (asked.collection === `${path}/channels`)
      await documents.commit([{ kind: 'merge', path, fields: { state: 'open', resolvedAt: null } }])
    return found
  }
  await run()
  expect((await documents.read(path))?.fields).toMatchObject({ state: 'open' })
})

test('all parts together end before the function is ended, and none takes the time of another', async () => {
  const { documents, media, run } = night()
  for (let n = 0; n < 60; n++) {
    const [erased, old] = [mediaObjectOf('default.main', `erased-${n}`), mediaObjectOf('default.main', `old-${n}`)]
    await documents.commit([{ kind: 'create', path: erasurePath(`e-${n}`), fields: erasure([erased]) }])
    await media.create(old, Buffer.from('bytes'))
  }
  media.takesMs = MINUTE_MS
  await run()
  expect(media.passedMs).toBeLessThanOrEqual(26 * MINUTE_MS)
  const done = await documents.query({ collection: ERASURES, where: [['state', '==', 'done']] })
  expect(done.length).toBeGreaterThanOrEqual(10)
  expect((await media.list('media/')).length).toBeLessThan(50)
})

test('an erasure that cannot be read, and one that fails, keep no other one waiting, and are reported', async () => {
  const { documents, media, lines, run } = night()
  for (let n = 0; n < 60; n++)
    await documents.commit([{ kind: 'create', path: erasurePath(`a-${n}`), fields: { ...erasure([]), objects: 'damaged' } }])
  const erased = mediaObjectOf('default.main', 'erased')
  await media.create(erased, Buffer.from('bytes'))
  await documents.commit([{ kind: 'create', path: erasurePath('z'), fields: erasure([erased]) }])
  await run()
  expect(await media.sizeOf(erased)).toBeNull()
  expect((await documents.read(erasurePath('z')))?.fields).toMatchObject({ state: 'done', removed: 1, objects: [] })
  expect(lines.filter((line) => line.includes('could not be removed, and stay'))).toHaveLength(60)
})

test('an erasure that gets more objects while it is carried out stays open', async () => {
  const { documents, media, run } = night()
  const path = erasurePath('growing')
  await documents.commit([{ kind: 'create', path, fields: erasure(['media/default/default.main/one']) }])
  const remove = media.remove.bind(media)
  media.remove = async (name) => {
    await remove(name)
    if (name.endsWith('one'))
      await documents.commit([{ kind: 'merge', path, fields: { objects: [name, 'media/default/default.main/two'] } }])
  }
  await run()
  expect((await documents.read(path))?.fields).toMatchObject({ state: 'open', objects: { length: 2 } })
  await run()
  expect((await documents.read(path))?.fields).toMatchObject({ state: 'done', objects: [] })
})

test('nothing goes of a tenant whose document is damaged, it is reported, and the others lose what is old', async () => {
  const { documents, media, lines, run } = night()
  await documents.commit([tenant('acme', { config: 'damaged' }), tenant('globex')])
  const [kept, old] = [mediaObjectOf('acme.main', 'a'), mediaObjectOf('globex.main', 'b')]
  for (const name of [kept, old]) await media.create(name, Buffer.from('bytes'))
  await run()
  expect([await media.sizeOf(kept), await media.sizeOf(old)]).toEqual([5, null])
  expect(lines.filter((line) => line.includes('media of a tenant could not be removed') && line.includes('acme'))).toHaveLength(1)
})

test('a tenant whose left-over bytes cannot be listed keeps no other tenant waiting', async () => {
  const { documents, media, run } = night()
  await documents.commit([tenant('acme'), tenant('globex')])
  media.broken.add(incomingFolder('acme'))
  const old = mediaObjectOf('globex.main', 'b')
  await media.create(old, Buffer.from('bytes'))
  await run()
  expect(await media.sizeOf(old)).toBeNull()
})
