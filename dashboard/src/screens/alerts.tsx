import type { JSX } from 'preact'
import { answerOf, api } from '../api/api.ts'
import { usePaged } from '../api/paged.ts'
import { mayChange, tenantHere } from '../api/sign-in.ts'
import { count, t } from '../language/language.ts'
import { Act } from '../parts/act.tsx'
import { ask } from '../parts/ask.tsx'
import { Badge, type Tone } from '../parts/badge.tsx'
import { Sentence } from '../parts/facts.tsx'
import { List, Page } from '../parts/page.tsx'
import { say } from '../parts/say.tsx'
import { Ago, At } from '../parts/time.tsx'
import { refine, route, to } from '../platform/route.ts'
import { alertName, placeOf } from './alert-types.ts'
import { Channels } from './channels.tsx'
import { Devices } from './devices.tsx'

const STATES = ['open', 'acknowledged', 'resolved'] as const
const TONES: Readonly<Record<'info' | 'warning' | 'critical', Tone>> = { info: 'calm', warning: 'warn', critical: 'bad' }
const SILENCES = [60, 480, 1440, 10_080] as const

const load = async (state: (typeof STATES)[number], cursor: string | undefined) => {
  const page = await answerOf(
    api.GET('/api/alerts', { params: { query: { state, limit: 25, ...(cursor === undefined ? {} : { cursor }) } } }),
  )
  return { items: page.alerts, cursor: page.cursor }
}
type Alert = Awaited<ReturnType<typeof load>>['items'][number]

export function Alerts(): JSX.Element {
  const state = STATES.find((one) => one === route.value.query.get('state')) ?? 'open'
  const list = usePaged(`alerts ${state}`, ['alert'], (cursor) => load(state, cursor))
  return (
    <Page title={t('place.alerts')}>
      <nav class="tabs" aria-label={t('state')}>
        {STATES.map((one) => (
          <a
            key={one}
            href={to(['alerts'], { state: one === 'open' ? null : one })}
            onClick={(event) => {
              event.preventDefault()
              refine({ state: one === 'open' ? null : one })
            }}
            {...(one === state ? { 'aria-current': 'page' as const } : {})}
          >
            {t(`alert.${one}`)}
          </a>
        ))}
      </nav>
      <List
        of={list}
        none={state === 'open' ? t('noAlerts') : t('nothingFits')}
        label={t('place.alerts')}
        row={(alert) => <Row key={alert.id} alert={alert} reload={list.reload} />}
      />
      {mayChange() && <Channels />}
      <Devices />
    </Page>
  )
}

function Row({ alert, reload }: { alert: Alert; reload: () => Promise<void> }): JSX.Element {
  return (
    <li class="row">
      <div class="grow">
        <Title type={alert.type} /> <About alert={alert} />
        <p>
          <Sentence text={alert.sentence} />
        </p>
        {alert.userAction !== null && (
          <p class="todo">
            <Sentence text={alert.userAction} />
          </p>
        )}
        {alert.done !== null && (
          <p class="quiet">
            {t('doneByItself')} <Sentence text={alert.done} />
          </p>
        )}
      </div>
      <div class="side">
        <Badge tone={TONES[alert.severity]}>{t(`severity.${alert.severity}`)}</Badge>
        <span class="quiet">
          <Ago at={alert.firstSeenAt} /> · {count('times', alert.count)}
        </span>
        {alert.silencedUntil !== null && (
          <span class="quiet">
            {t('silencedUntil')} <At at={alert.silencedUntil} />
          </span>
        )}
        {mayChange() && alert.state !== 'resolved' && <Decide alert={alert} reload={reload} />}
      </div>
    </li>
  )
}

/** Leads to the screen where the alert is dealt with, where there is one. */
function Title({ type }: { type: string }): JSX.Element {
  const place = placeOf(type)
  return place === null ? (
    <strong>{alertName(type)}</strong>
  ) : (
    <a class="name" href={place}>
      {alertName(type)}
    </a>
  )
}

/** A session of another tenant is not in the lists of this one. */
const About = ({ alert: { session, tenant, scope } }: { alert: Alert }): JSX.Element =>
  session !== null && tenant === tenantHere() ? (
    <a href={to(['sessions', session])}>{session}</a>
  ) : (
    <span class="quiet">{tenant === null || tenant === tenantHere() ? scope : `${tenant}: ${scope}`}</span>
  )

function Decide({ alert: { id, type, state }, reload }: { alert: Alert; reload: () => Promise<void> }): JSX.Element {
  const params = { path: { id } }
  return (
    <div class="buttons">
      {state === 'open' && (
        <Act
          label={`${t('acknowledge')}: ${id}`}
          run={async () => {
            await answerOf(api.POST('/api/alerts/{id}/acknowledge', { params }))
            await reload()
            return t('acknowledged')
          }}
        >
          {t('acknowledge')}
        </Act>
      )}
      <button type="button" aria-label={`${t('silence')}: ${id}`} onClick={() => askSilence(id, alertName(type), reload)}>
        {t('silence')}
      </button>
    </div>
  )
}

function askSilence(id: string, name: string, reload: () => Promise<void>): void {
  let minutes: number = SILENCES[0]
  ask({
    title: t('silenceTitle', { name }),
    body: (
      <>
        <p>{t('silenceBody')}</p>
        <label>
          {t('silenceFor')}
          <select onChange={({ currentTarget }) => (minutes = Number(currentTarget.value))}>
            {SILENCES.map((one) => (
              <option key={one} value={one}>
                {t(`silenceOf.${one}`)}
              </option>
            ))}
          </select>
        </label>
      </>
    ),
    confirm: t('silence'),
    async run() {
      await answerOf(api.POST('/api/alerts/{id}/silence', { params: { path: { id } }, body: { minutes } }))
      await reload()
      say(t('silenced'))
    },
  })
}
