import type { MediaContent } from '@holdfast/core/message/media-content'
import { fetchedObjectOf } from '@holdfast/core/message/media-document'
import type { UploadedMedia } from '@holdfast/core/message/uploaded-media'
import type { MediaChanged } from '../events/session-event.ts'

/** Where the bytes of a message that this session sends lie, as the document of its media says. */
export type FileOfJob = Pick<MediaChanged, 'state' | 'attempts' | 'object' | 'mimetype' | 'filename' | 'bytes'>

/**
 * @param upload what WhatsApp has; it is what lies in the object, too
 * @returns null for a sound that the owner may have converted: whether it had to, only its bytes tell
 */
export function fileOfJob(sessionId: string, jobId: string, content: MediaContent, upload: UploadedMedia): FileOfJob | null {
  const { source, filename } = content.media
  if (content.type === 'voice' && content.converts === true) return null
  const object = source.kind === 'stored' ? source.object : fetchedObjectOf(sessionId, jobId)
  return { state: 'stored', attempts: 0, object, mimetype: upload.mimetype, filename, bytes: upload.bytes }
}
