import type { ContentOf, LinkPreview } from '@holdfast/core/message/content'
import { z } from 'zod'
import { chosenIdSchema, expiresAtSchema, prioritySchema, retrySchema, sendAtSchema } from './message-schemas.ts'
import { chatIdSchema, messageIdSchema, shownText, wellFormed } from './naming-schemas.ts'
import { sessionInBody, unknownField } from './schemas.ts'

/** Schemas of what WAHA's routes send beside texts, and the contents that they describe. */

/** The fields of every route that sends. */
export const sendingFields = {
  session: sessionInBody('The session that sends.'),
  id: chosenIdSchema.optional(),
  sendAt: sendAtSchema,
  expiresAt: expiresAtSchema,
  priority: prioritySchema.default('normal'),
  retry: retrySchema,
}

/** The fields of a message that goes to a chat and may answer another one. */
export const chatFields = { ...sendingFields, chatId: chatIdSchema, reply_to: messageIdSchema.optional() }

export const locationFields = {
  latitude: z.number('must be a number').min(-90, 'must be at least -90').max(90, 'must be at most 90'),
  longitude: z.number('must be a number').min(-180, 'must be at least -180').max(180, 'must be at most 180'),
  title: z
    .string('must be a text')
    .max(1024, 'must have at most 1024 characters')
    .refine(wellFormed, 'must be well-formed Unicode')
    .optional(),
}

const MAX_OPTIONS = 12

export const pollSchema = z
  .object({
    name: shownText(255),
    options: z
      .array(shownText(100), 'must be a list')
      .min(2, 'must have at least 2 options')
      .max(MAX_OPTIONS, `must have at most ${MAX_OPTIONS} options`)
      .refine((options) => new Set(options).size === options.length, 'must not have an option twice'),
    multipleAnswers: z.boolean('must be true or false').default(false),
  })
  .catchall(unknownField)

export const votesSchema = z
  .array(shownText(100), 'must be a list')
  .max(MAX_OPTIONS, `must have at most ${MAX_OPTIONS} options`)
  .meta({ description: 'The texts of the chosen options. An empty list takes the vote back.' })

const rowSchema = z
  .object({ title: shownText(100), rowId: shownText(200), description: shownText(500).optional() })
  .catchall(unknownField)

const MAX_ROWS = 10

export const listSchema = z
  .object({
    title: shownText(1024),
    description: shownText(1024).optional(),
    footer: shownText(1024).optional(),
    button: shownText(100),
    sections: z
      .array(
        z
          .object({ title: shownText(100), rows: z.array(rowSchema, 'must be a list').min(1, 'must have a row') })
          .catchall(unknownField),
        'must be a list',
      )
      .min(1, 'must have a section')
      .refine((sections) => rowsOf(sections).length <= MAX_ROWS, `must have at most ${MAX_ROWS} rows together`)
      .refine((sections) => new Set(rowsOf(sections)).size === rowsOf(sections).length, 'must not have a rowId twice'),
  })
  .catchall(unknownField)

const rowsOf = (sections: readonly { rows: readonly { rowId: string }[] }[]): string[] =>
  sections.flatMap(({ rows }) => rows.map(({ rowId }) => rowId))

export function listContent({ title, description, footer, button, sections }: z.output<typeof listSchema>): ContentOf<'list'> {
  return {
    type: 'list',
    title,
    description: description ?? null,
    footer: footer ?? null,
    button,
    sections: sections.map((section) => ({
      title: section.title,
      rows: section.rows.map((row) => ({ id: row.rowId, title: row.title, description: row.description ?? null })),
    })),
  }
}

const secondsSchema = z.int('must be whole seconds since 1970').positive('must be whole seconds since 1970')

export const eventSchema = z
  .object({
    name: shownText(100),
    description: shownText(2048).optional(),
    startTime: secondsSchema,
    endTime: secondsSchema.optional(),
    location: z
      .object({ name: shownText(1024).optional() })
      .catchall(unknownField)
      .optional(),
    extraGuestsAllowed: z.boolean('must be true or false').default(false),
  })
  .catchall(unknownField)

export function eventContent(event: z.output<typeof eventSchema>): ContentOf<'event'> {
  const { name, description, startTime, endTime, location, extraGuestsAllowed } = event
  return {
    type: 'event',
    name,
    description: description ?? null,
    startMs: startTime * 1000,
    endMs: endTime === undefined ? null : endTime * 1000,
    location: location?.name ?? null,
    extraGuestsAllowed,
  }
}

const PREVIEW_IMAGE = z
  .object({
    url: z.url({ protocol: /^https?$/, error: 'must be an http address' }).optional(),
    data: z.base64('must be base64').max(87_384, 'must have at most 64 KiB').optional(),
  })
  .catchall(unknownField)
  .meta({ description: 'A small JPEG: its address, or its bytes in base64.' })

export const previewSchema = z
  .object({
    url: z.url({ protocol: /^https?$/, error: 'must be an http address' }),
    title: shownText(1024).optional(),
    description: shownText(2048).optional(),
    image: PREVIEW_IMAGE.optional(),
  })
  .catchall(unknownField)

export function previewContent({ url, title, description, image }: z.output<typeof previewSchema>): LinkPreview {
  const picture = image && { url: image.url ?? null, data: image.data ?? null }
  return { kind: 'given', url, title: title ?? null, description: description ?? null, image: picture ?? null }
}
