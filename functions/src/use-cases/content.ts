import { type JobDocument, jobContentPlace } from '@holdfast/core/message/job-document'
import { type MessageDocument, messageContentPlace } from '@holdfast/core/message/message-document'
import { parseStored } from '@holdfast/core/platform/parse'
import type { SessionCipher } from '@holdfast/core/security/envelope'
import { z } from 'zod'

/** PERSISTED CONTRACT v1: the sealed parts of jobs and received messages, and the places that they are bound to. */

const jobContentSchema = z.object({ text: z.string() })

const receivedContentSchema = z.object({ text: z.string().nullable() })

export const sealJobText = (cipher: SessionCipher, jobId: string, text: string): Buffer =>
  cipher.sealContent(Buffer.from(JSON.stringify({ text })), jobContentPlace(jobId))

export function openJobText(cipher: SessionCipher, jobId: string, job: Pick<JobDocument, 'content'>): string {
  const place = jobContentPlace(jobId)
  return parseStored(jobContentSchema, JSON.parse(cipher.openContent(job.content, place).toString('utf8')), place).text
}

/** Null for a message that has no text. */
export function openReceivedText(
  cipher: SessionCipher,
  documentId: string,
  message: Pick<MessageDocument, 'content'>,
): string | null {
  const place = messageContentPlace(cipher.sessionId, documentId)
  return parseStored(receivedContentSchema, JSON.parse(cipher.openContent(message.content, place).toString('utf8')), place).text
}
