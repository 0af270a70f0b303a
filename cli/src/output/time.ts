const [SECOND, MINUTE, HOUR, DAY] = [1000, 60_000, 3_600_000, 86_400_000]

/** A length of time in its largest unit: `4 d`, `3 h`, `12 min`, `8 s`. */
export function length(ms: number): string {
  if (ms >= 2 * DAY) return `${Math.floor(ms / DAY)} d`
  if (ms >= 2 * HOUR) return `${Math.floor(ms / HOUR)} h`
  if (ms >= 2 * MINUTE) return `${Math.floor(ms / MINUTE)} min`
  return `${Math.max(0, Math.floor(ms / SECOND))} s`
}

/** How long ago that was; null stays null. */
export const age = (at: string | null | undefined, now: number): string | null =>
  at === null || at === undefined ? null : length(now - Date.parse(at))

/** A time of the API in the local time zone, to the second. */
export function clock(at: string | null | undefined): string | null {
  if (at === null || at === undefined) return null
  const date = new Date(at)
  const two = (value: number): string => String(value).padStart(2, '0')
  const day = `${date.getFullYear()}-${two(date.getMonth() + 1)}-${two(date.getDate())}`
  return `${day} ${two(date.getHours())}:${two(date.getMinutes())}:${two(date.getSeconds())}`
}

/** Reads a time that a person types: ISO 8601, or how long from now, as `30m`, `2h`, `7d`. Null when it is neither. */
export function readTime(text: string, now: number, direction: 1 | -1 = 1): string | null {
  const relative = /^(\d+)\s*(s|m|min|h|d)$/.exec(text)
  if (relative) {
    const unit = { s: SECOND, m: MINUTE, min: MINUTE, h: HOUR, d: DAY }[relative[2] as 's'] ?? 0
    return new Date(now + direction * Number(relative[1]) * unit).toISOString()
  }
  const at = Date.parse(text)
  return /^\d{4}-/.test(text) && !Number.isNaN(at) ? new Date(at).toISOString() : null
}
