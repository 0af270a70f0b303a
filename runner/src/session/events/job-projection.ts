import { jobPath } from '@holdfast/core/message/job-document'
import { sealJobProto, sealJobUpload } from '@holdfast/core/message/sealed-content'
import { Append, type Fields } from '@holdfast/core/platform/ports'
import type { EventRecord, Projection } from './projection.ts'
import type { MessageStatusChanged } from './session-event.ts'

/** Writes the status of a job to `message_queue_jobs/{jobId}`. */
export const jobDocument: Projection = (event, record) =>
  event.type === 'message.status' ? [{ kind: 'merge', path: jobPath(event.job), fields: fieldsOf(event, record) }] : []

function fieldsOf(event: MessageStatusChanged, { cipher }: EventRecord): Fields {
  const { status, at } = event
  switch (status) {
    case 'uploaded':
      return { upload: sealJobUpload(cipher(), event.job, event.upload) }
    case 'processing': {
      const { attempt, lastError, proto, job } = event
      return {
        status,
        attempts: attempt,
        lastAttemptAt: at,
        nextAttemptAt: null,
        hold: null,
        // The error of the attempt before, which need not have made a write of its own.
        lastError,
        proto: sealJobProto(cipher(), job, proto),
        timeline: new Append({ status, at, attempt }),
      }
    }
    case 'waiting':
      return { lastError: event.lastError, nextAttemptAt: event.nextAttemptAt }
    case 'refused': {
      const { attempt, error, nextAttemptAt } = event
      const timeline = new Append({ status: 'pending', at, attempt })
      return { status: 'pending', attempts: attempt, nextAttemptAt, lastError: error, timeline }
    }
    case 'held':
      return { hold: event.hold }
    case 'failed': {
      const timeline = new Append({ status, at })
      return { status, failedAt: at, nextAttemptAt: null, hold: null, lastError: event.error, timeline }
    }
    case 'sent':
      // A failed job turns out to be sent when its ack comes late.
      return { status, failedAt: null, lastError: null, nextAttemptAt: null, hold: null, timeline: new Append({ status, at }) }
    case 'delivered':
    case 'read':
      return { status, timeline: new Append({ status, at }) }
  }
}
