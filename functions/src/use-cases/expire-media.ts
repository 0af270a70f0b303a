import { JOBS, jobDocumentSchema, OPEN_JOB_STATUSES } from '@holdfast/core/message/job-document'
import { hasFile } from '@holdfast/core/message/media-content'
import {
  incomingFolder,
  jobOfObject,
  lastPartOf,
  mediaFolderOfTenant,
  sessionOfMedia,
} from '@holdfast/core/message/media-document'
import { receivedMediaPath } from '@holdfast/core/message/received-media-document'
import { openJobContent } from '@holdfast/core/message/sealed-content'
import { TENANTS } from '@holdfast/core/operations/tenant-document'
import type { Deadline } from '@holdfast/core/platform/deadlines'
import { HoldfastError } from '@holdfast/core/platform/errors'
import { parseStored } from '@holdfast/core/platform/parse'
import type { DocumentSnapshot, Query } from '@holdfast/core/platform/ports'
import { writeUnlessChanged } from '@holdfast/core/platform/unless-changed'
import { DEFAULT_TENANT } from '@holdfast/core/session/ids'
import type { Dependencies } from './dependencies.ts'
import { cipherOf } from './find-session.ts'

type Needed = Pick<Dependencies, 'documents' | 'media' | 'tenants' | 'wrappingKey' | 'clock' | 'logger'>

const PAGE = 200
const DAY_MS = 24 * 60 * 60 * 1000

/** Bytes of a request that never named a session. The request itself lasts for minutes. */
const INCOMING_MS = DAY_MS

/** Types of jobs whose content has a file. */
const WITH_FILE: ReadonlySet<string> = new Set(['image', 'video', 'voice', 'document', 'sticker'])

/**
 * Removes media that are older than their tenant keeps them, and what requests have left behind. A medium that a message still needs
 * stays. What there is no time for, the next run does. Returns the number of removed objects.
 */
export async function expireMedia(dependencies: Needed, deadline: Deadline): Promise<number> {
  const { documents, logger } = dependencies
  const known = await documents.query({ collection: TENANTS, select: [] })
  let removed = 0
  for (const tenant of new Set([DEFAULT_TENANT, ...known.map(({ id }) => id)])) {
    if (deadline.remainingMs === 0) break
    try {
      removed += await removeIncoming(dependencies, tenant, deadline)
      removed += await removeOld(dependencies, tenant, deadline)
    } catch (error) {
      logger.error({ error, tenant }, 'The media of a tenant could not be removed; the next run tries again.')
    }
  }
  if (removed > 0) logger.info({ count: removed }, 'Media whose time is over were removed.')
  if (deadline.remainingMs === 0) logger.warn('There was no time to remove all old media; the next run goes on.')
  return removed
}

/** Removes what requests have left behind. */
async function removeIncoming({ media, clock }: Needed, tenant: string, deadline: Deadline): Promise<number> {
  let removed = 0
  for await (const name of media.createdBefore(incomingFolder(tenant), new Date(clock.now() - INCOMING_MS))) {
    if (deadline.remainingMs === 0) break
    await media.remove(name)
    removed++
  }
  return removed
}

/** @throws HoldfastError `bad-document` when nobody can tell how long the tenant keeps its media */
async function removeOld(dependencies: Needed, tenant: string, deadline: Deadline): Promise<number> {
  const { tenants, clock } = dependencies
  const { settings, isDamaged } = await tenants.of(tenant)
  if (isDamaged) throw new HoldfastError('bad-document', `The document of tenant ${tenant} is damaged. Its media stay.`)
  const days = settings.mediaRetentionDays
  return days === 0 ? 0 : expireOf(dependencies, { tenant, before: new Date(clock.now() - days * DAY_MS), deadline })
}

interface Scope {
  readonly tenant: string
  readonly before: Date
  readonly deadline: Deadline
}

async function expireOf(dependencies: Needed, { tenant, before, deadline }: Scope): Promise<number> {
  const { media } = dependencies
  const isNeeded = await neededByJobs(dependencies, tenant, deadline)
  let removed = 0
  for await (const name of media.createdBefore(mediaFolderOfTenant(tenant), before)) {
    if (deadline.remainingMs === 0) break
    const sessionId = sessionOfMedia(name)
    if (sessionId === null || isNeeded(name)) continue
    if (!(await markExpired(dependencies, sessionId, name))) continue
    await media.remove(name)
    removed++
  }
  return removed
}

/**
 * Finds out what the messages that are not settled yet need: what came with their requests, and what an owner has fetched or converted
 * for them. A message that comes later has younger files.
 *
 * @throws HoldfastError when the content of such a message does not open, because it may need any object
 */
async function neededByJobs(dependencies: Needed, tenant: string, deadline: Deadline): Promise<(object: string) => boolean> {
  const { documents } = dependencies
  const objects = new Set<string>()
  const jobs = new Set<string>()
  const query: Query = {
    collection: JOBS,
    where: [
      ['tenant', '==', tenant],
      ['status', 'in', OPEN_JOB_STATUSES],
    ],
    orderBy: ['createdAt', 'asc'],
    thenById: true,
    limit: PAGE,
  }
  for (let last: DocumentSnapshot | undefined; ;) {
    if (deadline.remainingMs === 0) return () => true
    const page = await documents.query(last ? { ...query, startAfter: [last.fields['createdAt'], last.id] } : query)
    for (const snapshot of page.filter(({ fields }) => WITH_FILE.has(String(fields['type'])))) {
      jobs.add(snapshot.id)
      const object = await objectOf(dependencies, snapshot)
      if (object !== null) objects.add(object)
    }
    if (page.length < PAGE) return (object) => objects.has(object) || jobs.has(jobOfObject(object))
    last = page.at(-1)
  }
}

async function objectOf({ documents, wrappingKey }: Needed, { id, fields, path }: DocumentSnapshot): Promise<string | null> {
  const job = parseStored(jobDocumentSchema, fields, path)
  const content = openJobContent(await cipherOf(documents, job.sessionId, wrappingKey), id, job)
  return hasFile(content) && content.media.source.kind === 'stored' ? content.media.source.object : null
}

/**
 * Says in the documents of the messages with this file that its time is over, before it goes. Returns false when an owner has stored it
 * and not told so yet, or when somebody changes one of them at this moment.
 */
async function markExpired({ documents }: Needed, sessionId: string, object: string): Promise<boolean> {
  const collection = receivedMediaPath(sessionId)
  const path = `${collection}/${lastPartOf(object)}`
  if ((await documents.read(path))?.fields['state'] === 'pending') return false
  for (const found of await documents.query({ collection, where: [['object', '==', object]], limit: PAGE })) {
    const expired = { state: 'expired', reason: 'retention', filename: null }
    if (found.fields['state'] !== 'expired' && !(await writeUnlessChanged(documents, found.path, found, expired))) return false
  }
  return true
}
