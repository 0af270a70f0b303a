import type { JSX } from 'preact'
import { useEffect, useState } from 'preact/hooks'
import { sentenceOf } from '../api/api.ts'
import { listen } from '../api/live.ts'
import { followSessions } from '../api/sessions.ts'
import { chosenTenant, person, recognize, signIn, signOutWithOthers, turn } from '../api/sign-in.ts'
import { t } from '../language/language.ts'
import { Asked } from '../parts/ask.tsx'
import { Said } from '../parts/say.tsx'
import { go } from '../platform/route.ts'
import { SignIn } from '../screens/sign-in.tsx'
import { Frame } from './frame.tsx'

/** A sign-in that works once, in the address that `npm start` prints: `#token=…`. */
const TOKEN = /^#token=([\w.~-]+)$/

export function App(): JSX.Element {
  const [problem, setProblem] = useState<string | null>(null)
  useEffect(() => {
    const look = (): void => void begin().then(setProblem)
    // A link that is opened where the page is open already loads nothing anew.
    const follow = (): void => {
      if (TOKEN.test(location.hash)) look()
    }
    addEventListener('hashchange', follow)
    look()
    return () => removeEventListener('hashchange', follow)
  }, [])
  useEffect(() => signOutWithOthers(), [])
  return (
    <>
      {person.value === undefined ? (
        <Start problem={problem} />
      ) : person.value === null ? (
        <SignIn problem={problem} />
      ) : (
        <Live key={turn.value} />
      )}
      <Said />
    </>
  )
}

/** Returns what went wrong, or null. */
async function begin(): Promise<string | null> {
  const [, token] = TOKEN.exec(location.hash) ?? []
  if (token === undefined) return await recognize().then(nothing, sentenceOf)
  // Neither the history nor a bookmark keeps it.
  history.replaceState(null, '', location.pathname)
  go([])
  try {
    await signIn({ token })
    return null
  } catch (error) {
    return await recognize().then(() => sentenceOf(error), sentenceOf)
  }
}

const nothing = (): null => null

/** Before the first answer; without a network it is all that there is. */
const Start = ({ problem }: { problem: string | null }): JSX.Element => (
  <main class="sign-in">
    <div class="card">
      <img src="/dashboard/icon.svg" alt="" width="56" height="56" />
      <h1>Holdfast</h1>
      {problem === null ? (
        <p class="quiet">{t('loading')}</p>
      ) : (
        <>
          <p class="problem" role="alert">
            {t('unreachable')} {problem}
          </p>
          <button type="button" class="main" onClick={() => location.reload()}>
            {t('tryAgain')}
          </button>
        </>
      )}
    </div>
  </main>
)

/** Everything begins anew with another tenant, and with another person. */
function Live(): JSX.Element {
  const tenant = chosenTenant.value
  useEffect(() => {
    const ends = [followSessions(), listen()]
    return () => {
      for (const end of ends) end()
    }
  }, [tenant])
  return (
    <>
      <Frame key={tenant ?? ''} />
      <Asked />
    </>
  )
}
