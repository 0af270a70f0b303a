import { createHash } from 'node:crypto'
import type { Task } from '../platform/ports.ts'

/**
 * The tasks of the queue `webhooks`. A task is a bell: the documents say what has to go out. Its name says why it was made, so that the
 * same reason makes one task.
 */

/** The task that sends what waits in a lane, one after the other. */
export const laneTask = (lane: string, why: string, at?: Date): Task => ({
  queue: 'webhooks',
  name: `lane-${shortOf(lane, why)}`,
  payload: { lane },
  ...(at ? { at } : {}),
})

/** The task that sends one delivery, which has lost its place in its lane. */
export const deliveryTask = (delivery: string, why: string, at?: Date): Task => ({
  queue: 'webhooks',
  name: `one-${shortOf(delivery, why)}`,
  payload: { delivery },
  ...(at ? { at } : {}),
})

const shortOf = (...parts: readonly string[]): string =>
  createHash('sha256').update(JSON.stringify(parts)).digest('hex').slice(0, 32)
