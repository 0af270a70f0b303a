import { signal } from '@preact/signals'
import type { JSX } from 'preact'
import { ago, dateTime } from '../language/language.ts'
import { every, now } from '../platform/clock.ts'

/** The time as the page shows it. */
const shownNow = signal(now())
every(5000, () => (shownNow.value = now()))

/** A time as seen from now. Its title has it to the second. */
export function Ago({ at }: { at: string }): JSX.Element {
  // An event may come within the five seconds: it has not happened in the future.
  const time = Date.parse(at)
  return (
    <time dateTime={at} title={dateTime(at)}>
      {ago(time, Math.abs(time - shownNow.value) < 5000 ? Math.max(time, shownNow.value) : shownNow.value)}
    </time>
  )
}

export const At = ({ at }: { at: string }): JSX.Element => <time dateTime={at}>{dateTime(at)}</time>
