import { hashOfRecord, type JournalRecord } from '@holdfast/core/journal/journal-record'
import { newSessionKeys, unwrapSessionKeys, WrappingKey } from '@holdfast/core/security/envelope'
import { isDamage } from '@holdfast/core/platform/errors'
import { readCheckpoint, readUnpointed, writeCheckpoint } from '@holdfast/core/journal/checkpoint'
import { readTail } from '@holdfast/core/journal/journal-reader'
import { loadState } from '@holdfast/core/journal/load'
import { encodeGroup, type Mutation } from '@holdfast/core/journal/mutation'
import { openGroup, sealGroup } from '@holdfast/core/journal/record-codec'
import { StateImage } from '@holdfast/core/journal/state-image'
import { decodeJournalFile, encodeJournalFile } from '@holdfast/core/adapters/directory/journal-file'
import type { ObjectStore } from '@holdfast/core/platform/ports'
import type { FoundRecord, ReadableJournals } from '@holdfast/core/journal/journal-store'
import { MemoryObjects } from '../../../integration/contract/memory-objects.ts'
import { deflatedZeros, mutateBytes, mutateValue } from '../mutations.ts'
import { unlessRefused, type Target } from '../target.ts'

export const SESSION_ID = 'default.fuzz'
export const WRAPPING_KEY = new WrappingKey(Buffer.alloc(32, 7))
export const CIPHER = await unwrapSessionKeys(SESSION_ID, await newSessionKeys(SESSION_ID, WRAPPING_KEY), WRAPPING_KEY)

export const GROUPS: readonly (readonly Mutation[])[] = [
  [{ creds: '{"me":{"id":"5511900000001:1@s.whatsapp.net"}}' }],
  [{ keys: { 'pre-key': { '1': '{"public":"AA==","private":"AA=="}' }, meta: { everLoggedIn: '1' } } }],
  [{ keys: { session: { a: 'x'.repeat(900) } } }, { keys: { session: { b: 'y' }, inbox: { h: '{"id":"M1","at":1}' } } }],
  [{ keys: { session: { a: null, c: 'z' } }, creds: '{"me":null}' }],
]

/** Makes a journal like an owner: its claim, and the records of each group. */
export function journal(): JournalRecord[] {
  const claim = { v: 1, kind: 'claim', seq: 1, epoch: 1, runnerId: 'r', nonce: 'n', prevHash: '', keyVersion: 0 } as const
  const records: JournalRecord[] = [{ ...claim, bytes: Buffer.alloc(0), part: 1, parts: 1 }]
  for (const mutations of GROUPS) {
    const last = records.at(-1) as JournalRecord
    const head = { sequence: last.seq, epoch: 1, hash: hashOfRecord(last) }
    records.push(...sealGroup({ kind: 'data', mutations, head, runnerId: 'r', nonce: 'n', cipher: CIPHER }))
  }
  return records
}

export const found = (records: readonly JournalRecord[]): FoundRecord[] =>
  records.map((record) => ({ seq: record.seq, place: `journal/${record.seq}`, fields: { ...record, at: new Date(0) } }))

/** Makes a journal store from found records, which are in the order of their numbers. */
export const journalsOf = (records: readonly FoundRecord[]): ReadableJournals => {
  const list: ReadableJournals['list'] = async (_, { after, upTo = Number.POSITIVE_INFINITY, limit }) =>
    records.filter(({ seq }) => seq > after && seq <= upTo).slice(0, limit)
  return {
    placeOf: () => 'fuzz',
    read: async (_, seq) => records.find((record) => record.seq === seq) ?? null,
    list,
    outline: list,
  }
}

const NO_POINTERS = { checkpoint: null, previousCheckpoint: null, trimmedTo: 0 }

export const shown = (image: StateImage): string => JSON.stringify(image.toMutation())

/** Returns every state that the journal passes through, as text. */
export function statesOf(records: readonly JournalRecord[]): Set<string> {
  const image = new StateImage()
  const states = new Set([shown(image)])
  for (const record of records) {
    for (const mutation of openGroup([record], CIPHER)) image.apply(mutation)
    states.add(shown(image))
  }
  return states
}

