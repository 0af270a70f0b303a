import type { ContentOf, MessageContent } from './content.ts'

/** A message to send that has a file. */
export type MediaContent = ContentOf<'image' | 'video' | 'voice' | 'document' | 'sticker'>

export const hasFile = (content: MessageContent): content is MediaContent => 'media' in content
