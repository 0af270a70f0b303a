import { z } from 'zod'
import { problem } from '../app/problems.ts'
import { type MediaFile, mediaFile } from '../use-cases/media-file.ts'
import { rangeOf } from './byte-range.ts'
import { READERS, type Route, route } from './route.ts'
import { named } from './schemas.ts'

const params = named.extend({
  file: z.string().meta({ description: 'The name in the field `media.url` of a message.', example: `${'0'.repeat(40)}.jpeg` }),
})

const headers = z.object({
  Range: z.string().optional().meta({ description: 'The bytes that are wanted, as `bytes=0-1023`.' }),
})

/** What a browser may show by itself. Everything else is saved: a page of a stranger must not run on this host. */
const SHOWN = /^(audio|video)\/[\w.+-]+$|^image\/(jpeg|png|gif|webp|avif|heic)$|^application\/pdf$/

function headersOf({ mimetype, filename }: MediaFile): Record<string, string> {
  const [type = ''] = mimetype.split(';')
  const how = SHOWN.test(type.trim().toLowerCase()) ? 'inline' : 'attachment'
  const name = filename === null ? '' : `; filename*=UTF-8''${encodeURIComponent(filename.toWellFormed())}`
  return {
    // A header cannot have every character that a stranger writes into a type.
    'Content-Type': /^[\x20-\x7e]{1,255}$/.test(mimetype) ? mimetype : 'application/octet-stream',
    'Content-Disposition': `${how}${name}`,
    'Content-Security-Policy': "default-src 'none'; media-src 'self'; img-src 'self'; style-src 'unsafe-inline'; sandbox",
    'Accept-Ranges': 'bytes',
  }
}

export const FILE_ROUTES: readonly Route[] = [
  route({
    method: 'GET',
    path: '/api/files/:name/:file',
    operationId: 'getFile',
    tag: 'Messages',
    summary: 'Get the file of a message',
    description:
      'The address stands in the field `media.url` of a message. The request waits up to 30 seconds for a file that is still on its ' +
      'way. A file of the phone’s history is fetched when it is first asked for, through the session. The key may also come as ' +
      '`?x-api-key=`, for browsers.',
    roles: READERS,
    request: { params, headers },
    answers: {
      200: { description: 'The file, in its own type.', schema: z.unknown(), alsoAs: ['application/octet-stream'] },
      206: { description: 'The part of the file that the header Range names.', schema: z.unknown() },
    },
    problems: [
      'unknown-session',
      'unknown-file',
      'file-expired',
      'file-gone',
      'file-pending',
      'session-not-working',
      'wrong-range',
    ],
    async run({ dependencies, principal, params: { name, file }, headers: { Range } }) {
      const found = await mediaFile(dependencies, principal, { name, documentId: file.replace(/\.\w{1,10}$/, '') })
      const range = rangeOf(Range, found.bytes)
      if (range === 'unsatisfiable') {
        const more = { headers: { 'Content-Range': `bytes */${found.bytes}` } }
        throw problem('wrong-range', `The file has ${found.bytes} bytes.`, more)
      }
      const { start, end } = range ?? { start: 0, end: found.bytes }
      const length = { 'Content-Length': String(end - start) }
      if (!range) return { status: 200, stream: found.read(), headers: { ...headersOf(found), ...length } }
      const part = { 'Content-Range': `bytes ${start}-${end - 1}/${found.bytes}` }
      return { status: 206, stream: found.read(range), headers: { ...headersOf(found), ...length, ...part } }
    },
  }),
]
