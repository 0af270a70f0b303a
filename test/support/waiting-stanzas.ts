import type { AccountState } from './simulator-client.ts'

/** A device that has had a stanza for so long will not answer it on this connection. */
const ANSWERED_WITHIN_MS = 60_000

type Queue = Pick<AccountState, 'phone' | 'offlineQueue' | 'waiting'>

/** Says what the server keeps for a device; nothing when that has answered everything. */
export function stanzasFor({ phone, offlineQueue, waiting }: Queue): string[] {
  if (offlineQueue === 0) return []
  const named = waiting.map(({ what, handedOverMs }) => `${what} ${handedOverMs === null ? '' : `(${handedOverMs} ms)`}`.trim())
  return [`${offlineQueue} stanzas wait for ${phone}: ${named.join(', ')}`]
}

/** Whether nothing is missing but stanzas that their device has had for a short time. */
export function areOnTheirWay(missing: readonly string[], queues: readonly Queue[]): boolean {
  const waiting = queues.flatMap(stanzasFor)
  const isNew = ({ handedOverMs }: Queue['waiting'][number]) => handedOverMs === null || handedOverMs < ANSWERED_WITHIN_MS
  return missing.every((one) => waiting.includes(one)) && queues.every((queue) => queue.waiting.every(isNew))
}
