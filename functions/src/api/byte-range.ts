import type { ByteRange } from '@holdfast/core/platform/object-streams'

/**
 * Reads the header `Range` of a request for some bytes.
 *
 * @returns null for the whole: without the header, and for a form that is not `bytes` with one range. `unsatisfiable` for a range outside
 */
export function rangeOf(header: string | undefined, size: number): ByteRange | 'unsatisfiable' | null {
  const [, from = '', to = ''] = /^bytes=(\d*)-(\d*)$/.exec(header ?? '') ?? []
  if (from === '' && to === '') return null
  // `-500` means the last 500 bytes.
  const start = from === '' ? Math.max(0, size - Number(to)) : Number(from)
  const end = from === '' || to === '' ? size : Math.min(Number(to) + 1, size)
  return start < size && start < end ? { start, end } : 'unsatisfiable'
}
