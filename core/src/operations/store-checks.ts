import { createHash } from 'node:crypto'
import type { KeyWrapping } from '../security/key-wrapping.ts'
import { HoldfastError, isHoldfastError } from '../platform/errors.ts'
import { SERVER_TIME, type DocumentStore, type ObjectStore } from '../platform/ports.ts'

/** The bytes that the check seals, writes, reads back and opens: one object and one document for each key, made once. */
const PROBE = Buffer.from('What is written here can be read here.')

export const STORE_CHECKS = 'store_checks'

/**
 * Writes a sealed object, reads it back and opens it. Where it exists already, the refusal `already-exists` shows the right to write:
 * stores check rights before names.
 *
 * @throws HoldfastError `store-missing`, `store-forbidden` or `store-unfit`; other errors when the store does not answer.
 */
export async function checkObjects(objects: ObjectStore, key: KeyWrapping): Promise<void> {
  const name = `checks/${await probeOf(key)}`
  const place = objects.placeOf(name)
  try {
    await objects.create(name, (await key.wrap(PROBE, name)).wrapped)
  } catch (error) {
    if (!isHoldfastError(error, 'already-exists')) throw error
  }
  const stored = await objects.read(name)
  if (!stored || !(await objects.list('checks/')).includes(name)) throw notThere(place)
  await open(key, stored.bytes, name, place)
}

/**
 * Names the probe of the current wrapping key, so that a key that can be used no more leaves none that cannot be opened. A version of Cloud KMS
 * has a name that fits no document.
 */
async function probeOf(key: KeyWrapping): Promise<string> {
  const current = await key.currentAt(STORE_CHECKS)
  return /^[\w-]+$/.test(current) ? current : createHash('sha256').update(current).digest('hex').slice(0, 16)
}

/** Checks Firestore in the same way. */
export async function checkDocuments(documents: DocumentStore, key: KeyWrapping): Promise<void> {
  const path = `${STORE_CHECKS}/${await probeOf(key)}`
  const found = (await asked(documents.read(path))) ?? (await written(documents, path, key))
  if (!found) throw notThere(path)
  // An existing document does not show the right to write, so the check writes its time.
  await asked(documents.commit([{ kind: 'merge', path, fields: { checkedAt: SERVER_TIME } }]))
  const { sealed } = found.fields
  await open(key, sealed instanceof Uint8Array ? sealed : new Uint8Array(), path, path)
}

async function written(documents: DocumentStore, path: string, key: KeyWrapping) {
  const fields = { v: 1, sealed: (await key.wrap(PROBE, path)).wrapped, checkedAt: SERVER_TIME }
  try {
    await asked(documents.commit([{ kind: 'create', path, fields }]))
  } catch (error) {
    // Another process may have created the document meanwhile; the one that exists counts.
    const found = await asked(documents.read(path))
    if (!found) throw error
    return found
  }
  return asked(documents.read(path))
}

async function open(key: KeyWrapping, sealed: Uint8Array, place: string, where: string): Promise<void> {
  try {
    const opened = await key.unwrap(sealed, await key.currentAt(place), place)
    if (opened.equals(PROBE)) return
  } catch (error) {
    // Then nobody knows what the bytes are.
    if (!isHoldfastError(error) || error.code === 'wrapping-key-unavailable') throw error
  }
  throw new HoldfastError('store-unfit', `${where} does not open with the key that it was sealed with: it was altered.`, {
    advice: 'Find out what else was altered, then remove it: the next start makes a new one.',
  })
}

const notThere = (place: string): HoldfastError =>
  new HoldfastError('store-unfit', `${place} was written and is not there.`, {
    advice: 'Find out what removes new data there: life cycle rules, or another program.',
  })

/** gRPC codes that waiting cannot fix. The code decides nothing else. */
const NOT_FOUND = 5
const PERMISSION_DENIED = 7
const UNAUTHENTICATED = 16

async function asked<Result>(work: Promise<Result>): Promise<Result> {
  try {
    return await work
  } catch (cause) {
    const code = (cause as { code?: unknown } | null)?.code
    if (code === PERMISSION_DENIED || code === UNAUTHENTICATED) {
      throw new HoldfastError('store-forbidden', 'This process may not read and write Firestore.', {
        advice: 'Give its service account roles/datastore.user in the project.',
        cause,
      })
    }
    if (code === NOT_FOUND) {
      throw new HoldfastError('store-missing', 'There is no Firestore database in the project.', {
        advice: 'Create the database `(default)` in Native mode, or set GOOGLE_CLOUD_PROJECT to the project that has it.',
        cause,
      })
    }
    throw cause
  }
}
