import { countQueue, oldestQueuedAt, type QueueFigures } from '@holdfast/core/message/queue-figures'
import type { Logger } from '@holdfast/core/platform/logging'
import type { Clock, DocumentCounter, DocumentStore } from '@holdfast/core/platform/ports'

/** Logs the figures of the queue of all sessions. A failure is logged and fails nothing. */
export async function logQueue({
  documents,
  clock,
  logger,
}: {
  documents: Pick<DocumentStore, 'query'> & DocumentCounter
  clock: Clock
  logger: Logger
}): Promise<void> {
  try {
    const now = new Date(clock.now())
    const [figures, oldest] = await Promise.all([countQueue(documents, [], now), oldestQueuedAt(documents, [])])
    const oldestAgeMs = oldest && Math.max(0, now.getTime() - oldest.getTime())
    logger.info({ ...figures, oldestAgeMs }, sentenceOf(figures, oldestAgeMs))
  } catch (error) {
    logger.warn({ error }, 'The queue could not be counted.')
  }
}

function sentenceOf(
  { waiting, active, scheduled, held, retrying, failed, sent }: QueueFigures,
  oldestAgeMs: number | null,
): string {
  const oldest = oldestAgeMs === null ? '' : `; the oldest is in it for ${Math.round(oldestAgeMs / 1000)} s`
  return (
    `The queue: ${waiting} waiting, ${active} active, ${scheduled} scheduled, ${held} held, ${retrying} retrying, ` +
    `${failed} failed, ${sent} sent${oldest}.`
  )
}
