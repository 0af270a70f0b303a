import type { Session } from '@holdfast/client/types'
import type { JSX } from 'preact'
import { answerOf, api } from '../../api/api.ts'
import { showAnswer } from '../../api/sessions.ts'
import { t } from '../../language/language.ts'
import { Act } from '../../parts/act.tsx'
import { ask } from '../../parts/ask.tsx'
import { Facts, Sentence } from '../../parts/facts.tsx'
import { say } from '../../parts/say.tsx'
import { go } from '../../platform/route.ts'

/** What can be done with a session. What interrupts it, or ends something, asks first. */
export function SessionActions({ session }: { session: Session }): JSX.Element {
  const { name, wanted } = session
  const path = { path: { name } }
  const start = async (): Promise<string> => {
    await showAnswer(answerOf(api.POST('/api/sessions/{name}/start', { params: path })))
    return t('starting', { name })
  }
  return (
    <>
      {wanted === 'offline' && (
        <Act kind="main" run={start}>
          {t('start')}
        </Act>
      )}
      {wanted === 'online' && (
        <>
          <button type="button" onClick={() => askRestart(name)}>
            {t('restart')}
          </button>
          {session.status !== 'WORKING' && session.status !== 'SCAN_QR_CODE' && (
            <Act run={() => askRecover(name)}>{t('recover')}</Act>
          )}
          <button type="button" onClick={() => askStop(name)}>
            {t('stop')}
          </button>
        </>
      )}
      {session.me !== null && (
        <button type="button" class="danger" onClick={() => askLogout(name)}>
          {t('logout')}
        </button>
      )}
      {wanted === 'offline' && (
        <button type="button" class="danger" onClick={() => askRemove(name)}>
          {t('remove')}
        </button>
      )}
    </>
  )
}

const askRestart = (name: string): void =>
  ask({
    title: t('restartTitle', { name }),
    body: <p>{t('restartBody')}</p>,
    confirm: t('restart'),
    async run() {
      await answerOf(api.POST('/api/sessions/{name}/restart', { params: { path: { name } }, body: {} }))
      say(t('restarting', { name }))
    },
  })

const askStop = (name: string): void =>
  ask({
    title: t('stopTitle', { name }),
    body: <p>{t('stopBody')}</p>,
    confirm: t('stop'),
    async run() {
      await showAnswer(answerOf(api.POST('/api/sessions/{name}/stop', { params: { path: { name } } })))
      say(t('stopping', { name }))
    },
  })

const askLogout = (name: string): void =>
  ask({
    title: t('logoutTitle', { name }),
    body: <p>{t('logoutBody')}</p>,
    confirm: t('logout'),
    isDanger: true,
    async run() {
      await answerOf(api.POST('/api/sessions/{name}/logout', { params: { path: { name } }, body: {} }))
      say(t('loggingOut', { name }))
    },
  })

const askRemove = (name: string): void =>
  ask({
    title: t('removeTitle', { name }),
    body: <p>{t('removeBody')}</p>,
    confirm: t('remove'),
    isDanger: true,
    async run() {
      await answerOf(api.DELETE('/api/sessions/{name}', { params: { path: { name } } }))
      go(['sessions'])
      say(t('removed', { name }))
    },
  })

/** Asks the API first what it would do, and shows that. */
async function askRecover(name: string): Promise<null> {
  const plan = await answerOf(api.POST('/api/sessions/{name}/recover', { params: { path: { name } }, body: { dryRun: true } }))
  const acts = plan.outcome === 'requested' || plan.outcome === 'proposed'
  const confirmed = {
    confirm: plan.outcome === 'proposed' ? t('propose') : t('recover'),
    async run(): Promise<void> {
      const outcome = await answerOf(api.POST('/api/sessions/{name}/recover', { params: { path: { name } }, body: {} }))
      say(outcome.sentence)
      if (outcome.action) go(['recoveries', outcome.action.id])
    },
  }
  ask({
    title: t('recoverTitle', { name }),
    body: (
      <>
        <p>
          <Sentence text={plan.sentence} />
        </p>
        <Facts
          facts={[
            [t('outcome'), t(`outcomeOf.${plan.outcome}`)],
            [t('step'), plan.step && <code>{plan.step}</code>],
            [t('next'), plan.next && <Sentence text={plan.next} />],
          ]}
        />
      </>
    ),
    ...(acts ? confirmed : {}),
  })
  return null
}
