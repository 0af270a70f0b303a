import { isTombstone, tombstoneSchema } from '@holdfast/core/message/archived-job'
import { createLogger } from '@holdfast/core/platform/logging'
import { systemClock } from '@holdfast/core/platform/system-clock'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { archiveJob } from '../../../functions/src/use-cases/archive-job.ts'
import { outboxUnderTest } from '../../support/engine/outbox-under-test.ts'
import { type FirestoreUnderTest, startFirestore } from '../../support/firestore-under-test.ts'
import { MemoryObjects } from '../contract/memory-objects.ts'

/** The session of a message that was archived meanwhile. */

let firestore: FirestoreUnderTest
beforeAll(async () => {
  firestore = await startFirestore()
})
afterAll(() => firestore[Symbol.asyncDispose]())

/** A message that was sent and archived. `readable`: its session can read the archive. */
async function archived(id: string, { readable = true } = {}) {
  const archives = new MemoryObjects()
  const { documents } = firestore.clients
  const parts = await outboxUnderTest(documents, readable ? { receipts: { archives } } : {})
  const { path } = await parts.accept(id, { proto: 'as sent' })
  await documents.commit([{ kind: 'update', path, fields: { status: 'sent' } }])
  const { wrappingKey } = parts.session
  const logger = createLogger('test', 'silent')
  await archiveJob({ documents, archives, wrappingKey, clock: systemClock, logger }, await parts.read(id))
  return { ...parts, tombstone: async () => (await parts.read(id)).fields }
}

test('a late receipt of an archived message is settled, and leaves a tombstone', async () => {
  const { receipts, state, journal, tombstone } = await archived('late')
  receipts.receipt('M-late', 'read')
  await expect.poll(async () => (await tombstone())['status']).toBe('read')
  expect(isTombstone(await tombstone())).toBe(true)
  expect(tombstoneSchema.strict().parse(await tombstone()).timeline).toMatchObject([{ status: 'read' }])
  await journal.whenDurable()
  expect([...state.image.entries('receipt')]).toEqual([])
})

test('an archived message is sent again to a contact that asks for it', async () => {
  const { receipts } = await archived('asked')
  expect(await receipts.messageOf('M-asked')).toEqual(Buffer.from('as sent'))
})

test('an archived message is missing for a session that cannot read the archive', async () => {
  const { receipts } = await archived('away', { readable: false })
  expect(await receipts.messageOf('M-away')).toBeNull()
})
