import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest'
import { BACKENDS, type TaskQueueUnderTest } from './task-queue-backends.ts'

/** Longer than the lease of a delivery, and than Firestore's client waits for an answer. */
const DELIVERED_WITHIN_MS = 100_000

/** What the product relies on, whatever queue is configured. */

describe.each(BACKENDS)('%s', { timeout: 2 * DELIVERED_WITHIN_MS }, (_name, open) => {
  let queue: TaskQueueUnderTest

  beforeAll(async () => {
    queue = await open()
  })

  afterAll(async () => {
    await queue?.close()
  })

  let number = 0
  const newTask = (at?: Date) => {
    const name = `task-${++number}_x`
    return { queue: 'retries', name, payload: { job: name, attempt: number }, ...(at ? { at } : {}) } as const
  }

  const deliveriesOf = ({ name }: { name: string }) =>
    queue.delivered.filter((payload) => (payload as { job: string }).job === name)

  const delivered = (task: { name: string; payload: object }, times = 1) =>
    vi.waitFor(() => expect(deliveriesOf(task)).toEqual(Array.from({ length: times }, () => task.payload)), {
      timeout: DELIVERED_WITHIN_MS,
      interval: 10,
    })

  test('a task without a time is delivered at once, with its payload', async () => {
    const task = newTask()
    expect(await queue.tasks.enqueue(task)).toBe('queued')
    await delivered(task)
  })

  test('a task waits for its time', async () => {
    const [early, late] = [newTask(new Date(queue.now() + 3_600_000)), newTask(new Date(queue.now() + 3 * 3_600_000))]
    await queue.tasks.enqueue(late)
    await queue.tasks.enqueue(early)
    const atOnce = newTask()
    await queue.tasks.enqueue(atOnce)
    await delivered(atOnce)
    expect(deliveriesOf(early)).toEqual([])
    await queue.advanceHours(1.1)
    await delivered(early)
    expect(deliveriesOf(late)).toEqual([])
  })

  test('a name is taken once, while its task waits and after it has ended', async () => {
    const task = newTask(new Date(queue.now() + 3_600_000))
    const all = await Promise.all(Array.from({ length: 5 }, () => queue.tasks.enqueue(task)))
    expect(all.toSorted()).toEqual(['known', 'known', 'known', 'known', 'queued'])
    expect(await queue.tasks.enqueue({ ...task, at: new Date(queue.now()) })).toBe('known')
    await queue.advanceHours(1.1)
    await delivered(task)
    expect(await queue.tasks.enqueue(task)).toBe('known')
    const later = newTask()
    await queue.tasks.enqueue(later)
    await delivered(later)
    await delivered(task)
  })

  test('a task whose delivery fails is delivered again after a pause, until it succeeds', async () => {
    const task = newTask()
    queue.failNext(2)
    const before = performance.now()
    await queue.tasks.enqueue(task)
    await delivered(task, 3)
    expect(performance.now() - before).toBeGreaterThan(2900)
    await queue.advanceHours(1.1)
    const later = newTask()
    await queue.tasks.enqueue(later)
    await delivered(later)
    expect(deliveriesOf(task)).toHaveLength(3)
  })

  test('a waiting task survives whoever delivers', async () => {
    const task = newTask(new Date(queue.now() + 3_600_000))
    await queue.tasks.enqueue(task)
    await queue.crash()
    await queue.advanceHours(1.1)
    await delivered(task)
  })
})
