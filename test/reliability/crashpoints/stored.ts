import { JOBS } from '@holdfast/core/message/job-document'
import { SESSIONS } from '@holdfast/core/session/session-document'
import { sequenceId } from '@holdfast/core/session/ids'

interface RestDocument {
  name: string
  fields?: Record<string, RestValue>
}

interface RestValue {
  stringValue?: string
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

  constructor(address: string, project: string) {
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

  /** Returns the WhatsApp ids of all stored messages of the session, with duplicates. */
  async messageIds(sessionId: string): Promise<string[]> {
    const found = await this.#all(`${SESSIONS}/${sessionId}/messages`, 'messageId')
    return found.map(({ fields }) => fields?.['messageId']?.stringValue ?? '')
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
