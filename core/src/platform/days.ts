import { Cron } from 'croner'

/**
 * Days of a time zone. A day begins at its first instant, which is not midnight where the clocks change at midnight, and has 23 or
 * 25 hours where they change during it. No timer runs here: `Cron` only calculates.
 */

/** Asks the formatter, because `Intl.supportedValuesOf` lacks UTC. */
export const isTimeZone = (zone: string): boolean => {
  try {
    return Intl.DateTimeFormat('en', { timeZone: zone }).resolvedOptions().timeZone !== ''
  } catch {
    return false
  }
}

interface Zone {
  readonly format: Intl.DateTimeFormat
  readonly time: Intl.DateTimeFormat
  readonly days: Cron
  /** The last result of `nextDayStartMs`: for all instants from the first to the second one. */
  known: { readonly fromMs: number; readonly nextMs: number }
}

/** A formatter is slow to make (0.3 ms) and fast to use. To find the end of a day is slow each time (0.5 ms). */
const zones = new Map<string, Zone>()

function zoneOf(timeZone: string): Zone {
  const known = zones.get(timeZone)
  if (known) return known
  const zone: Zone = {
    // This locale writes YYYY-MM-DD.
    format: new Intl.DateTimeFormat('en-CA', { timeZone, dateStyle: 'short' }),
    time: new Intl.DateTimeFormat('en-GB', { timeZone, hour: '2-digit', minute: '2-digit', hourCycle: 'h23' }),
    days: new Cron('0 0 * * *', { timezone: timeZone, paused: true }),
    known: { fromMs: 0, nextMs: 0 },
  }
  zones.set(timeZone, zone)
  return zone
}

/**
 * Returns the day of an instant (milliseconds since 1970) in an IANA time zone, as YYYY-MM-DD. Days sort like their texts.
 *
 * @throws RangeError when there is no such zone
 */
export const dayOf = (atMs: number, timeZone: string): string => zoneOf(timeZone).format.format(atMs)

/**
 * Returns the time of the day of an instant in an IANA time zone, as HH:MM.
 *
 * @throws RangeError when there is no such zone
 */
export const timeOf = (atMs: number, timeZone: string): string => zoneOf(timeZone).time.format(atMs)

/**
 * Returns the first instant of the next day, in milliseconds since 1970.
 *
 * @throws RangeError when there is no such zone
 */
export function nextDayStartMs(atMs: number, timeZone: string): number {
  const zone = zoneOf(timeZone)
  if (atMs >= zone.known.fromMs && atMs < zone.known.nextMs) return zone.known.nextMs
  const next = zone.days.nextRun(new Date(atMs))
  if (!next) throw new RangeError(`There is no day after ${atMs} in ${timeZone}.`)
  zone.known = { fromMs: atMs, nextMs: next.getTime() }
  return zone.known.nextMs
}

const DAY_MS = 24 * 60 * 60 * 1000

/** Returns the number of days from one day to another, both as YYYY-MM-DD. */
export const daysBetween = (from: string, to: string): number => Math.round((Date.parse(to) - Date.parse(from)) / DAY_MS)