const records: Target = {
  name: 'records',
  promise: 'the state is complete, or it is an earlier one and the fault is reported as damage',
  async open() {
    const real = journal()
    const states = statesOf(real)
    const complete = [...states].at(-1)
    const end = real.length
    return {
      async attempt(random) {
        const changed = found(real)
        const at = Math.floor(random.between(0, changed.length))
        const one = changed[at] as FoundRecord
        const fields = random.chance(0.1)
          ? (changed[random.chance(0.5) ? 0 : changed.length - 1] as FoundRecord).fields
          : one.fields
        changed[at] = { ...one, fields: mutateValue(random, fields) as FoundRecord['fields'] }
        if (random.chance(0.1)) changed.splice(Math.floor(random.between(0, changed.length)), 1)
        const journals = journalsOf(changed)
        const tail = await unlessRefused(() => readTail(journals, SESSION_ID, end), isDamage)
        if (tail !== null) return `readTail ${tail}`
        let broken: string | null = null
        const load = async () => {
          const { image, trouble } = await loadState({
            journals,
            objects: new MemoryObjects(),
            cipher: CIPHER,
            pointers: NO_POINTERS,
            end,
          })
          const state = shown(image)
          if (!trouble && state !== complete) broken = 'loadState accepted a changed journal as complete'
          if (!states.has(state)) broken = 'loadState made a state that the journal never passed through'
          if (trouble !== null && !isDamage(trouble)) broken = 'loadState reported an error other than damage'
        }
        return (await unlessRefused(load, () => false)) ?? broken
      },
    }
  },
}

/** Makes a bucket with one object. */
export const holding = (name: string, bytes: Buffer): ObjectStore => ({
  placeOf: (place) => place,
  create: () => Promise.reject(new Error('This bucket is read-only.')),
  read: async (asked) => (asked === name ? { bytes, generation: '1' } : null),
  list: async () => [name],
  describe: async () => [{ name, bytes: bytes.length, createdAt: new Date(0) }],
})

const checkpoints: Target = {
  name: 'checkpoints',
  promise: 'a checkpoint opens unchanged, or is reported as damage',
  async open() {
    const objects = new MemoryObjects()
    const image = new StateImage()
    for (const mutation of GROUPS.flat()) image.apply(mutation)
    const cut = { sequence: 5, hash: 'a hash', epoch: 1, image: image.toMutation() }
    const pointer = await writeCheckpoint(objects, CIPHER, cut)
    const { bytes } = (await objects.read(pointer.object)) as { bytes: Buffer }
    return {
      async attempt(random) {
        const broken = mutateBytes(random, bytes)
        const store = holding(pointer.object, broken)
        const isSame = broken.equals(bytes)
        const opened = async (work: () => Promise<unknown>) => {
          await work()
          if (!isSame) throw new Error('A changed checkpoint was opened.')
        }
        const other = random.chance(0.5) ? pointer : { ...pointer, seq: pointer.seq + 1 }
        return (
          (await unlessRefused(() => opened(() => readUnpointed(store, CIPHER, pointer.object)), isDamage)) ??
          (await unlessRefused(() => opened(() => readCheckpoint(store, CIPHER, other)), isDamage))
        )
      },
    }
  },
}

/** A group that inflates to 1 GiB, far more than any record can hold. */
const BOMB = Buffer.concat([Buffer.of(1), deflatedZeros(1024 ** 3)])

const groups: Target = {
  name: 'groups',
  promise: 'the content of a sealed record is decoded, or the record is damaged, within the memory limit of a state',
  async open() {
    const encoded = GROUPS.map(encodeGroup)
    return {
      attempt(random) {
        const mutated = random.chance(0.01) ? BOMB : mutateBytes(random, random.pick(encoded))
        const envelope = {
          v: 1,
          kind: 'data',
          seq: 2,
          epoch: 1,
          runnerId: 'r',
          nonce: 'n',
          prevHash: 'h',
          part: 1,
          parts: 1,
        } as const
        const place = JSON.stringify([1, 'data', 2, 1, 'h', 1, 1])
        const record = { ...envelope, keyVersion: 1, bytes: CIPHER.seal('journal', mutated, place) }
        return unlessRefused(() => openGroup([record], CIPHER), isDamage)
      },
    }
  },
}

const journalFiles: Target = {
  name: 'journal-files',
  promise: 'a file of the directory is decoded unchanged, or its records are damaged; it never throws',
  async open() {
    const at = new Date(0)
    const merges = [{ kind: 'merge', path: 'a/b', fields: { n: 1, at, bytes: Buffer.of(1), list: [{ $date: 1 }] } }] as const
    const files = [journal().slice(0, 1), journal().slice(1, 3)].map((some) => ({
      first: some[0]?.seq ?? 0,
      bytes: encodeJournalFile(some, merges, at),
    }))
    return {
      attempt(random) {
        const { first, bytes } = random.pick(files)
        return unlessRefused(
          () => decodeJournalFile(mutateBytes(random, bytes), first, 'journal/file'),
          () => false,
        )
      },
    }
  },
}

export const STORED_STATE: readonly Target[] = [records, checkpoints, groups, journalFiles]
