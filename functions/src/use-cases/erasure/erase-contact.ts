import { randomBytes } from 'node:crypto'
import { isTombstone } from '@holdfast/core/message/archived-job'
import { chatIdOf } from '@holdfast/core/message/chat-id'
import { JOBS, type JobDocument, OPEN_JOB_STATUSES } from '@holdfast/core/message/job-document'
import { hasFile } from '@holdfast/core/message/media-content'
import { mediaObjectOf } from '@holdfast/core/message/media-document'
import { changeFieldOf } from '@holdfast/core/message/message-change'
import { messagesPath } from '@holdfast/core/message/message-document'
import { storedNames } from '@holdfast/core/message/message-names'
import { parkedStanzasPath } from '@holdfast/core/message/parked-stanza-document'
import { receivedMediaPath } from '@holdfast/core/message/received-media-document'
import { openJobContent, sealJobContent } from '@holdfast/core/message/sealed-content'
import { isDamage } from '@holdfast/core/platform/errors'
import { type Change, type DocumentSnapshot, type Fields, type Query, REMOVED } from '@holdfast/core/platform/ports'
import { writeUnlessChanged } from '@holdfast/core/platform/unless-changed'
import type { SessionCipher } from '@holdfast/core/security/envelope'
import { WEBHOOK_DELIVERIES } from '@holdfast/core/session/webhook-delivery-document'
import type { Principal } from '../../app/principal.ts'
import { archivedJob } from '../archived-message.ts'
import type { Dependencies } from '../dependencies.ts'
import { personOf } from '../directory/named-chats.ts'
import { cipherOf, findSession } from '../find-session.ts'
import { parseJob } from '../parse-job.ts'
import { Refusal } from '../refusal.ts'
import { placesOf } from '../sent-file.ts'
import { eraseDelivery } from './contact-deliveries.ts'
import { forgetPerson, idsOf } from './contact-directory.ts'
import { ObjectRemovals, type Removal } from './object-removals.ts'
import { type Remains, remainsOf } from './remains.ts'

type Needed = Pick<Dependencies, 'documents' | 'archives' | 'media' | 'wrappingKey' | 'clock' | 'logger'>

/** Documents that one call reads of each kind. A call ends long before a function's time limit. */
const AT_ONCE = 200

/** The chat of a job whose contact was erased. It names nobody. */
const NOBODY = 'erased@s.whatsapp.net'

/** Types of messages that have no bytes beside them. */
const WITHOUT_BYTES = new Set(['text', 'chat', 'location', 'poll', 'reaction'])

/** What a person says about messages of others. */
const CHANGES = ['reaction', 'vote', 'response'] as const

const KEPT =
  'The Signal keys of the contact and the name that it gave itself, in the encrypted state of the session: without the keys its ' +
  'messages cannot be read. What that state had of its messages, in the log, the checkpoints and the backups of the session, until later ones ' +
  'take their place. The contact among the members of groups, in the sealed documents of these groups: the groups tell who is in them. What others wrote in groups: ' +
  'their messages may quote the contact or mention it.'

export const ERASED_KINDS = [
  'messages',
  'media',
  'changes',
  'jobs',
  'archivedJobs',
  'deliveries',
  'directory',
  'parkedStanzas',
] as const

export interface Erasure {
  readonly removed: Record<(typeof ERASED_KINDS)[number], number>
  /** What could not be removed in this call, by why. */
  readonly left: Record<'openJobs' | 'changed' | 'directory' | 'objects' | 'unreadable', number>
  /** Where the next call goes on; null when all was looked through. */
  readonly cursor: string | null
  readonly complete: boolean
  readonly remains: readonly Remains[]
  readonly kept: string
}

/**
 * Removes what a session has stored of one person, under each id by which the contacts know it: its messages, in groups as well, what was
 * sent to it, their media, its reactions and votes, events that end points have not got yet, its chat and contact, and stanzas that could
 * not be read. One call removes a bounded number; the caller repeats it, with the cursor, until it is complete. Jobs keep their ids
 * without content, so that a repeated request makes no second message. Objects that this process may not remove are recorded for the
 * nightly run.
 *
 * @throws Refusal `unknown-session` or `invalid-chat`
 */
