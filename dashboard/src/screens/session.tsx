import type { Session as SessionAnswer } from '@holdfast/client/types'
import type { JSX } from 'preact'
import { useSession } from '../api/sessions.ts'
import { mayChange } from '../api/sign-in.ts'
import { number, t } from '../language/language.ts'
import { StatusBadge } from '../parts/badge.tsx'
import { Facts, Sentence } from '../parts/facts.tsx'
import { Page, Problem, Section } from '../parts/page.tsx'
import { Ago } from '../parts/time.tsx'
import { route, to } from '../platform/route.ts'
import { SessionActions } from './session/actions.tsx'
import { Backups } from './session/backups.tsx'
import { Chats } from './session/chats.tsx'
import { Pairing } from './session/pairing.tsx'
import { Records } from './session/records.tsx'
import { SessionRecoveries } from './session/recoveries.tsx'

const TABS = ['state', 'chats', 'backups', 'records', 'recoveries'] as const
type Tab = (typeof TABS)[number]

export function Session({ name }: { name: string }): JSX.Element {
  const { session, problem } = useSession(name)
  if (!session) return <Missing name={name} isLoading={session === undefined} problem={problem} />
  const tab = TABS.find((one) => one === route.value.query.get('tab')) ?? 'state'
  return (
    <Page title={name} actions={mayChange() && <SessionActions session={session} />}>
      <div class="state card">
        <p>
          <StatusBadge status={session.status} />{' '}
          <span class="quiet">{session.since !== null && <Ago at={session.since} />}</span>
        </p>
        <p role="status">
          <Sentence text={session.sentence} />
        </p>
        {session.userAction !== null && (
          <p class="todo">
            <Sentence text={session.userAction} />
          </p>
        )}
      </div>
      <Tabs name={name} tab={tab} />
      <Body session={session} tab={tab} />
    </Page>
  )
}

const Tabs = ({ name, tab }: { name: string; tab: Tab }): JSX.Element => (
  <nav class="tabs" aria-label={t('partsOf', { name })}>
    {TABS.map((one) => (
      <a
        key={one}
        href={to(['sessions', name], { tab: one === 'state' ? null : one })}
        {...(one === tab ? { 'aria-current': 'page' as const } : {})}
      >
        {t(`tab.${one}`)}
      </a>
    ))}
  </nav>
)

function Body({ session, tab }: { session: SessionAnswer; tab: Tab }): JSX.Element {
  switch (tab) {
    case 'state':
      return <State session={session} />
    case 'chats':
      return <Chats name={session.name} />
    case 'backups':
      return <Backups name={session.name} />
    case 'records':
      return <Records name={session.name} />
    case 'recoveries':
      return <SessionRecoveries name={session.name} />
  }
}

function State({ session }: { session: SessionAnswer }): JSX.Element {
  const { me, owner, lastDisconnect, pacing, counters, availability } = session
  return (
    <>
      {session.status === 'SCAN_QR_CODE' && mayChange() && <Pairing name={session.name} />}
      <Section title={t('facts')}>
        <Facts
          facts={[
            [t('account'), me && `${me.pushName} +${me.id.split('@')[0]}`],
            [t('state'), <code>{session.state}</code>],
            [t('reason'), <code>{session.reason}</code>],
            [t('wanted'), t(`wantedOf.${session.wanted}`)],
            [t('runner'), owner.runnerId && <code>{owner.runnerId}</code>],
            [t('epoch'), number(owner.epoch)],
            [t('lastProofOfLife'), session.lastProofOfLifeAt && <Ago at={session.lastProofOfLifeAt} />],
            [t('nextAttempt'), session.nextAttemptAt && <Ago at={session.nextAttemptAt} />],
            [t('lastDisconnect'), lastDisconnect && <LastDisconnect {...lastDisconnect} />],
            [t('sentMessages'), number(counters.sent)],
            [t('receivedMessages'), number(counters.received)],
            [t('availability'), availability === null ? null : `${number(availability)} %`],
            [t('sentToday'), pacing && `${number(pacing.sentToday)} / ${number(pacing.dailyLimit)}`],
            [t('created'), session.createdAt && <Ago at={session.createdAt} />],
          ]}
        />
      </Section>
    </>
  )
}

const LastDisconnect = ({ at, code, reason }: NonNullable<SessionAnswer['lastDisconnect']>): JSX.Element => (
  <>
    <code>{code === null ? reason : `${code} ${reason}`}</code> <Ago at={at} />
  </>
)

interface MissingParts {
  readonly name: string
  readonly isLoading: boolean
  readonly problem: string | null
}

/** Not known yet, gone, or of somebody else. */
const Missing = ({ name, isLoading, problem }: MissingParts): JSX.Element => (
  <Page title={name}>
    <Problem text={problem} />
    {(!isLoading || problem === null) && <p class="quiet">{isLoading ? t('loading') : t('noSuchSession')}</p>}
    <p>
      <a href={to(['sessions'])}>{t('place.sessions')}</a>
    </p>
  </Page>
)
