import { createHash } from 'node:crypto'

/** Rendezvous hashing: all runners compute the same order for a name without talking to each other. 0 goes first. */
export function rankOf(name: string, runnerId: string, alive: Iterable<string>): number {
  const weight = (id: string): string => createHash('sha256').update(`${name}/${id}`).digest('hex')
  const mine = weight(runnerId)
  return [...alive].filter((id) => id !== runnerId && weight(id) > mine).length
}
