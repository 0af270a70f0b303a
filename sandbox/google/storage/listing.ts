import { notImplemented } from './errors.ts'
import { isLive, type ObjectMetadata } from './object-metadata.ts'

interface Page {
  kind: 'storage#objects'
  items: ObjectMetadata[]
  prefixes: string[]
  nextPageToken: string | undefined
}

/** One page of a bucket's objects, in the order of their names' UTF-8 bytes. */
export function listObjects(objects: ReadonlyMap<string, readonly ObjectMetadata[]>, query: URLSearchParams): Page {
  for (const name of ['matchGlob', 'softDeleted', 'includeTrailingDelimiter', 'filter']) {
    if (query.has(name)) throw notImplemented(`listing with ${name}`)
  }
  const prefix = query.get('prefix') ?? ''
  const delimiter = query.get('delimiter') ?? ''
  const start = query.get('startOffset') ?? ''
  const end = query.get('endOffset')
  const limit = Math.min(Number(query.get('maxResults') ?? 1000), 1000)
  const after = Buffer.from(query.get('pageToken') ?? '', 'base64').toString('utf8')
  const page: Page = { kind: 'storage#objects', items: [], prefixes: [], nextPageToken: undefined }
  let last = ''
  for (const name of [...objects.keys()].filter((name) => name.startsWith(prefix)).sort(byUtf8)) {
    if (byUtf8(name, start) < 0 || (end !== null && byUtf8(name, end) >= 0)) continue
    const versions = (objects.get(name) ?? []).filter((version) => isLive(version) || query.get('versions') === 'true')
    if (versions.length === 0) continue
    const cut = delimiter ? name.indexOf(delimiter, prefix.length) : -1
    const entry = cut < 0 ? name : name.slice(0, cut + delimiter.length)
    // A prefix that stands for many names is listed once, on its first page.
    if (entry === last || (after !== '' && byUtf8(entry, after) <= 0)) continue
    if (page.items.length + page.prefixes.length >= limit) {
      page.nextPageToken = Buffer.from(last).toString('base64')
      break
    }
    if (cut < 0) page.items.push(...versions)
    else page.prefixes.push(entry)
    last = entry
  }
  return page
}

const byUtf8 = (a: string, b: string) => Buffer.compare(Buffer.from(a), Buffer.from(b))
