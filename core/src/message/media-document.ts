import { z } from 'zod'
import { tenantOf } from '../session/ids.ts'

/** The bytes that a message carries. PERSISTED CONTRACT v1: a part of the sealed JSON of a job. */
export const mediaSchema = z.object({
  source: z.discriminatedUnion('kind', [
    /** Bytes in the object store, sealed: see `sealed-media.ts`. */
    z.object({
      kind: z.literal('stored'),
      /** The name of the object: see `mediaObjectOf`. */
      object: z.string(),
      /** The number of bytes before sealing. */
      bytes: z.number().int().nonnegative(),
      /** Of the bytes before sealing, hex. */
      sha256: z.string(),
    }),
    /** An address from which the session's owner fetches the bytes. */
    z.object({ kind: z.literal('url'), url: z.string() }),
  ]),
  mimetype: z.string(),
  filename: z.string().nullable(),
})

export type Media = z.infer<typeof mediaSchema>

/** The prefix of the names of all media of a session. */
export const mediaFolder = (sessionId: string): string => `media/${tenantOf(sessionId)}/${sessionId}/`

/** The prefix of the names of all media of a tenant. */
export const mediaFolderOfTenant = (tenant: string): string => `media/${tenant}/`

/** Where bytes lie that came with a request before it named its session. They stay for a moment. */
export const incomingFolder = (tenant: string): string => `media/${tenant}/_incoming/`

/** The name of the object with the bytes of a medium. Each id is used once. */
export const mediaObjectOf = (sessionId: string, id: string): string => `${mediaFolder(sessionId)}${id}`

/** The object of a file that the owner of a session has fetched from an address to send it. */
export const fetchedObjectOf = (sessionId: string, jobId: string): string => mediaObjectOf(sessionId, jobId)

/** The object of a sound that the owner of a session has converted to send it. */
export const convertedObjectOf = (sessionId: string, jobId: string): string => mediaObjectOf(sessionId, `${jobId}${CONVERTED}`)

const CONVERTED = '-voice'

/** The job that an object was fetched or converted for. For any other object its own id, which is no job's. */
export const jobOfObject = (object: string): string => {
  const id = lastPartOf(object)
  return id.endsWith(CONVERTED) ? id.slice(0, -CONVERTED.length) : id
}

/** The id in the name of an object. */
export const lastPartOf = (object: string): string => object.slice(object.lastIndexOf('/') + 1)

/** The session whose key seals the bytes of an object. Null for a name that is not one of a session's media. */
export function sessionOfMedia(object: string): string | null {
  const [folder, tenant, session = '', ...rest] = object.split('/')
  return folder === 'media' && rest.length === 1 && tenant === tenantOf(session) && session !== tenant ? session : null
}

/** Usual endings of file names. Other types get the second half of the type, if that is a plain word. */
const ENDINGS: Readonly<Record<string, string>> = {
  'audio/mpeg': 'mp3',
  'audio/mp4': 'm4a',
  'audio/ogg': 'oga',
  'image/jpeg': 'jpeg',
  'image/svg+xml': 'svg',
  'text/plain': 'txt',
  'video/quicktime': 'mov',
  'application/msword': 'doc',
  'application/vnd.openxmlformats-officedocument.wordprocessingml.document': 'docx',
  'application/vnd.openxmlformats-officedocument.spreadsheetml.sheet': 'xlsx',
  'application/octet-stream': 'bin',
}

/** The ending of a file of this type, with its dot. Empty for a type that has none. */
export function endingOf(mimetype: string): string {
  const [type = ''] = mimetype.toLowerCase().split(';')
  const word = ENDINGS[type.trim()] ?? /^\w+\/([a-z0-9]{1,8})$/.exec(type.trim())?.[1]
  return word === undefined ? '' : `.${word}`
}

/**
 * The address at which the bytes of a message are to be had, whether they are there yet or not.
 *
 * @param publicUrl the address of the API, without a slash at its end
 * @param session the name of the session within its tenant
 * @param documentId the id of the message's document
 */
export const mediaUrlOf = (publicUrl: string, session: string, documentId: string, mimetype = ''): string =>
  `${publicUrl}/api/files/${session}/${documentId}${endingOf(mimetype)}`
