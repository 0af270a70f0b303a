import { z } from 'zod'

/**
 * PERSISTED CONTRACT v1: a file that WhatsApp has, the sealed JSON of a job's field `upload`. A repeated attempt refers to the same
 * file. Bytes are base64.
 */
export const uploadedMediaSchema = z.object({
  url: z.string().nullable(),
  directPath: z.string(),
  /** Empty, as the hash of the encrypted file: for a channel, whose files are not encrypted. */
  mediaKey: z.base64(),
  fileSha256: z.base64(),
  fileEncSha256: z.base64(),
  /** WhatsApp's name for a file of a channel, which its message has to give. Absent: none was given, or an earlier version wrote this. */
  handle: z.string().nullable().optional(),
  bytes: z.number().int().nonnegative(),
  mimetype: z.string(),
  /** When it was uploaded, ms. */
  atMs: z.number(),
  /** Length of a sound; null where it is not known. */
  seconds: z.number().nullable(),
  /** Of a picture, in pixels; null where it is not known. */
  size: z.object({ width: z.number(), height: z.number() }).nullable(),
  /** Set for a sticker that moves. */
  isAnimated: z.literal(true).optional(),
})

export type UploadedMedia = z.infer<typeof uploadedMediaSchema>