export async function eraseContact(
  dependencies: Needed,
  principal: Principal,
  { name, contact, cursor }: { readonly name: string; readonly contact: string; readonly cursor: string | null },
): Promise<Erasure> {
  const { documents, wrappingKey, clock, logger } = dependencies
  const jid = personOf(contact)
  const { id: sessionId } = await findSession(documents, principal, name)
  const cipher = await cipherOf(documents, sessionId, wrappingKey)
  const ids = await idsOf(dependencies, { cipher, sessionId }, jid)
  const eraser = new Eraser(dependencies, { sessionId, ids, cipher })
  const isMore = await eraser.removeMessages()
  const next = await eraser.lookThrough(cursor)
  const { removed, left } = eraser
  const objects = await eraser.removeObjects()
  removed.media += objects.media
  // The contacts tell by which ids the person is known, so they go last.
  if (!isMore && next === null && Object.values(left).every((count) => count === 0)) {
    if (await forgetPerson(dependencies, principal, { name, ids, cipher, sessionId })) removed.directory++
    else left.directory++
  }
  logger.info({ ...removed, ...left }, 'Data of a contact was erased.')
  // While messages remain, the jobs of this page are looked through again, which changes nothing.
  const complete = !isMore && next === null && Object.values(left).every((count) => count === 0)
  return { removed, left, cursor: next, complete, remains: remainsOf(clock.now(), objects.waiting), kept: KEPT }
}

interface Subject {
  readonly sessionId: string
  readonly ids: readonly string[]
  readonly cipher: SessionCipher
}

class Eraser {
  readonly removed = Object.fromEntries(ERASED_KINDS.map((kind) => [kind, 0])) as Erasure['removed']
  readonly left = { openJobs: 0, changed: 0, directory: 0, objects: 0, unreadable: 0 }
  readonly #dependencies: Needed
  readonly #subject: Subject
  readonly #objects: ObjectRemovals

  constructor(dependencies: Needed, subject: Subject) {
    this.#dependencies = dependencies
    this.#subject = subject
    const { documents, media, clock } = dependencies
    const id = randomBytes(15).toString('hex')
    this.#objects = new ObjectRemovals({ documents, media, sessionId: subject.sessionId, id, now: new Date(clock.now()) })
  }

  /** Removes the objects to which nothing points any more. */
  removeObjects(): ReturnType<ObjectRemovals['removeAll']> {
    return this.#objects.removeAll()
  }

  /** Removes messages, stanzas, and what the person did with messages of others. Returns whether there are more. */
  async removeMessages(): Promise<boolean> {
    const { sessionId, ids, cipher } = this.#subject
    let isMore = false
    for (const jid of ids) {
      const names = storedNames(cipher, jid)
      for (const field of ['chat', 'participant'])
        isMore = (await this.#removeAll(messagesPath(sessionId), [field, 'in', names], 'messages')) || isMore
      for (const field of ['from', 'participant'])
        isMore = (await this.#removeAll(parkedStanzasPath(sessionId), [field, 'in', names], 'parkedStanzas')) || isMore
      for (const kind of CHANGES)
        for (const by of names) isMore = (await this.#removeChanges(changeFieldOf(kind, { by, fromMe: false }), by)) || isMore
    }
    return isMore
  }

  /** Looks through jobs, then through deliveries, in the order of their ids. Returns where to go on, null at the end. */
  async lookThrough(cursor: string | null): Promise<string | null> {
    const [, kind = 'job', after = null] = /^(job|delivery)\.(.*)$/.exec(cursor ?? '') ?? []
    if (kind === 'job') {
      const jobs = await this.#page(JOBS, after)
      for (const job of jobs) await this.#eraseJob(job)
      if (jobs.length === AT_ONCE) return `job.${jobs.at(-1)?.id ?? ''}`
    }
    const deliveries = await this.#page(WEBHOOK_DELIVERIES, kind === 'delivery' ? after : null)
    for (const delivery of deliveries) await this.#eraseDelivery(delivery)
    return deliveries.length === AT_ONCE ? `delivery.${deliveries.at(-1)?.id ?? ''}` : null
  }

  #page(collection: string, after: string | null): Promise<DocumentSnapshot[]> {
    const where = [['sessionId', '==', this.#subject.sessionId]] as const
    const startAfter = after === null || after === '' ? {} : { startAfter: after }
    return this.#dependencies.documents.query({ collection, where, orderBy: ['id', 'asc'], ...startAfter, limit: AT_ONCE })
  }

  /** Removes documents and their media, in one commit with the record of objects that have to be removed later. */
  async #removeAll(
    collection: string,
    where: NonNullable<Query['where']>[number],
    what: 'messages' | 'parkedStanzas',
  ): Promise<boolean> {
    const { documents } = this.#dependencies
    const found = await documents.query({ collection, where: [where], limit: AT_ONCE, select: ['type'] })
    const gone: Change[] = found.map(({ path }) => ({ kind: 'delete', path }))
    const objects: Removal[] = []
    for (const { id, fields } of what === 'messages' ? found : []) {
      if (WITHOUT_BYTES.has(String(fields['type']))) continue
      const medium = await this.#mediumOf(id)
      gone.push(...medium.gone)
      objects.push(...medium.objects)
    }
    if (gone.length > 0) {
      await this.#objects.with(await this.#objects.present(objects), async (record) => {
        await documents.commit([...gone, ...record])
        return true
      })
    }
    this.removed[what] += found.length
    return found.length === AT_ONCE
  }

  /** The file of a message. The owner may get its object after this, if it has still to fetch it. */
  async #mediumOf(id: string): Promise<{ readonly gone: readonly Change[]; readonly objects: readonly Removal[] }> {
    const { sessionId } = this.#subject
    const path = `${receivedMediaPath(sessionId)}/${id}`
    const medium = await this.#dependencies.documents.read(path)
    const objects = [{ name: mediaObjectOf(sessionId, id), isUnderway: medium?.fields['state'] === 'pending', isMedium: true }]
    return { gone: medium ? [{ kind: 'delete', path }] : [], objects }
  }

