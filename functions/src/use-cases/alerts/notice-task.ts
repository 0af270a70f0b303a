import { NOTICE_KINDS, type NoticeKind } from '@holdfast/core/operations/alert-document'
import { hashOf } from '@holdfast/core/operations/alert-tasks'
import type { Task } from '@holdfast/core/platform/ports'
import { z } from 'zod'

/** The tasks of the queue `alerts`. Their names make sure that nothing is sent twice. */

/** A notice that has to be brought to the channels of its alert. */
export interface NoticeRef {
  readonly alert: string
  readonly opening: number
  readonly notice: number
  readonly kind: NoticeKind
}

/** The task that makes one task for each channel. */
export const noticeTask = (ref: NoticeRef): Task => ({ queue: 'alerts', name: noticeId(ref), payload: { ...ref } })

/** The task that brings a notice to a channel. */
export const channelTask = (ref: NoticeRef, channel: string): Task => ({
  queue: 'alerts',
  name: `${noticeId(ref)}-${hashOf(channel)}`,
  payload: { ...ref, channel },
})

export const noticeId = ({ alert, opening, notice }: NoticeRef): string => `notice-${hashOf(alert)}-${opening}-${notice}`

/** The task of a test, or of one of its channels. */
export const testTask = (tenant: string, test: string, channel?: string): Task => ({
  queue: 'alerts',
  name: channel === undefined ? `test-${test}` : `test-${test}-${hashOf(channel)}`,
  payload: { tenant, test, ...(channel === undefined ? {} : { channel }) },
})

/** The form of the ids of alerts. Other texts may not be valid names of documents. */
export const ALERT_ID = /^[a-z-]{1,40}:[^/\s]{1,300}$/

/** The payload of each of them. */
export const alertTaskSchema = z.union([
  z.object({
    alert: z.string().regex(ALERT_ID),
    opening: z.int().positive(),
    notice: z.int().positive(),
    kind: z.enum(NOTICE_KINDS),
    channel: z.string().optional(),
  }),
  z.object({ alert: z.string().regex(ALERT_ID), opening: z.int().positive(), kind: z.literal('due') }),
  z.object({ tenant: z.string(), test: z.string(), channel: z.string().optional() }),
])
