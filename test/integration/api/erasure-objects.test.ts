import { afterAll, beforeAll, expect, it } from 'vitest'
import { jobPath } from '@holdfast/core/message/job-document'
import { convertedObjectOf, fetchedObjectOf, mediaObjectOf } from '@holdfast/core/message/media-document'
import { ERASURES } from '@holdfast/core/operations/erasure-document'
import { Deadline } from '@holdfast/core/platform/deadlines'
import { createLogger } from '@holdfast/core/platform/logging'
import { systemClock } from '@holdfast/core/platform/system-clock'
import { removeErasedObjects } from '../../../functions/src/use-cases/erasure/remove-erased-objects.ts'
import { MemoryObjects } from '../contract/memory-objects.ts'
import { type ApiUnderTest, startApi } from './api-under-test.ts'

let api: ApiUnderTest
beforeAll(async () => {
  api = await startApi()
})
afterAll(() => api[Symbol.asyncDispose]())

const ANA = '5511999990001'
const BOB = '5511999990002'

/** A bucket that can stop answering in the middle of a call. */
class Objects extends MemoryObjects {
  isBroken = false

  override async remove(name: string): Promise<void> {
    if (this.isBroken) throw new Error('Away (made by the test).')
    await super.remove(name)
  }
}

async function begin(session: string) {
  const objects = new Objects()
  const calls = api.as({}, { archives: objects, media: objects })
  await api.post('/api/sessions', { name: session })
  const erase = () => calls.send('DELETE', `/api/${session}/contacts/${ANA}@c.us/data`)
  /** A sound that the owner has fetched from its address, converted and sent. */
  const sent = async (to: string, key: string): Promise<{ id: string; files: string[] }> => {
    const file = { mimetype: 'audio/mpeg', url: 'https://files.example/sound.mp3' }
    const json = { session, chatId: `${to}@c.us`, file, convert: true }
    const { status, body } = await calls.post('/api/sendVoice', json, { 'Idempotency-Key': key })
    expect(status).toBe(201)
    const id = String(body.jobId)
    const files = [fetchedObjectOf(`default.${session}`, id), convertedObjectOf(`default.${session}`, id)]
    for (const name of files) await objects.create(name, Buffer.from('sound'))
    await api.documents.commit([{ kind: 'update', path: jobPath(id), fields: { status: 'sent' } }])
    return { id, files }
  }
  const archived = async (to: string, key: string) => {
    const job = await sent(to, key)
    expect((await calls.send('DELETE', `/api/messages/${job.id}`)).status).toBe(200)
    return job
  }
  return { objects, calls, erase, sent, archived }
}

const records = async (session: string) =>
  api.documents.query({ collection: ERASURES, where: [['sessionId', '==', `default.${session}`]] })

it('removes what the owner has fetched and converted for messages to the contact, archived ones as well', async () => {
  const { objects, erase, sent, archived } = await begin('fetched')
  await sent(ANA, 'fetched-1')
  await archived(ANA, 'fetched-2')
  const his = await sent(BOB, 'fetched-3')
  expect((await erase()).body).toMatchObject({ removed: { jobs: 1, archivedJobs: 1, media: 4 }, complete: true })
  expect(await objects.list('media/')).toEqual(his.files.toSorted())
  expect(await objects.list('archive/')).toEqual([])
  expect(await records('fetched')).toEqual([])
})

it('keeps the record of what is to be removed when it ends in the middle, and the nightly run removes it', async () => {
  const { objects, erase, archived } = await begin('cut')
  const job = await archived(ANA, 'cut-1')
  objects.isBroken = true
  expect((await erase()).status).toBeGreaterThanOrEqual(500)
  objects.isBroken = false
  // The document says that it was erased, and the record names what is left of it.
  expect((await api.documents.read(jobPath(job.id)))?.fields['erasedAt']).toBeInstanceOf(Date)
  const [record] = await records('cut')
  const names = record?.fields['objects'] as string[]
  expect(names).toEqual(expect.arrayContaining(job.files))
  expect(names.toSorted()).toEqual(await objects.list(''))
  expect((await erase()).body).toMatchObject({ removed: { archivedJobs: 0 }, left: { unreadable: 0 }, complete: true })

  const dependencies = { documents: api.documents, media: objects, clock: systemClock, logger: createLogger('test', 'silent') }
  expect(await removeErasedObjects(dependencies, new Deadline(systemClock, 60_000))).toBe(1)
  expect(await objects.list('')).toEqual([])
})

it('tells of the file of an erased message that it was erased', async () => {
  const { objects, calls, erase, archived } = await begin('told')
  const job = await archived(ANA, 'told-1')
  const mediaId = 'a'.repeat(40)
  await api.documents.commit([{ kind: 'merge', path: jobPath(job.id), fields: { mediaId } }])
  const file = () => calls.get(`/api/files/told/${mediaId}`)
  expect(await file()).toMatchObject({
    status: 404,
    body: { code: 'file-gone', message: expect.stringContaining('archived') as string },
  })
  await erase()
  expect(await file()).toMatchObject({
    status: 404,
    body: { code: 'file-gone', message: expect.stringContaining('erased') as string },
  })
  expect(await objects.list(mediaObjectOf('default.told', ''))).toEqual([])
})
