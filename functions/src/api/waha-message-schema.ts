import { z } from 'zod'

/** WAHA's message object, as `core/src/message/waha-message.ts` makes it. */

const text = z.string().nullable()

const seconds = z.int().meta({ description: 'Seconds since 1970.' })

const mediaSchema = z.strictObject({
  url: text.meta({ description: 'Where the bytes are. It takes the API key. Null when they could not be had.' }),
  mimetype: text,
  filename: text,
  error: text,
})

const replyToSchema = z.strictObject({
  id: z.string().meta({ description: 'The id that the quoted message has at WhatsApp.' }),
  participant: text,
  body: z.string(),
  hasMedia: z.boolean(),
  media: z.null(),
})

const locationSchema = z.strictObject({
  latitude: z.string(),
  longitude: z.string(),
  name: text,
  address: text,
  url: text,
  live: z.boolean(),
})

const pollSchema = z.strictObject({
  name: z.string(),
  options: z.array(z.string()),
  multipleAnswers: z.boolean(),
  votes: z.array(z.strictObject({ from: z.string(), options: z.array(z.string()), timestamp: seconds })),
})

const listSchema = z.strictObject({
  title: text,
  button: text,
  footer: text,
  rows: z.array(z.strictObject({ id: z.string(), title: z.string(), description: text })),
})

const eventSchema = z.strictObject({
  name: z.string(),
  description: text,
  startTime: z.number().nullable(),
  endTime: z.number().nullable(),
  location: text,
  isCanceled: z.boolean(),
  responses: z.array(z.strictObject({ from: z.string(), response: z.string(), extraGuests: z.number(), timestamp: seconds })),
})

const keySchema = z.strictObject({
  remoteJid: z.string(),
  fromMe: z.boolean(),
  id: z.string(),
  participant: z.string().optional(),
})

export const wahaMessageSchema = z
  .strictObject({
    id: z
      .string()
      .meta({ description: 'The serialized id, the same text everywhere.', example: 'false_5511999990000@c.us_3EB0AB12' }),
    timestamp: seconds,
    from: z.string().meta({ description: 'The chat.' }),
    fromMe: z.boolean(),
    source: z.enum(['api', 'app']).meta({ description: '`api`: sent through this API.' }),
    to: text.meta({ description: 'The chat for a message of one’s own, otherwise the own account.' }),
    participant: text.meta({ description: 'The author in a group.' }),
    body: z.string().meta({ description: 'The text, the caption, or what a button says.' }),
    hasMedia: z.boolean(),
    media: mediaSchema.nullable(),
    mediaUrl: z.string().optional(),
    ack: z.int(),
    ackName: z.enum(['ERROR', 'PENDING', 'SERVER', 'DEVICE', 'READ', 'PLAYED']),
    replyTo: replyToSchema.nullable(),
    location: locationSchema.nullable(),
    vCards: z.array(z.string()),
    mentionedIds: z.array(z.string()).optional(),
    poll: pollSchema.optional(),
    list: listSchema.optional(),
    choice: z.strictObject({ id: z.string(), text: z.string() }).optional(),
    event: eventSchema.optional(),
    album: z
      .strictObject({ images: z.number(), videos: z.number() })
      .optional()
      .meta({ description: 'So many pictures and videos follow as messages of their own.' }),
    albumId: z.string().optional().meta({ description: 'The serialized id of the album that a picture belongs to.' }),
    isViewOnce: z.literal(true).optional(),
    isForwarded: z.literal(true).optional(),
    disappearsAfter: z.number().optional().meta({ description: 'Seconds.' }),
    isKept: z
      .literal(true)
      .optional()
      .meta({ description: 'Somebody keeps it in the chat, although it would have disappeared.' }),
    unsupported: z.string().optional().meta({ description: 'The name of a kind that is stored, and not read.' }),
    reactions: z.array(z.strictObject({ from: z.string(), text: z.string(), timestamp: seconds })).optional(),
    pinnedUntil: seconds.optional(),
    editedAt: seconds.optional(),
    revokedAt: seconds.optional(),
    revokedBy: z.string().optional(),
    _data: z.strictObject({
      key: keySchema,
      id: z.strictObject({
        fromMe: z.boolean(),
        remote: z.string(),
        id: z.string(),
        participant: z.string().optional(),
        _serialized: z.string(),
      }),
      pushName: text,
      notifyName: text,
      type: z.string(),
      messageTimestamp: seconds,
    }),
  })
  .meta({ id: 'WahaMessage' })
