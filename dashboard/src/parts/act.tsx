import type { ComponentChildren, JSX } from 'preact'
import { useState } from 'preact/hooks'
import { sentenceOf } from '../api/api.ts'
import { t } from '../language/language.ts'
import { say } from './say.tsx'

interface Acts {
  /** Ends with what to say when it is done. */
  readonly run: () => Promise<string | null>
  readonly kind?: 'main' | 'danger' | 'plain'
  /** For a screen reader, where the button's words need what stands beside it. */
  readonly label?: string
  readonly children: ComponentChildren
}

/** A button that asks something of the API, shows that it is under way, and says how it ended. */
export function Act({ run, kind = 'plain', label, children }: Acts): JSX.Element {
  const [isBusy, setBusy] = useState(false)
  const act = async (): Promise<void> => {
    if (isBusy) return
    setBusy(true)
    try {
      const done = await run()
      if (done !== null) say(done)
    } catch (error) {
      say(sentenceOf(error), true)
    } finally {
      setBusy(false)
    }
  }
  return (
    <button
      type="button"
      class={kind}
      aria-disabled={isBusy}
      {...(label === undefined ? {} : { 'aria-label': label })}
      onClick={() => void act()}
    >
      {isBusy ? t('working') : children}
    </button>
  )
}
