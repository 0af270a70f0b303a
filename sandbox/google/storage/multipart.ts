import { invalid } from './errors.ts'

/** The two parts of a multipart upload (RFC 2387): the metadata as JSON, then the bytes. */
export function parseMultipart(contentType: string, body: Buffer): { metadata: Record<string, unknown>; data: Buffer } {
  const boundary = /boundary=(?:"([^"]+)"|'([^']+)'|([^;\s]+))/.exec(contentType)
  const delimiter = boundary?.[1] ?? boundary?.[2] ?? boundary?.[3]
  if (!delimiter) throw invalid('Missing boundary in a multipart upload.')
  const [first, second] = partsOf(body, `--${delimiter}`)
  if (!first || !second) throw invalid('A multipart upload has two parts.')
  const metadata = JSON.parse(first.body.toString('utf8') || '{}') as Record<string, unknown>
  const type = /^content-type: *(.+?)\s*$/im.exec(second.head)?.[1]
  return { metadata: { ...(type ? { contentType: type } : {}), ...metadata }, data: second.body }
}

function partsOf(body: Buffer, delimiter: string): { head: string; body: Buffer }[] {
  const parts: { head: string; body: Buffer }[] = []
  let from = body.indexOf(delimiter)
  while (from >= 0) {
    const lineEnd = body.indexOf('\n', from)
    const next = body.indexOf(`\n${delimiter}`, Math.max(lineEnd, 0))
    if (lineEnd < 0 || next < 0) break
    parts.push(splitHead(body.subarray(lineEnd + 1, body[next - 1] === 0x0d ? next - 1 : next)))
    from = next + 1
  }
  return parts
}

/** Finds line ends: Google's clients use CRLF, gcloud LF alone. A part without headers begins with the empty line. */
function splitHead(part: Buffer): { head: string; body: Buffer } {
  for (const empty of ['\r\n', '\n']) {
    if (part.indexOf(empty) === 0) return { head: '', body: part.subarray(empty.length) }
  }
  const ends = ['\r\n\r\n', '\n\n']
    .map((empty) => ({ at: part.indexOf(empty), length: empty.length }))
    .filter(({ at }) => at >= 0)
  const end = ends.sort((a, b) => a.at - b.at)[0]
  if (!end) throw invalid('A part of the multipart upload has no end of its headers.')
  return { head: part.toString('latin1', 0, end.at), body: part.subarray(end.at + end.length) }
}
