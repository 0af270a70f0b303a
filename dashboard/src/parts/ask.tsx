import { signal } from '@preact/signals'
import type { ComponentChildren, JSX } from 'preact'
import { useEffect, useId, useRef, useState } from 'preact/hooks'
import { sentenceOf } from '../api/api.ts'
import { turn } from '../api/sign-in.ts'
import { t } from '../language/language.ts'

export interface Question {
  readonly title: string
  /** What will happen, and how it can be undone. */
  readonly body: ComponentChildren
  /** The verb of the button. Without it there is nothing to confirm. */
  readonly confirm?: string
  readonly isDanger?: boolean
  /** Runs on the button. The dialog closes when it ends, and shows its error. */
  readonly run?: () => Promise<void>
}

const asked = signal<Question | null>(null)

// A dialog may show a new API key: it is for nobody but the person who asked for it.
turn.subscribe(() => (asked.value = null))

/** Opens a dialog. */
export function ask(question: Question): void {
  asked.value = question
}

export const Asked = (): JSX.Element | null => (asked.value === null ? null : <Dialog question={asked.value} />)

function Dialog({ question }: { question: Question }): JSX.Element {
  const { title, body, confirm, isDanger = false, run } = question
  const dialog = useRef<HTMLDialogElement>(null)
  const heading = useId()
  const [isBusy, setBusy] = useState(false)
  const [problem, setProblem] = useState<string | null>(null)
  useEffect(() => {
    setProblem(null)
    if (dialog.current?.open === false) dialog.current.showModal()
  }, [question])
  const close = (): void => {
    if (asked.value === question) asked.value = null
  }
  const submit = async (event: Event): Promise<void> => {
    event.preventDefault()
    if (isBusy) return
    setBusy(true)
    try {
      await run?.()
      close()
    } catch (error) {
      setProblem(sentenceOf(error))
    } finally {
      setBusy(false)
    }
  }
  return (
    <dialog ref={dialog} aria-labelledby={heading} onClose={close}>
      <form onSubmit={(event) => void submit(event)}>
        <h2 id={heading}>{title}</h2>
        <div class="stack">{body}</div>
        {problem !== null && (
          <p class="problem" role="alert">
            {problem}
          </p>
        )}
        <div class="buttons end">
          <button type="button" onClick={() => dialog.current?.close()}>
            {confirm === undefined ? t('close') : t('cancel')}
          </button>
          {confirm !== undefined && (
            <button type="submit" class={isDanger ? 'danger' : 'main'} aria-disabled={isBusy}>
              {isBusy ? t('working') : confirm}
            </button>
          )}
        </div>
      </form>
    </dialog>
  )
}
