import type { Media } from '@holdfast/core/message/media-document'
import type { MediaContent } from '@holdfast/core/message/media-content'
import { z } from 'zod'
import { MOST_ON_FUNCTION_BYTES } from '../app/body-limit.ts'
import type { Principal } from '../app/principal.ts'
import { mediaOfRequest } from '../use-cases/media-of-request.ts'
import { stickerOf } from '../use-cases/sticker.ts'
import type { StoredFile } from '../use-cases/store-file.ts'
import { requirePosting } from '../use-cases/files-of-channels.ts'
import { requireConverter } from '../use-cases/voice-conversion.ts'
import { chatFields, sendingFields } from './content-schemas.ts'
import { idempotencyHeaders, sentSchema } from './message-schemas.ts'
import { mentionsSchema } from './naming-schemas.ts'
import { type Route, route, type RouteDependencies, SENDERS } from './route.ts'
import { named, unknownField } from './schemas.ts'
import { plainly, send, SENDING_PROBLEMS } from './send-content.ts'
import { audienceOf, audienceSchema, STATUS_CHAT } from './status.ts'

/** Routes that send files. */

const MIB = 1024 * 1024

const MAX_BODY_BYTES_ON_SERVER = 50 * MIB

const MAX_CAPTION_LENGTH = 65_536

const text = (hint: string) => z.string('must be a text').optional().meta({ description: hint })

const fileSchema = z
  .object({
    mimetype: z
      .string('must be a text')
      .regex(/^[\x20-\x7e]{3,255}$/, 'must be a media type, like image/jpeg')
      .optional()
      .meta({ description: 'Without it, the name or the address of the file says it, or else the kind of the message.' }),
    filename: text('The name that the recipient sees, for documents.'),
    url: text('An address from which the file is fetched. Name it, or `data`.'),
    data: text('The file in base64. It may have many megabytes.'),
  })
  .catchall(unknownField)
  .meta({ id: 'File' })

/** What some kinds of files have beside. A route ignores the fields that mean nothing for its kind, and its answer names them. */
const FIELDS = {
  caption: z
    .string('must be a text')
    .max(MAX_CAPTION_LENGTH, `must have at most ${MAX_CAPTION_LENGTH} characters`)
    .refine((caption) => caption.isWellFormed(), 'must be well-formed Unicode')
    .optional(),
  mentions: mentionsSchema.optional(),
  asNote: z.boolean('must be true or false').optional().meta({ description: 'A round video note.' }),
  convert: z
    .boolean('must be true or false')
    .optional()
    .meta({
      description:
        'The owner of the session makes Ogg with Opus of the sound, with ffmpeg. Where no runner has it, a sound that is not Ogg with Opus ' +
        'is refused with `cannot-convert`.',
    }),
  asSticker: z
    .boolean('must be true or false')
    .optional()
    .meta({ description: 'A sticker, which has to be a WebP picture and has no caption.' }),
}

const FIELDS_OF = {
  image: ['caption', 'mentions', 'asSticker'],
  document: ['caption', 'mentions'],
  video: ['caption', 'mentions', 'asNote'],
  voice: ['convert'],
} as const satisfies Record<string, readonly (keyof typeof FIELDS)[]>

type Kind = keyof typeof FIELDS_OF

/** All fields are optional, so that a body without some of them has the type of one with all. */
const fieldsOf = (names: readonly (keyof typeof FIELDS)[]): typeof FIELDS =>
  Object.fromEntries(names.map((name) => [name, FIELDS[name]])) as typeof FIELDS

const FILE = { mimetype: 'image/jpeg', url: 'https://example.com/a.jpg' }

const { session: _inPath, ...ofStatus } = sendingFields

const mediaToSend = (id: string, kind: Kind) =>
  z
    .object({ ...chatFields, file: fileSchema, ...fieldsOf(FIELDS_OF[kind]) })
    .catchall(unknownField)
    .meta({ id, example: { session: 'main', chatId: '5511999990000@c.us', file: FILE } })

/** The status has no stickers. */
const mediaStatus = (id: string, kind: Kind) =>
  z
    .object({
      ...ofStatus,
      file: fileSchema,
      ...fieldsOf(FIELDS_OF[kind].filter((name) => name !== 'asSticker')),
      contacts: audienceSchema,
    })
    .catchall(unknownField)
    .meta({ id, example: { file: FILE, contacts: ['5511999990000@c.us'] } })

type Given = z.output<z.ZodObject<typeof FIELDS>>

