import { createHash } from 'node:crypto'
import { parseStored } from '../platform/parse.ts'
import type { DocumentStore, Task, TaskQueues } from '../platform/ports.ts'
import { ALERTS, alertDocumentSchema, alertIdOf, type AlertType } from './alert-document.ts'

/** The form in which names of tasks have ids, which may contain what such names may not. */
export const hashOf = (text: string): string => createHash('sha256').update(text).digest('hex').slice(0, 24)

/** An alert whose notices have to be looked at. */
export interface DueRef {
  readonly alert: string
  readonly opening: number
}

/**
 * The task of the queue `alerts` that makes the notice of an alert that is due, as the sweep does each minute. There is one for the
 * beginning of each opening, and one for each time at which the next notice is due.
 *
 * @param at absent: at once
 */
export const dueTask = ({ alert, opening }: DueRef, at?: Date): Task => ({
  queue: 'alerts',
  name: `due-${hashOf(alert)}-${opening}-${at?.getTime() ?? 0}`,
  payload: { alert, opening, kind: 'due' },
  ...(at ? { at } : {}),
})

/**
 * Has people told of an alert that was just raised without waiting for the sweep, which may be what is dead. Its task exists once,
 * whoever asks for it and however often.
 *
 * @throws HoldfastError `unavailable`
 */
export async function tellWithoutSweep(
  { documents, tasks }: { readonly documents: Pick<DocumentStore, 'read'>; readonly tasks: TaskQueues },
  type: AlertType,
  scope: string,
): Promise<void> {
  const alert = alertIdOf(type, scope)
  const path = `${ALERTS}/${alert}`
  const found = await documents.read(path)
  if (!found) return
  const { state, opening } = parseStored(alertDocumentSchema, found.fields, path)
  if (state === 'open') await tasks.enqueue(dueTask({ alert, opening }))
}
