import { DocumentJournals } from '@holdfast/core/journal/document-journals'
import { type ArchivedValues, readArchive, writeArchive } from '@holdfast/core/journal/archive'
import { checkBackup } from '@holdfast/core/journal/check-backup'
import { readUnpointed, wrappedKeysIn, writeCheckpoint } from '@holdfast/core/journal/checkpoint'
import { hashOfRecord } from '@holdfast/core/journal/journal-record'
import { loadState } from '@holdfast/core/journal/load'
import { openGroup } from '@holdfast/core/journal/record-codec'
import { StateImage } from '@holdfast/core/journal/state-image'
import { isDamage, isHoldfastError, isKeyTrouble } from '@holdfast/core/platform/errors'
import { createLogger } from '@holdfast/core/platform/logging'
import type { ObjectStore } from '@holdfast/core/platform/ports'
import { systemClock, systemRandom } from '@holdfast/core/platform/system-clock'
import { unwrapSessionKeys } from '@holdfast/core/security/envelope'
import { archiveName, checkpointName } from '@holdfast/core/session/ids'
import type { SeededRandom } from '../../../../sandbox/network/seeded-random.ts'
import { rebuildSession } from '../../../../runner/src/moving/rebuild.ts'
import { RecordArchive } from '../../../../runner/src/session/archive/record-archive.ts'
import { ConnectionEnded } from '../../../../runner/src/whatsapp/port.ts'
import { encodeCreds, newCreds } from '../../../../runner/src/whatsapp/baileys/signal/codec.ts'
import { MemoryObjects } from '../../../integration/contract/memory-objects.ts'
import { MemoryDocuments } from '../../../integration/queue/memory-documents.ts'
import { mutateBytes, mutateValue } from '../mutations.ts'
import { unlessRefused, type Target } from '../target.ts'
import { CIPHER, GROUPS, found, holding, journal, journalsOf, SESSION_ID, shown, statesOf, WRAPPING_KEY } from './stored-state.ts'

const PLACE = { seq: 7, epoch: 2 }

const RECORDS: ArchivedValues = {
  session: { '200000000000001_1.0': '{"_sessions":{}}', '200000000000002_1.0': 'x'.repeat(900) },
  'pre-key': { '7': '{"public":"AA==","private":"AA=="}' },
}

const ENTRY = 'session 200000000000001_1.0'

/** Changes the bytes anywhere, or its header by a field. A header that was changed by hand is JSON still. */
function mutateObject(random: SeededRandom, bytes: Buffer): Buffer {
  if (random.chance(0.6)) return mutateBytes(random, bytes)
  const end = bytes.indexOf(0x0a)
  const header = mutateValue(random, JSON.parse(bytes.subarray(0, end).toString()))
  return Buffer.concat([Buffer.from(jsonOf(header)), bytes.subarray(end)])
}

/** A value that is nested too deeply to be written becomes one that is too deep to be read. */
function jsonOf(value: unknown): string {
  try {
    return JSON.stringify(value) ?? ''
  } catch {
    return '['.repeat(100_000)
  }
}

const isArchiveRefused = (error: unknown): boolean =>
  isHoldfastError(error, 'archive-damaged') || isHoldfastError(error, 'unknown-version')

/** Makes a store that gives back these bytes, whatever is written. */
function givingBack(bytes: Buffer): ObjectStore {
  return { ...holding(archiveName(SESSION_ID, PLACE), bytes), create: async () => ({ generation: '1' }) }
}

/** Reads a record as a message does that needs it. A store that does not answer ends the attempt. */
async function takenBack(objects: ObjectStore): Promise<string | null> {
  const image = new StateImage()
  image.apply({ keys: { archived: { [ENTRY]: JSON.stringify(PLACE) } } })
  const connection = new AbortController()
  const clock = { ...systemClock, sleep: async () => connection.abort() }
  const archive = new RecordArchive({ image, objects, cipher: CIPHER, clock, logger: createLogger('fuzz', 'silent') })
  return (await archive.read('session', '200000000000001_1.0', connection.signal))?.value ?? null
}

