import type { StaticFile, StaticFiles } from './static-files.ts'

/** The part of a request that decides how a file goes out. */
interface Asking {
  readonly method: string
  header(name: string): string | undefined
}

/** Answers with a file: not at all if the browser has it, and compressed if it can. */
export async function sendFile(
  files: StaticFiles,
  file: StaticFile,
  asking: Asking,
  headers: Readonly<Record<string, string>>,
): Promise<Response> {
  const cache = file.isImmutable ? 'public, max-age=31536000, immutable' : 'no-cache'
  const common = { 'Cache-Control': cache, ETag: file.etag, Vary: 'Accept-Encoding', ...headers }
  if (hasIt(asking.header('If-None-Match'), file.etag)) return new Response(null, { status: 304, headers: common })
  const { bytes, encoding } = await files.encoded(file, asking.header('Accept-Encoding'))
  return new Response(asking.method === 'HEAD' ? null : new Uint8Array(bytes), {
    headers: {
      ...common,
      'Content-Type': file.type,
      'Content-Length': String(bytes.byteLength),
      ...(encoding ? { 'Content-Encoding': encoding } : {}),
    },
  })
}

/** A proxy that compresses weakens the validator. */
const hasIt = (given: string | undefined, etag: string): boolean =>
  given?.split(',').some((one) => one.trim().replace(/^W\//, '') === etag) ?? false
