import { createDecipheriv, createHmac, hkdfSync } from 'node:crypto'
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { JOBS } from '@holdfast/core/message/job-document'
import { wrapPlace } from '@holdfast/core/security/key-wrapping'
import { SESSIONS } from '@holdfast/core/session/session-document'
import { sequenceId } from '@holdfast/core/session/ids'

interface RestDocument {
  name: string
  fields?: Record<string, RestValue>
}

interface RestValue {
  stringValue?: string
  bytesValue?: string
  integerValue?: string
  mapValue?: { fields?: Record<string, RestValue> }
}

/** The ends of a session's log. */
export interface LogEnds {
  /** Records up to this number may have been trimmed. A gap behind it is a loss. */
  mayBeTrimmedTo: number
  /** The newest checkpoint covers the records up to this number; 0 without a checkpoint. */
  checkpointed: number
}

/** The counters of a session's pace. */
export interface Pace {
  day: string
  sentToday: number
}

const AS_OWNER = { authorization: 'Bearer owner' }

/** Reads Firestore through its REST interface, without any code of the product. */
export class Stored {
  readonly #documents: string
  readonly #folder: string
  readonly #nameKeys = new Map<string, Buffer>()

  /** @param folder of the sandbox, which has the wrapping key */
  constructor({ address, project, folder }: { address: string; project: string; folder: string }) {
    this.#folder = folder
    this.#documents = `http://${address}/v1/projects/${project}/databases/(default)/documents`
  }

  /** Returns the `status` of the job, or null without one. */
  async jobStatus(id: string): Promise<string | null> {
    const { documents } = await this.#get(`${JOBS}/${id}?mask.fieldPaths=status`)
    return documents[0]?.fields?.['status']?.stringValue ?? null
  }

  async sessionState(sessionId: string): Promise<string | null> {
    const { documents } = await this.#get(`${SESSIONS}/${sessionId}?mask.fieldPaths=state`)
    return documents[0]?.fields?.['state']?.stringValue ?? null
  }

  /** Returns the name of the object in the session's checkpoint pointer. */
  async checkpoint(sessionId: string): Promise<string | null> {
    const { documents } = await this.#get(`${SESSIONS}/${sessionId}?mask.fieldPaths=checkpoint`)
    return documents[0]?.fields?.['checkpoint']?.mapValue?.fields?.['object']?.stringValue ?? null
  }

  /** Returns how many messages the session's document counts, and on which day. */
  async pace(sessionId: string): Promise<Pace> {
    const { documents } = await this.#get(`${SESSIONS}/${sessionId}?mask.fieldPaths=pacing`)
    const fields = documents[0]?.fields?.['pacing']?.mapValue?.fields
    return { day: fields?.['day']?.stringValue ?? '', sentToday: Number(fields?.['sentToday']?.integerValue ?? 0) }
  }

  async logEnds(sessionId: string): Promise<LogEnds> {
    const masks = ['trimmedTo', 'checkpoint', 'previousCheckpoint'].map((field) => `mask.fieldPaths=${field}`)
    const { documents } = await this.#get(`${SESSIONS}/${sessionId}?${masks.join('&')}`)
    const { trimmedTo, checkpoint, previousCheckpoint } = documents[0]?.fields ?? {}
    const numberOf = (value: RestValue | undefined) => Number(value?.integerValue ?? 0)
    const seqOf = (pointer: RestValue | undefined) => numberOf(pointer?.mapValue?.fields?.['seq'])
    return { mayBeTrimmedTo: Math.max(numberOf(trimmedTo), seqOf(previousCheckpoint)), checkpointed: seqOf(checkpoint) }
  }

  /** Deletes a record of the journal, as no code of the product does. */
  async loseRecord(sessionId: string, seq: number): Promise<void> {
    const path = `${SESSIONS}/${sessionId}/journal/${sequenceId(seq)}`
    const response = await fetch(`${this.#documents}/${path}`, { method: 'DELETE', headers: AS_OWNER })
    if (!response.ok) throw new Error(`Firestore answered ${response.status} to the deletion of ${path}.`)
  }