const archives: Target = {
  name: 'archives',
  promise: 'an archive of removed records opens unchanged, or is reported as damaged, and no record of it comes back altered',
  async open() {
    const objects = new MemoryObjects()
    await writeArchive(objects, CIPHER, PLACE, RECORDS)
    await writeArchive(objects, CIPHER, { seq: 8, epoch: 2 }, { session: { '200000000000001_1.0': 'a later ratchet' } })
    const bytesOf = async (seq: number) =>
      (await objects.read(archiveName(SESSION_ID, { seq, epoch: 2 })))?.bytes ?? Buffer.alloc(0)
    const [real, other] = [await bytesOf(7), await bytesOf(8)]
    const packed = JSON.stringify(RECORDS)
    return {
      async attempt(random) {
        const bytes = random.chance(0.05) ? other : mutateObject(random, real)
        const isSame = bytes.equals(real)
        const store = givingBack(bytes)
        const reading = await unlessRefused(async () => {
          const opened = JSON.stringify(await readArchive(store, CIPHER, PLACE))
          if (!isSame || opened !== packed) throw new Error('A changed archive was opened.')
        }, isArchiveRefused)
        const writing = await unlessRefused(async () => {
          await writeArchive(store, CIPHER, PLACE, RECORDS)
          if (!isSame) throw new Error('An archive counts as written although other bytes came back.')
        }, isArchiveRefused)
        const taking = await unlessRefused(
          async () => {
            const value = await takenBack(store)
            if (value !== null && (!isSame || value !== RECORDS['session']?.['200000000000001_1.0'])) {
              throw new Error('A record came back from a changed archive.')
            }
          },
          // An archive of a later version is waited for.
          (error) => error instanceof ConnectionEnded,
        )
        return reading ?? writing ?? taking
      },
    }
  },
}

/** A session with a backup in the middle of its log. */
async function backedUp() {
  const objects = new MemoryObjects()
  const records = journal()
  const until = records.slice(0, 3)
  const image = new StateImage()
  for (const record of until) for (const mutation of openGroup([record], CIPHER)) image.apply(mutation)
  const last = until.at(-1) ?? records[0]!
  const cut = { sequence: last.seq, hash: hashOfRecord(last), epoch: 1, image: image.toMutation() }
  const pointer = await writeCheckpoint(objects, CIPHER, cut)
  const bytes = (await objects.read(pointer.object))?.bytes ?? Buffer.alloc(0)
  return { records, pointer, bytes, contents: image.counts(), end: records.length }
}

const backups: Target = {
  name: 'backups',
  promise:
    'a backup is good only while its object, its document and the log after it are unchanged, and no part of a damaged one is restored',
  async open() {
    const { records, pointer, bytes, contents, end } = await backedUp()
    const states = statesOf(records)
    const whole = [...states].at(-1)
    const journals = journalsOf(found(records))
    const afterBackup = journalsOf(found(records.slice(pointer.seq)))
    return {
      async attempt(random) {
        const changed = random.chance(0.7) ? mutateObject(random, bytes) : bytes
        const counted = random.chance(0.2) ? { ...contents, session: Math.floor(random.between(0, 9)) } : contents
        const objects = holding(pointer.object, changed)
        const isSame = changed.equals(bytes)
        const isCounted = (counted['session'] ?? 0) === (contents['session'] ?? 0)
        const session = async () => ({ trimmedTo: 0, journalHead: end, previousCheckpoint: null })
        const checking = await unlessRefused(
          async () => {
            const { state, code } = await checkBackup({
              journals,
              objects,
              cipher: CIPHER,
              backup: { pointer, contents: counted },
              session,
            })
            if ((state === 'good') !== (isSame && isCounted)) throw new Error(`A backup counts as ${state} (${code}).`)
          },
          (error) => isHoldfastError(error, 'unknown-version'),
        )
        const loading = await unlessRefused(
          async () => {
            // The log before the backup is trimmed, so that only the backup leads to its state.
            const pointers = { checkpoint: pointer, previousCheckpoint: null, trimmedTo: pointer.seq }
            const { image, trouble } = await loadState({ journals: afterBackup, objects, cipher: CIPHER, pointers, end })
            const state = shown(image)
            if (isSame ? state !== whole || trouble !== null : trouble === null)
              throw new Error('The loaded state is not what is left.')
            if (!states.has(state)) throw new Error('A part of a damaged backup was loaded.')
            if (trouble && !isDamage(trouble)) throw new Error('The loader reported an error other than damage.')
          },
          () => false,
        )
        return checking ?? loading
      },
    }
  },
}

