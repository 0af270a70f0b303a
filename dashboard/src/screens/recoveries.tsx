import type { JSX } from 'preact'
import { answerOf, api } from '../api/api.ts'
import { usePaged } from '../api/paged.ts'
import { mayChange } from '../api/sign-in.ts'
import { t } from '../language/language.ts'
import { Badge, type Tone } from '../parts/badge.tsx'
import { ask } from '../parts/ask.tsx'
import { Act } from '../parts/act.tsx'
import { Sentence } from '../parts/facts.tsx'
import { List, Page } from '../parts/page.tsx'
import { say } from '../parts/say.tsx'
import { Ago } from '../parts/time.tsx'
import { refine, route, to } from '../platform/route.ts'

const STATES = ['proposed', 'pending', 'running', 'done', 'failed', 'cancelled', 'vetoed'] as const
type State = (typeof STATES)[number]

export const TONE_OF_ACTION: Readonly<Record<State, Tone>> = {
  proposed: 'warn',
  pending: 'busy',
  running: 'busy',
  done: 'good',
  failed: 'bad',
  cancelled: 'calm',
  vetoed: 'warn',
}

const load = async (state: State | undefined, cursor: string | undefined) => {
  const query = { limit: 25, ...(state === undefined ? {} : { state }), ...(cursor === undefined ? {} : { cursor }) }
  const page = await answerOf(api.GET('/api/recoveries', { params: { query } }))
  return { items: page.recoveries, cursor: page.cursor }
}

export type Action = Awaited<ReturnType<typeof load>>['items'][number]

export function Recoveries(): JSX.Element {
  const state = STATES.find((one) => one === route.value.query.get('state'))
  const list = usePaged(`recoveries ${state ?? ''}`, ['recovery'], (cursor) => load(state, cursor))
  return (
    <Page title={t('place.recoveries')} actions={mayChange() && <Act run={askRecoverAll}>{t('recoverLost')}</Act>}>
      <form class="filters" onSubmit={(event) => event.preventDefault()}>
        <label>
          <span>{t('state')}</span>
          <select value={state ?? ''} onChange={({ currentTarget }) => refine({ state: currentTarget.value })}>
            <option value="">{t('any')}</option>
            {STATES.map((one) => (
              <option key={one} value={one}>
                {t(`action.${one}`)}
              </option>
            ))}
          </select>
        </label>
      </form>
      <List
        of={list}
        none={t('noRecoveries')}
        label={t('place.recoveries')}
        row={(action) => <RecoveryRow key={action.id} action={action} />}
      />
    </Page>
  )
}

export function RecoveryRow({ action }: { action: Action }): JSX.Element {
  const isDamaged = action.state === 'damaged'
  return (
    <li class="row">
      <div class="grow">
        <a class="name" href={to(['recoveries', action.id])}>
          {isDamaged ? action.id : `${t(`type.${action.type}`)} · ${action.session ?? action.targetRunner ?? ''}`}
        </a>
        <p class="quiet">
          <Sentence text={isDamaged ? action.result.sentence : (action.result?.sentence ?? action.why)} />
        </p>
      </div>
      <div class="side">
        <ActionBadge action={action} />
        {action.requestedAt !== null && <Ago at={action.requestedAt} />}
      </div>
    </li>
  )
}

const ActionBadge = ({ action: { state } }: { action: Action }): JSX.Element =>
  state === 'damaged' ? (
    <Badge tone="bad">{t('damaged')}</Badge>
  ) : (
    <Badge tone={TONE_OF_ACTION[state]}>{t(`action.${state}`)}</Badge>
  )

/** Says for each lost session what would be done, before it is done. */
async function askRecoverAll(): Promise<null> {
  const plan = await answerOf(api.POST('/api/connections/recover', { body: { dryRun: true } }))
  const isAny = plan.sessions.length > 0
  ask({
    title: t('recoverLost'),
    body: isAny ? (
      <ul class="plan">
        {plan.sessions.map(({ session, sentence, outcome }) => (
          <li key={session}>
            <strong>{session}</strong>: {t(`outcomeOf.${outcome}`)}. <Sentence text={sentence} />
          </li>
        ))}
      </ul>
    ) : (
      <p>{t('noLost')}</p>
    ),
    ...(isAny
      ? {
          confirm: t('recover'),
          async run() {
            await answerOf(api.POST('/api/connections/recover', { body: {} }))
            say(t('recoveriesAsked'))
          },
        }
      : {}),
  })
  return null
}
