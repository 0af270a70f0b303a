import type { JSX } from 'preact'
import { answerOf, api } from '../api/api.ts'
import { type Loaded, useLoaded } from '../api/loaded.ts'
import { useSessions } from '../api/sessions.ts'
import { isOperator } from '../api/sign-in.ts'
import { number, t } from '../language/language.ts'
import { Badge, type Tone } from '../parts/badge.tsx'
import { Sentence, Tile } from '../parts/facts.tsx'
import { Icon } from '../parts/icon.tsx'
import { Page, Problem, Section } from '../parts/page.tsx'
import { Ago } from '../parts/time.tsx'
import { to } from '../platform/route.ts'
import { loadNeeds, type Need, needsOf } from './needs.ts'

export const TONE_OF_HEALTH: Readonly<Record<'healthy' | 'degraded' | 'warning' | 'critical', Tone>> = {
  healthy: 'good',
  degraded: 'warn',
  warning: 'warn',
  critical: 'bad',
}

const loadHealth = () => answerOf(api.GET('/health'))
type HealthAnswer = Awaited<ReturnType<typeof loadHealth>>

/** What needs a person comes first; then how things are. */
export function Overview(): JSX.Element {
  const health = useLoaded('health', ['health', 'session', 'queue', 'runner'], loadHealth)
  const loaded = useLoaded('needs', ['alert', 'recovery', 'queue'], loadNeeds)
  const sessions = useSessions(FOR_PERSON, MOST_SESSIONS)
  const needs = sessions.value === null || loaded.value === null ? null : needsOf(sessions.value, loaded.value)
  const problem = loaded.problem ?? sessions.problem
  return (
    <Page title={t('place.overview')}>
      <Section title={t('needsYou')}>
        <Problem text={problem} />
        {needs === null && problem === null && <p class="quiet">{t('loading')}</p>}
        {needs?.length === 0 && (
          <p class="allgood">
            <Icon name="check" /> {t('needsNobody')}
          </p>
        )}
        {needs !== null && needs.length > 0 && (
          <ul class="rows" aria-label={t('needsYou')}>
            {needs.slice(0, MOST_NEEDS).map((need) => (
              <NeedRow key={need.key} need={need} />
            ))}
          </ul>
        )}
        {needs !== null && needs.length > MOST_NEEDS && (
          <p class="quiet">{t('andMore', { n: `${number(needs.length - MOST_NEEDS)}${sessions.hasMore ? '+' : ''}` })}</p>
        )}
      </Section>
      <Health health={health} />
    </Page>
  )
}

const MOST_NEEDS = 20

/** Where more need a person, their number alone says enough. */
const MOST_SESSIONS = 100

const FOR_PERSON = { needsPerson: true } as const

const NeedRow = ({ need }: { need: Need }): JSX.Element => (
  <li class="row">
    <div class="grow">
      <a class="name" href={need.href}>
        {need.name}
      </a>
      <p>
        <Sentence text={need.sentence} />
      </p>
      {need.userAction !== null && (
        <p class="todo">
          <Sentence text={need.userAction} />
        </p>
      )}
    </div>
    <div class="side">
      <Badge tone={need.tone}>{need.kind}</Badge>
      {need.since !== null && <Ago at={need.since} />}
    </div>
  </li>
)

function Health({ health }: { health: Loaded<HealthAnswer> }): JSX.Element {
  const { value, problem } = health
  return (
    <Section title={t('health')}>
      <Problem text={problem} />
      {value && (
        <>
          <p class="verdict">
            <Badge tone={TONE_OF_HEALTH[value.status]}>{t(`healthOf.${value.status}`)}</Badge>{' '}
            {value.problems.map(({ code, sentence }) => (
              <Sentence key={code} text={`${sentence} `} />
            ))}
          </p>
          <Figures health={value} />
        </>
      )}
    </Section>
  )
}

function Figures({ health: { connections, queue, runners, availability } }: { health: HealthAnswer }): JSX.Element {
  return (
    <dl class="tiles">
      {connections && (
        <>
          <Tile
            name={t('connected')}
            value={`${number(connections.active)} / ${number(connections.total)}`}
            href={to(['sessions'])}
          />
          <Tile
            name={t('recovering')}
            value={number(connections.recovering)}
            tone={connections.recovering > 0 ? 'warn' : ''}
            href={to(['sessions'], { status: 'STARTING' })}
          />
          <Tile
            name={t('failedSessions')}
            value={number(connections.failed)}
            tone={connections.failed > 0 ? 'bad' : ''}
            href={to(['sessions'], { status: 'FAILED' })}
          />
        </>
      )}
      {queue && (
        <>
          <Tile name={t('waitingMessages')} value={number(queue.waiting)} href={to(['queue'], { status: 'pending' })} />
          <Tile
            name={t('failedMessages')}
            value={number(queue.failed)}
            tone={queue.failed > 0 ? 'bad' : ''}
            href={to(['queue'])}
          />
        </>
      )}
      {runners && (
        <Tile
          name={t('place.runners')}
          value={number(runners.filter(({ state }) => state === 'active').length)}
          {...(isOperator() ? { href: to(['runners']) } : {})}
        />
      )}
      {availability !== null && <Tile name={t('availability')} value={`${number(availability)} %`} />}
    </dl>
  )
}
