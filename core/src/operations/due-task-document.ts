import { z } from 'zod'
import type { Task } from '../platform/ports.ts'

/**
 * PERSISTED CONTRACT v1: `due_tasks/{queue}.{name}`, a task of the embedded queue (`TASK_QUEUE=embedded`). A task exists once under its
 * name. Whoever enqueues it creates the document; API servers deliver it. It stays for an hour after its end, so that its name is not
 * taken again. New versions only add optional fields.
 */
export const DUE_TASKS = 'due_tasks'

export const dueTaskPath = ({ queue, name }: Pick<Task, 'queue' | 'name'>): string => `${DUE_TASKS}/${queue}.${name}`

export const dueTaskDocumentSchema = z.object({
  v: z.literal(1),
  /** The queue, which has the name of the function that does the same in the cloud. */
  queue: z.enum(['retries', 'alerts', 'webhooks']),
  /** Ids only. */
  payload: z.record(z.string(), z.union([z.string(), z.number()])),
  /**
   * When the task is delivered, by the clock of the processes. A delivery moves it ahead before it begins, so that nobody else delivers
   * the task meanwhile, and so that the task comes again when the process dies over it. Missing after the end: a query that is ordered
   * by this field does not find ended tasks.
   */
  dueAt: z.date().optional(),
  /** Deliveries that were begun. */
  attempts: z.int().nonnegative(),
  /** The server and number of the delivery that was begun last: the server knows its own write by it when the answer was lost. */
  claim: z.string().optional(),
  /** Missing while the task waits. */
  endedAt: z.date().optional(),
})

export type DueTaskDocument = z.infer<typeof dueTaskDocumentSchema>
