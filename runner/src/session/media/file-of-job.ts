import type { MediaContent } from '@holdfast/core/message/media-content'
import { mediaObjectOf } from '@holdfast/core/message/media-document'
import type { UploadedMedia } from '@holdfast/core/message/uploaded-media'
import type { MediaChanged } from '../events/session-event.ts'

/** Where the bytes of a message that this session sends lie, as the document of its media says. */
export type FileOfJob = Pick<MediaChanged, 'state' | 'attempts' | 'object' | 'mimetype' | 'filename' | 'bytes'>

/** The object of a file that the owner fetched from an address. */
export const fetchedObject = (sessionId: string, jobId: string): string => mediaObjectOf(sessionId, jobId)

/** The object of a sound that the owner converted. */
export const convertedObject = (sessionId: string, jobId: string): string => mediaObjectOf(sessionId, `${jobId}-voice`)

/**
 * @param upload what WhatsApp has; it is what lies in the object, too
 * @returns null for a sound that the owner may have converted: whether it had to, only its bytes tell
 */
export function fileOfJob(sessionId: string, jobId: string, content: MediaContent, upload: UploadedMedia): FileOfJob | null {
  const { source, filename } = content.media
  if (content.type === 'voice' && content.converts === true) return null
  const object = source.kind === 'stored' ? source.object : fetchedObject(sessionId, jobId)
  return { state: 'stored', attempts: 0, object, mimetype: upload.mimetype, filename, bytes: upload.bytes }
}
