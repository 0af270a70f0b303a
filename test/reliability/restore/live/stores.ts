import { Storage, type Bucket } from '@google-cloud/storage'
import type { GoogleClients } from '@holdfast/core/adapters/google/clients'
import { journalPath } from '@holdfast/core/journal/journal-record'
import { parseStored } from '@holdfast/core/platform/parse'
import type { Fields } from '@holdfast/core/platform/ports'
import { checkpointFolder, placeOfCheckpoint, sequenceId } from '@holdfast/core/session/ids'
import { type SessionDocument, sessionDocumentSchema, sessionPath } from '@holdfast/core/session/session-document'
import { isDeepStrictEqual } from 'node:util'
import type { SandboxInfo } from '../../../../sandbox/info.ts'
import { clientsOf } from '../../../support/clients-of-sandbox.ts'
import type { Damageable } from '../damageable.ts'
import type { Stored } from '../stored.ts'

/** So many of the newest checkpoints are read. A long run makes hundreds. */
const NEWEST = 5

/** The stores of a sandbox, past the product that uses them meanwhile. */
export class LiveStores {
  readonly #google: GoogleClients
  readonly #bucket: Bucket

  constructor(info: SandboxInfo) {
    this.#google = clientsOf(info)
    this.#bucket = new Storage({ projectId: info.project }).bucket(info.bucket)
  }

  close(): Promise<void> {
    return this.#google.close()
  }

  async session(sessionId: string): Promise<SessionDocument> {
    const path = sessionPath(sessionId)
    return parseStored(sessionDocumentSchema, (await this.#google.documents.read(path))?.fields, path)
  }

  /** What is stored of a session, with the bytes of the newest checkpoints and of those that are named. */
  async stored(sessionId: string, alsoNamed: Iterable<string> = []): Promise<Stored> {
    const [session, records, names] = await Promise.all([
      this.session(sessionId),
      this.#records(sessionId),
      this.#google.objects.list(checkpointFolder(sessionId)),
    ])
    const { journalHead: knownEnd, trimmedTo, checkpoint, previousCheckpoint } = session
    const checkpoints = names.filter((name) => placeOfCheckpoint(name) !== null)
    const pointed = [checkpoint, previousCheckpoint].flatMap((pointer) => pointer?.object ?? [])
    const read = new Set([...checkpoints.slice(-NEWEST), ...pointed, ...alsoNamed])
    const objects = new Map<string, Buffer>()
    for (const name of [...read].toSorted()) {
      const found = await this.#google.objects.read(name)
      if (found) objects.set(name, found.bytes)
    }
    const end = Math.max(knownEnd, ...records.keys())
    const earlier = checkpoints.filter((name) => !read.has(name))
    return { records, rawRecords: records, objects, earlier, end, knownEnd, trimmedTo, checkpoint, previousCheckpoint }
  }

  /** The same of a session whose owner is dead: what that one asked for last may still arrive at Firestore. */
  async storedAtRest(sessionId: string): Promise<Stored> {
    for (let before = await this.stored(sessionId); ;) {
      const now = await this.stored(sessionId)
      if (isDeepStrictEqual(before, now)) return now
      before = now
    }
  }

  /** @param isOwned whether an owner trims records meanwhile, which then stay away */
  damageable(sessionId: string, { isOwned }: { readonly isOwned: boolean }): Damageable {
    const { documents } = this.#google
    const isThere = async (path: string): Promise<boolean> => (await documents.read(path)) !== null
    return {
      write: async (seq, fields) => {
        const path = `${journalPath(sessionId)}/${sequenceId(seq)}`
        if (!fields) return documents.commit([{ kind: 'delete', path }])
        if (!isOwned && !(await isThere(path))) return documents.commit([{ kind: 'create', path, fields }])
        // All records have the same fields, so that an update replaces one.
        await documents.commit([{ kind: 'update', path, fields }]).catch(async (error: unknown) => {
          if (!isOwned || (await isThere(path))) throw error
        })
      },
      // Cloud Storage changes no bytes under a generation.
      replace: async (name, bytes) => {
        await this.#bucket.file(name).delete({ ignoreNotFound: true })
        if (bytes) await this.#google.objects.create(name, bytes)
      },
    }
  }

  async #records(sessionId: string): Promise<Map<number, Fields>> {
    const found = await this.#google.documents.query({ collection: journalPath(sessionId), orderBy: ['id', 'asc'] })
    return new Map(found.map(({ id, fields }) => [Number(id), fields]))
  }
}
