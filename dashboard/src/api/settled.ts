import { useEffect, useState } from 'preact/hooks'
import { after } from '../platform/clock.ts'

/** A pause between two keys of somebody who types is shorter. */
const PAUSE_MS = 250

/** A text once nobody types at it any more, so that not each key asks the API. */
export function useSettled(text: string): string {
  const [settled, setSettled] = useState(text)
  useEffect(() => (text === settled ? undefined : after(PAUSE_MS, () => setSettled(text))), [text, settled])
  return settled
}