  /** Returns how often the session has stored each of these messages, by its WhatsApp id. Their documents have pseudonyms of the ids. */
  async timesStored(sessionId: string, ids: readonly string[]): Promise<ReadonlyMap<string, number>> {
    const found = await this.#all(`${SESSIONS}/${sessionId}/messages`, 'messageId')
    const rows = Map.groupBy(found, ({ fields }) => fields?.['messageId']?.stringValue ?? '')
    const key = ids.length === 0 ? Buffer.alloc(0) : await this.#nameKey(sessionId)
    const pseudonymOf = (id: string): string =>
      `#${createHmac('sha256', key).update(id).digest().subarray(0, 16).toString('base64url')}`
    return new Map(ids.map((id) => [id, rows.get(pseudonymOf(id))?.length ?? 0]))
  }

  /** Returns the key of a session's pseudonyms: it comes from its first data key. */
  async #nameKey(sessionId: string): Promise<Buffer> {
    const known = this.#nameKeys.get(sessionId)
    if (known) return known
    const { documents } = await this.#get(`session_keys/${sessionId}`)
    const wrapped = documents[0]?.fields?.['keys']?.mapValue?.fields ?? {}
    const first = Math.min(...Object.keys(wrapped).map(Number))
    const sealed = Buffer.from(wrapped[first]?.mapValue?.fields?.['wrapped']?.bytesValue ?? '', 'base64')
    const dataKey = unsealed(await this.#wrappingKey(), sealed, wrapPlace(`session_keys/${sessionId}`, first))
    const key = Buffer.from(hkdfSync('sha256', dataKey, Buffer.alloc(0), `holdfast/names/${sessionId}`, 32))
    this.#nameKeys.set(sessionId, key)
    return key
  }

  async #wrappingKey(): Promise<Buffer> {
    const identity = JSON.parse(await readFile(join(this.#folder, 'identity.json'), 'utf8')) as { sessionEncryptionKey: string }
    return Buffer.from(identity.sessionEncryptionKey, 'base64')
  }

  /** Returns the stored records with their kinds, in ascending order. */
  async journal(sessionId: string): Promise<{ seq: number; kind: string }[]> {
    const found = await this.#all(`${SESSIONS}/${sessionId}/journal`, 'kind')
    return found.map(({ name, fields }) => ({ seq: Number(name.split('/').at(-1)), kind: fields?.['kind']?.stringValue ?? '' }))
  }

  async #all(collection: string, field: string): Promise<RestDocument[]> {
    const all: RestDocument[] = []
    for (let token = ''; ;) {
      const query = `pageSize=300&mask.fieldPaths=${field}${token === '' ? '' : `&pageToken=${encodeURIComponent(token)}`}`
      const { documents, next } = await this.#get(`${collection}?${query}`)
      all.push(...documents)
      if (next === '') return all
      token = next
    }
  }

  async #get(path: string): Promise<{ documents: RestDocument[]; next: string }> {
    const response = await fetch(`${this.#documents}/${path}`, { headers: AS_OWNER })
    if (response.status === 404) return { documents: [], next: '' }
    if (!response.ok) throw new Error(`Firestore answered ${response.status} to ${path}: ${await response.text()}`)
    const answer = (await response.json()) as { documents?: RestDocument[]; nextPageToken?: string } & Partial<RestDocument>
    if (answer.name !== undefined) return { documents: [answer as RestDocument], next: '' }
    return { documents: answer.documents ?? [], next: answer.nextPageToken ?? '' }
  }
}

/** Sealed bytes are a byte of the format, 12 of the nonce, the text, and 16 of the tag. */
function unsealed(key: Buffer, sealed: Buffer, associated: string): Buffer {
  const cipher = createDecipheriv('aes-256-gcm', key, sealed.subarray(1, 13))
  cipher.setAAD(Buffer.from(associated))
  cipher.setAuthTag(sealed.subarray(-16))
  return Buffer.concat([cipher.update(sealed.subarray(13, -16)), cipher.final()])
}