  async #removeChanges(field: string, by: string): Promise<boolean> {
    const { documents } = this.#dependencies
    const collection = messagesPath(this.#subject.sessionId)
    const where = [[`${field}.by`, '==', by]] as const
    const found = await documents.query({ collection, where, limit: AT_ONCE, select: ['type'] })
    const changes = found.map(({ path }): Change => ({ kind: 'update', path, fields: { [field]: REMOVED } }))
    if (changes.length > 0) await documents.commit(changes)
    this.removed.changes += changes.length
    return found.length === AT_ONCE
  }

  async #eraseDelivery(snapshot: DocumentSnapshot): Promise<void> {
    const { cipher, ids } = this.#subject
    const names = new Set([...ids, ...ids.map(chatIdOf)])
    const outcome = await eraseDelivery(this.#dependencies, cipher, { snapshot, names })
    if (outcome === 'erased') this.removed.deliveries++
    if (outcome === 'changed') this.left.changed++
    if (outcome === 'unreadable') this.left.unreadable++
  }

  async #eraseJob(snapshot: DocumentSnapshot): Promise<void> {
    try {
      if (isTombstone(snapshot.fields)) return await this.#eraseArchived(snapshot)
      const job = parseJob(snapshot)
      if (!this.#subject.ids.includes(job.chat)) return
      if (OPEN_JOB_STATUSES.includes(job.status)) return void this.left.openJobs++
      const { cipher } = this.#subject
      const bytes = bytesOf(snapshot.id, job, cipher)
      const content = sealJobContent(cipher, snapshot.id, { type: 'text', text: '' })
      const fields = { chat: NOBODY, type: 'text', content, proto: null, upload: null, mediaId: REMOVED }
      await this.#write(snapshot, fields, bytes, 'jobs')
    } catch (error) {
      if (!(error instanceof Refusal) && !isDamage(error)) throw error
      this.left.unreadable++
    }
  }

  /** A tombstone does not say whom its message was for: only the archive does. */
  async #eraseArchived(snapshot: DocumentSnapshot): Promise<void> {
    if (snapshot.fields['erasedAt'] instanceof Date) return
    const { media, clock } = this.#dependencies
    const { job, cipher } = await archivedJob(this.#dependencies, snapshot)
    if (!this.#subject.ids.includes(job.chat)) return
    const { object } = snapshot.fields['archive'] as { object: string }
    // In storage mode `local` the archives lie in a bucket, and media do not.
    if ((await media.sizeOf(object)) === null) return void this.left.objects++
    const objects = [...bytesOf(snapshot.id, job, cipher), { name: object, isMedium: false }]
    await this.#write(snapshot, { erasedAt: new Date(clock.now()) }, objects, 'archivedJobs')
  }

  /** Writes in the version that was read. A receipt may have come meanwhile: the next call finds the document again. */
  async #write(
    snapshot: DocumentSnapshot,
    fields: Fields,
    objects: readonly Removal[],
    what: 'jobs' | 'archivedJobs',
  ): Promise<void> {
    const { documents } = this.#dependencies
    const isWritten = await this.#objects.with(await this.#objects.present(objects), (record) =>
      writeUnlessChanged(documents, snapshot.path, snapshot, fields, record),
    )
    if (isWritten) this.removed[what]++
    else this.left.changed++
  }
}

/** Every object in which the file of a job may lie: what came with it, what its owners have fetched and what they have converted. */
function bytesOf(jobId: string, job: JobDocument, cipher: SessionCipher): readonly Removal[] {
  const content = openJobContent(cipher, jobId, job)
  return hasFile(content) ? placesOf(jobId, job, content).map(({ object }) => ({ name: object, isMedium: true })) : []
}
