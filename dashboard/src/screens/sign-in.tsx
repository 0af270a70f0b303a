import type { JSX } from 'preact'
import { useState } from 'preact/hooks'
import { sentenceOf } from '../api/api.ts'
import { signIn } from '../api/sign-in.ts'
import { t } from '../language/language.ts'
import { Problem } from '../parts/page.tsx'

/** The problem is one of the address by which a person came: a link that was used before. */
export function SignIn({ problem: first }: { problem: string | null }): JSX.Element {
  const [key, setKey] = useState('')
  const [problem, setProblem] = useState<string | null>(null)
  const [isBusy, setBusy] = useState(false)
  const submit = async (event: Event): Promise<void> => {
    event.preventDefault()
    setBusy(true)
    try {
      await signIn({ apiKey: key.trim() })
    } catch (error) {
      setProblem(sentenceOf(error))
      setBusy(false)
    }
  }
  return (
    <main class="sign-in">
      <form class="card" onSubmit={(event) => void submit(event)}>
        <img src="/dashboard/icon.svg" alt="" width="56" height="56" />
        <h1>{t('signInTitle')}</h1>
        <label>
          {t('apiKey')}
          <input
            type="password"
            name="key"
            autocomplete="current-password"
            required
            autofocus
            value={key}
            onInput={(event) => setKey(event.currentTarget.value)}
          />
        </label>
        <Problem text={problem ?? first} />
        <button type="submit" class="main" aria-disabled={isBusy}>
          {isBusy ? t('working') : t('signIn')}
        </button>
        <p class="quiet">{t('signInHint')}</p>
      </form>
    </main>
  )
}