const CONTENTS = {
  image: (media, given) =>
    given.asSticker === true ? { type: 'sticker', media } : { type: 'image', media, ...captionOf(given) },
  document: (media, given) => ({ type: 'document', media, ...captionOf(given) }),
  video: (media, given) => ({ type: 'video', media, ...captionOf(given), ...(given.asNote === true ? { isNote: true } : {}) }),
  voice: (media, given) => ({ type: 'voice', media, ...(given.convert === true ? { converts: true } : {}) }),
} as const satisfies Record<Kind, (media: Media, given: Given) => MediaContent>

const captionOf = ({ caption, mentions }: Given) => ({
  ...(caption ? { caption } : {}),
  ...(mentions?.length ? { mentions } : {}),
})

/** @throws Refusal of `mediaOfRequest` or `stickerOf`, or `cannot-convert` */
async function mediaOf(
  { dependencies, principal }: { readonly dependencies: RouteDependencies; readonly principal: Principal },
  { session, kind }: { readonly session: string; readonly kind: Kind },
  { file, convert, asSticker }: Given & { readonly file: z.output<typeof fileSchema> },
  stored: StoredFile | null,
): Promise<Media> {
  const head = stored?.head ?? null
  if (kind === 'image' && asSticker === true) {
    return stickerOf(await mediaOfRequest(principal, { session, kind: 'sticker' }, file, stored), head)
  }
  const media = await mediaOfRequest(principal, { session, kind }, file, stored)
  if (kind === 'voice' && convert === true) await requireConverter(dependencies, { mimetype: media.mimetype, head })
  return media
}

/** The name of a kind's schemas in the description of the API. */
const idOf = (kind: Kind): string => (kind === 'document' ? 'File' : `${kind.charAt(0).toUpperCase()}${kind.slice(1)}`)

const common = {
  method: 'POST',
  sendsMessages: true,
  takesFile: true,
  roles: SENDERS,
  maxBodyBytes: MOST_ON_FUNCTION_BYTES,
  maxBodyBytesOnServer: MAX_BODY_BYTES_ON_SERVER,
  description: 'The bytes come in `file.data`, or from `file.url`.',
  answers: { 201: { description: 'The message is accepted.', schema: sentSchema } },
  problems: ['no-file', 'cannot-convert', ...SENDING_PROBLEMS],
} as const

const toChat = (path: string, operationId: string, kind: Kind, summary: string): Route =>
  route({
    ...common,
    path,
    operationId,
    tag: 'Messages',
    summary,
    request: { headers: idempotencyHeaders, body: mediaToSend(`${idOf(kind)}ToSend`, kind) },
    run: async ({ body, stored, ...context }) => ({
      status: 201,
      body: await send(context, body, async (references) => {
        await requirePosting(context.dependencies, body.chatId)
        const media = await mediaOf(context, { session: body.session, kind }, body, stored)
        return { chatId: body.chatId, content: { ...CONTENTS[kind](media, body), ...(await references.quote(body.reply_to)) } }
      }),
    }),
  })

const asStatus = (path: string, operationId: string, kind: Kind, summary: string): Route =>
  route({
    ...common,
    path,
    operationId,
    tag: 'Status',
    summary,
    request: { headers: idempotencyHeaders, params: named, body: mediaStatus(`${idOf(kind)}Status`, kind) },
    run: async ({ params, body, stored, ...context }) => ({
      status: 201,
      body: await send(context, { ...plainly(params.name), ...body }, async () => {
        const audience = audienceOf(body.contacts)
        const media = await mediaOf(context, { session: params.name, kind }, body, stored)
        return { chatId: STATUS_CHAT, content: { ...CONTENTS[kind](media, body), audience } }
      }),
    }),
  })

export const MEDIA_SENDING_ROUTES: readonly Route[] = [
  toChat('/api/sendImage', 'sendImage', 'image', 'Send a picture'),
  toChat('/api/sendFile', 'sendFile', 'document', 'Send a document'),
  toChat('/api/sendVideo', 'sendVideo', 'video', 'Send a video, or a round video note'),
  toChat('/api/sendVoice', 'sendVoice', 'voice', 'Send a voice message'),
  asStatus('/api/:name/status/image', 'sendImageStatus', 'image', 'Show a picture as the status'),
  asStatus('/api/:name/status/video', 'sendVideoStatus', 'video', 'Show a video as the status'),
  asStatus('/api/:name/status/voice', 'sendVoiceStatus', 'voice', 'Show a voice message as the status'),
]
