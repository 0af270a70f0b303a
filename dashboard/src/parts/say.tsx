import { signal } from '@preact/signals'
import type { JSX } from 'preact'
import { after } from '../platform/clock.ts'

const SHOWN_MS = 6000

const said = signal<{ readonly text: string; readonly isBad: boolean } | null>(null)
let forget = (): void => undefined

/** Says in a corner of the page, and to a screen reader, what has happened. */
export function say(text: string, isBad = false): void {
  forget()
  said.value = { text, isBad }
  forget = after(SHOWN_MS, () => (said.value = null))
}

/** The region is always there: a screen reader tells only of what changes in one that it knows. */
export const Said = (): JSX.Element => (
  <div class="said" role="status" aria-live="polite">
    {said.value && <p class={said.value.isBad ? 'bad' : ''}>{said.value.text}</p>}
  </div>
)