const headers: Target = {
  name: 'headers',
  promise: 'the keys in the header of a checkpoint open it unchanged, or the header is reported as damaged',
  async open() {
    const { pointer, bytes } = await backedUp()
    const real = shown((await readUnpointed(holding(pointer.object, bytes), CIPHER, pointer.object)).checkpoint.image)
    return {
      attempt(random) {
        const changed = mutateObject(random, bytes)
        return unlessRefused(
          async () => {
            const keys = wrappedKeysIn(changed, pointer.object)
            if (!keys) return
            const cipher = await unwrapSessionKeys(SESSION_ID, keys, WRAPPING_KEY)
            const { checkpoint } = await readUnpointed(holding(pointer.object, changed), cipher, pointer.object)
            if (!changed.equals(bytes) || shown(checkpoint.image) !== real) throw new Error('A changed checkpoint was opened.')
          },
          (error) => isDamage(error) || isKeyTrouble(error),
        )
      },
    }
  },
}

const NAMES = [5, 9].map((seq) => checkpointName(SESSION_ID, seq, 1))

const rebuilds: Target = {
  name: 'rebuilds',
  promise: 'a session is rebuilt from a checkpoint that is unchanged, or not at all, and the new log begins beyond the old one',
  async open() {
    const made = new MemoryObjects()
    for (const sequence of [5, 9]) {
      const image = { creds: encodeCreds(newCreds()), keys: { meta: { everLoggedIn: '1' } } }
      await writeCheckpoint(made, CIPHER, { sequence, hash: 'a hash', epoch: 1, image: { ...GROUPS[1]?.[0], ...image } })
    }
    const bytesOf = async (name: string) => (await made.read(name))?.bytes ?? Buffer.alloc(0)
    const originals = new Map(await Promise.all(NAMES.map(async (name) => [name, await bytesOf(name)] as const)))
    return {
      attempt(random) {
        const [documents, objects] = [new MemoryDocuments(), new MemoryObjects()]
        const stored = new Map<string, Buffer>()
        const isOneWhole = random.chance(0.5) ? random.pick(NAMES) : null
        for (const [name, bytes] of originals) {
          if (name === isOneWhole || !random.chance(0.1))
            stored.set(name, name === isOneWhole ? bytes : mutateObject(random, bytes))
        }
        const [journals, logger] = [new DocumentJournals(documents), createLogger('fuzz', 'silent')]
        const stores = {
          documents,
          objects,
          journals,
          logger,
          clock: systemClock,
          random: systemRandom,
          wrappingKey: WRAPPING_KEY,
        }
        return unlessRefused(
          async () => {
            for (const [name, bytes] of stored) await objects.create(name, bytes)
            const rebuilt = await rebuildSession(stores, SESSION_ID, { isFirestoreOlder: false })
            if (!rebuilt || 'purgedAt' in rebuilt) return
            const { from, startsAt } = rebuilt
            if (!originals.get(from)?.equals(stored.get(from) ?? Buffer.alloc(0)))
              throw new Error('A changed checkpoint was taken.')
            if (startsAt <= 9) throw new Error(`The new log begins at ${startsAt}.`)
          },
          (error) => isDamage(error) || isKeyTrouble(error) || isHoldfastError(error, 'cannot-move'),
        )
      },
    }
  },
}

export const VAULT: readonly Target[] = [archives, backups, headers, rebuilds]
