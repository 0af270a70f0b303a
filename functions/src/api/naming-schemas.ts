import { parseChatId } from '@holdfast/core/message/chat-id'
import type { LinkPreview } from '@holdfast/core/message/content'
import { parseMessageId } from '@holdfast/core/message/message-id'
import { z } from 'zod'
import { requiredString } from './schemas.ts'

/** Schemas of texts that people read, and of what names chats, people and messages in requests. */

export const wellFormed = (text: string): boolean => text.isWellFormed()

/** A text that people read. UTF-8 cannot encode half of a surrogate pair. */
export const shownText = (maxLength: number) =>
  requiredString()
    .min(1, 'must not be empty')
    .max(maxLength, `must have at most ${maxLength} characters`)
    .refine(wellFormed, 'must be well-formed Unicode')

export const messageIdSchema = requiredString('like false_491701234567@c.us_3EB0…')
  .refine((id) => parseMessageId(id) !== null, 'must be the id of a message, like false_491701234567@c.us_3EB0…')
  .meta({ description: 'The `id` of a message: of an answer, of a webhook or of a list. A bare id of WhatsApp works too.' })

export const chatIdSchema = requiredString('like 491701234567@c.us')

const isPerson = (id: string): boolean => ['phone', 'lid'].includes(parseChatId(id)?.kind ?? '')

export const personSchema = z
  .string('must be a text')
  .refine(isPerson, 'must be a person, like 491701234567@c.us')
  .overwrite((id) => parseChatId(id)?.jid ?? id)

export const mentionsSchema = z
  .array(z.union([z.literal('all'), personSchema], 'must be a person, like 491701234567@c.us, or all'), 'must be a list')
  .max(1024, 'must have at most 1024 people')
  .meta({ description: 'The people whom the text mentions as `@number`. `all` is every member of the group.' })

const LINK = /https?:\/\/\S/

/** The preview of a text: none unless the caller wants one and there is a link to preview. */
export const previewOf = (text: string, isWanted: boolean): { preview?: LinkPreview } =>
  isWanted && LINK.test(text) ? { preview: { kind: 'fetched' } } : {}
