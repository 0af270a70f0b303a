import type { Merge } from '@holdfast/core/platform/ports'
import { backupDocument } from './backup-projection.ts'
import { dataKeyDocument } from './data-key-projection.ts'
import { jobDocument } from './job-projection.ts'
import { changedMessageDocument } from './message-change-projection.ts'
import { mediaDocument } from './media-projection.ts'
import { ackedMessageDocument, messageDocument, ownMessageDocument } from './message-projection.ts'
import { parkedStanzaDocument } from './parked-stanza-projection.ts'
import type { EventRecord, Projection } from './projection.ts'
import type { SessionEvent } from './session-event.ts'
import { sessionDocument } from './session-projection.ts'
import { webhookDeliveries } from './webhook-projection.ts'

/**
 * All projections of a session's events. Their merges are part of the commit of the event's record. A new effect with the same
 * certainty (a webhook delivery, an alert, a live update) is one more projection in this list.
 */
export const PROJECTIONS: readonly Projection[] = [
  sessionDocument,
  backupDocument,
  dataKeyDocument,
  jobDocument,
  messageDocument,
  ownMessageDocument,
  ackedMessageDocument,
  changedMessageDocument,
  mediaDocument,
  parkedStanzaDocument,
  webhookDeliveries,
]

/** Turns events into the merges of their record's commit, in the order of the events. */
export type Projector = (events: readonly SessionEvent[], record: EventRecord) => Merge[]

export const projectorOf =
  (projections: readonly Projection[]): Projector =>
  (events, record) =>
    events.flatMap((event, position) => projections.flatMap((projection) => projection(event, { ...record, position })))

export const projectEvents: Projector = projectorOf(PROJECTIONS)
