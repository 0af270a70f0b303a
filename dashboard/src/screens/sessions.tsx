import type { Session } from '@holdfast/client/types'
import type { JSX } from 'preact'
import { answerOf, api } from '../api/api.ts'
import { useSettled } from '../api/settled.ts'
import { showAnswer, useSessions } from '../api/sessions.ts'
import { mayChange } from '../api/sign-in.ts'
import { count, number, t } from '../language/language.ts'
import { ask } from '../parts/ask.tsx'
import { StatusBadge } from '../parts/badge.tsx'
import { Sentence } from '../parts/facts.tsx'
import { List, Page } from '../parts/page.tsx'
import { Ago } from '../parts/time.tsx'
import { go, refine, route, to } from '../platform/route.ts'

const STATUSES: readonly Session['status'][] = ['FAILED', 'SCAN_QR_CODE', 'STARTING', 'WORKING', 'STOPPED']
const PAGE = 50

export function Sessions(): JSX.Element {
  const { query } = route.value
  const text = query.get('text') ?? ''
  const status = STATUSES.find((one) => one === query.get('status'))
  const search = useSettled(text.trim())
  const list = useSessions({ ...(search === '' ? {} : { search }), ...(status === undefined ? {} : { status }) }, PAGE)
  return (
    <Page title={t('place.sessions')} actions={mayChange() && <NewSession />}>
      <form class="filters" role="search" onSubmit={(event) => event.preventDefault()}>
        <label>
          <span>{t('find')}</span>
          <input type="search" value={text} onInput={({ currentTarget }) => refine({ text: currentTarget.value })} />
        </label>
        <label>
          <span>{t('status')}</span>
          <select value={status ?? ''} onChange={({ currentTarget }) => refine({ status: currentTarget.value })}>
            <option value="">{t('any')}</option>
            {STATUSES.map((one) => (
              <option key={one} value={one}>
                {t(`statusOf.${one}`)}
              </option>
            ))}
          </select>
        </label>
        <p class="quiet" role="status">
          {list.value !== null && `${count('sessionsFound', list.value.length)}${list.hasMore ? ' …' : ''}`}
        </p>
      </form>
      <List
        label={t('place.sessions')}
        none={search === '' && status === undefined ? t('noSessions') : t('nothingFits')}
        row={(session) => <Row key={session.name} session={session} />}
        of={list}
      />
    </Page>
  )
}

const Row = ({ session: { name, me, status, sentence, since, counters } }: { session: Session }): JSX.Element => (
  <li class="row">
    <div class="grow">
      <a class="name" href={to(['sessions', name])}>
        {name}
      </a>
      {me && (
        <span class="quiet">
          {' '}
          {me.pushName} +{me.id.split('@')[0]}
        </span>
      )}
      <p class="quiet">
        <Sentence text={sentence} />
      </p>
    </div>
    <div class="side">
      <StatusBadge status={status} />
      <span class="quiet">
        {since !== null && <Ago at={since} />} · ↑ {number(counters.sent)} ↓ {number(counters.received)}
      </span>
    </div>
  </li>
)

const NewSession = (): JSX.Element => (
  <button type="button" class="main" onClick={askForName}>
    {t('newSession')}
  </button>
)

function askForName(): void {
  let name = ''
  ask({
    title: t('newSession'),
    body: (
      <>
        <label>
          {t('name')}
          <input
            required
            autofocus
            autocomplete="off"
            maxLength={63}
            onInput={({ currentTarget }) => (name = currentTarget.value.trim())}
          />
        </label>
        <p class="quiet">{t('newSessionHint')}</p>
      </>
    ),
    confirm: t('create'),
    async run() {
      await showAnswer(answerOf(api.POST('/api/sessions', { body: { name } })))
      go(['sessions', name])
    },
  })
}
