import { HoldfastError } from '@holdfast/core/platform/errors'
import type { Append, Change } from '@holdfast/core/platform/ports'
import { expect, test } from 'vitest'
import type { Dependencies } from '../dependencies.ts'
import { ObjectRemovals } from './object-removals.ts'

/** The longest name that an object of a session has. */
const nameOf = (number: number) =>
  `media/${'t'.repeat(32)}/${'t'.repeat(32)}.${'s'.repeat(54)}/${String(number).padStart(40, '0')}`

const MEGABYTE = 1024 * 1024

test('records of what is still to be removed fit a document each, and have every name once', async () => {
  const mayNotRemove = () => Promise.reject(new HoldfastError('store-forbidden', 'This account may not remove objects.'))
  const media = { sizeOf: () => Promise.resolve(1), remove: mayNotRemove } as unknown as Dependencies['media']
  const committed: Change[] = []
  const commit = async (more: readonly Change[]) => void committed.push(...more)
  const removals = new ObjectRemovals({ documents: { commit }, media, sessionId: 'one.session', id: 'erasure', now: new Date(0) })
  const changes: Change[] = []
  for (let count = 0; count < 5_100; count += 300) {
    const some = Array.from({ length: 300 }, (_, index) => ({ name: nameOf(count + index), isMedium: true }))
    await removals.with(some, async (record) => changes.push(...record) > 0)
  }
  expect(await removals.with([{ name: 'refused', isMedium: true }], () => Promise.resolve(false))).toBe(false)
  const documents = new Map<string, string[]>()
  for (const change of changes) {
    if (change.kind !== 'merge') throw new Error('A record of an erasure is a merge.')
    const { elements } = change.fields['objects'] as Append
    documents.set(change.path, [...(documents.get(change.path) ?? []), ...(elements as string[])])
  }
  expect([...documents.keys()]).toEqual(['erasures/erasure', 'erasures/erasure-1', 'erasures/erasure-2'])
  for (const names of documents.values()) expect(Buffer.byteLength(names.join())).toBeLessThan(MEGABYTE / 2)
  expect([...documents.values()].flat()).toEqual(Array.from({ length: 5_100 }, (_, count) => nameOf(count)))
  expect(await removals.removeAll()).toEqual({ media: 0, waiting: 5_100 })
  const left = committed.map((change) => [change.path, change.kind === 'merge' ? change.fields['objects'] : null])
  expect(new Map(left as [string, string[]][])).toEqual(documents)
})
