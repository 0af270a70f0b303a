/** The resource that the API answers with, stored as it is. */
export interface ObjectMetadata extends WritableMetadata {
  kind: 'storage#object'
  id: string
  name: string
  bucket: string
  generation: string
  metageneration: string
  size: string
  crc32c: string
  md5Hash?: string
  componentCount?: number
  etag: string
  timeCreated: string
  updated: string
  /** The time when a newer version replaced this one; the live version has none. */
  timeDeleted?: string
}

export interface WritableMetadata {
  contentType?: string
  cacheControl?: string
  contentDisposition?: string
  contentEncoding?: string
  contentLanguage?: string
  customTime?: string
  storageClass?: string
  metadata?: Record<string, string>
}

/** The writer's part: metadata to keep, and checksums to verify against the bytes. */
export type Upload = WritableMetadata & { crc32c?: string; md5Hash?: string; componentCount?: number }

export interface BucketMetadata {
  name: string
  versioning?: { enabled?: boolean }
  [property: string]: unknown
}

const writable = [
  'contentType',
  'cacheControl',
  'contentDisposition',
  'contentEncoding',
  'contentLanguage',
  'customTime',
  'storageClass',
] as const

export const isLive = (version: ObjectMetadata) => version.timeDeleted === undefined

export function pickWritable(upload: Upload): WritableMetadata {
  const picked: WritableMetadata = {}
  for (const key of writable) if (upload[key] !== undefined) picked[key] = upload[key]
  if (upload.metadata) picked.metadata = withoutNulls(upload.metadata)
  return picked
}

/** PATCH merges custom metadata, PUT replaces it; null removes. */
export function applyChange(target: ObjectMetadata, change: Record<string, unknown>, mode: 'merge' | 'replace'): void {
  for (const key of writable) {
    const value = change[key]
    if (value === null) delete target[key]
    else if (typeof value === 'string') target[key] = value
  }
  if (change['metadata'] === null) delete target.metadata
  else if (change['metadata'] !== undefined) {
    const kept = mode === 'merge' ? target.metadata : undefined
    target.metadata = withoutNulls({ ...kept, ...(change['metadata'] as Record<string, string | null>) })
  }
}

const withoutNulls = (metadata: Record<string, string | null>) =>
  Object.fromEntries(Object.entries(metadata).filter((entry): entry is [string, string] => entry[1] !== null))
