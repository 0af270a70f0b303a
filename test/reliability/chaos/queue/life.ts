import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import type { SeededRandom } from '../../../../sandbox/network/seeded-random.ts'
import { pauseUnless } from '../troubles/pause-unless.ts'
import type { World } from '../world.ts'

/** The pool of all sessions. */
export const POOL = 'chaos'

/** The clock goes on by jumps, so that minutes pass in seconds. */
const JUMP_S = { least: 5, most: 40 }
const JUMP_EVERY_MS = { least: 1_000, most: 4_000 }
/** A process that is stopped or dies does not answer to a jump. */
const JUMP_LIMIT_MS = 2_000
const RETRY_EVERY_MS = { least: 2_000, most: 6_000 }
/** The shares of deliveries of tasks that are lost, and that come twice. */
const LOST = 0.15
const TWICE = 0.25

/** What goes on around the queue until all messages have come to their ends. */
export interface QueueLife {
  readonly counts: { jumps: number; retriedByHand: number }
  untilBroken(): Promise<never>
  stop(): Promise<void>
}

/** Moves the clock, loses and doubles tasks, and retries by hand what has failed. */
export async function startQueueLife(world: World, random: SeededRandom): Promise<QueueLife> {
  const { sandbox, api, sessions } = world
  await api.putPool(
    POOL,
    sessions.map(({ name }) => name),
  )
  await sandbox.disturbTasks({ drop: LOST, double: TWICE, seed: Math.floor(random.next() * 2 ** 32) })
  const counts = { jumps: 0, retriedByHand: 0 }
  const stopping = new AbortController()
  const { signal } = stopping
  const lane = async (every: { least: number; most: number }, own: SeededRandom, work: () => Promise<void>): Promise<void> => {
    while (await pauseUnless(signal, own.between(every.least, every.most))) await work()
  }
  const clock = random.fork()
  const running = [
    lane(JUMP_EVERY_MS, clock, async () => {
      const jump = sandbox.advanceClock({ seconds: clock.between(JUMP_S.least, JUMP_S.most) })
      await Promise.race([jump, pause(JUMP_LIMIT_MS)])
      counts.jumps++
    }),
    lane(RETRY_EVERY_MS, random.fork(), async () => {
      counts.retriedByHand += (await api.retryFailed()).retried
    }),
  ]
  const broken = Promise.withResolvers<never>()
  broken.promise.catch(() => undefined)
  for (const one of running) one.catch((error: unknown) => broken.reject(error))
  return {
    counts,
    untilBroken: () => broken.promise,
    async stop() {
      stopping.abort()
      await Promise.all(running)
    },
  }
}

/** Counts the deliveries of tasks that were lost and that came twice. */
export async function disturbedTasks({ sandbox }: World): Promise<{ lost: number; twice: number }> {
  const log = await readFile(join(sandbox.folder, 'logs', 'tasks.log'), 'utf8')
  const count = (fault: string) => log.split(`"fault":"${fault}"`).length - 1
  return { lost: count('dropped'), twice: count('doubled') }
}
