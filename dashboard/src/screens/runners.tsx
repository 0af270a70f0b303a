import type { JSX } from 'preact'
import { answerOf, api } from '../api/api.ts'
import { useLoaded } from '../api/loaded.ts'
import { lasting, number, t } from '../language/language.ts'
import { Badge, type Tone } from '../parts/badge.tsx'
import { Facts, Sentence, Tile } from '../parts/facts.tsx'
import { List, Page, Problem, Section } from '../parts/page.tsx'
import { Ago } from '../parts/time.tsx'
import { TONE_OF_HEALTH } from './overview.tsx'

const load = () => answerOf(api.GET('/api/fleet'))
type Fleet = Awaited<ReturnType<typeof load>>
type Runner = Fleet['runners'][number]

const TONES: Readonly<Record<Runner['state'], Tone>> = { active: 'good', draining: 'busy', dead: 'bad' }

/** The processes that hold the connections. Only the operator of the installation sees them. */
export function Runners(): JSX.Element {
  const fleet = useLoaded('fleet', ['runner', 'health'], load)
  return (
    <Page title={t('place.runners')}>
      <Problem text={fleet.problem} />
      {fleet.value && <Whole fleet={fleet.value} />}
      <Section title={t('place.runners')}>
        <List
          of={{ value: fleet.value?.runners ?? null, problem: null }}
          none={t('noRunners')}
          label={t('place.runners')}
          row={(runner) => <Row key={runner.id} runner={runner} />}
        />
      </Section>
      {fleet.value && fleet.value.incidents.length > 0 && <Incidents fleet={fleet.value} />}
    </Page>
  )
}

const Whole = ({ fleet: { capacity, sessions, outage, noRoom, size } }: { fleet: Fleet }): JSX.Element => (
  <>
    {outage !== 'none' && (
      <p class="problem">
        {t('outage')} <code>{outage}</code>
      </p>
    )}
    {noRoom && (
      <p class="todo">
        <Sentence text={`${noRoom.sentence} ${noRoom.userAction}`} />
      </p>
    )}
    <dl class="tiles">
      <Tile name={t('capacity')} value={number(capacity.total)} />
      <Tile name={t('freePlaces')} value={number(capacity.free)} />
      <Tile name={t('connected')} value={`${number(sessions.active)} / ${number(sessions.wanted)}`} />
      <Tile name={t('unplaced')} value={number(sessions.unplaced)} tone={sessions.unplaced > 0 ? 'bad' : ''} />
      <Tile name={t('needPhone')} value={number(sessions.needPhone)} tone={sessions.needPhone > 0 ? 'warn' : ''} />
    </dl>
    {size && (
      <p class="quiet">
        <Sentence text={size.sentence} />
      </p>
    )}
  </>
)

const percent = (n: number | null): string | null => (n === null ? null : `${number(Math.round(n))} %`)

const Row = ({ runner }: { runner: Runner }): JSX.Element => (
  <li class="row">
    <div class="grow">
      <strong class="id">{runner.id}</strong>
      {runner.health?.problems.map(({ code, sentence }) => (
        <p class="todo" key={code}>
          <Sentence text={sentence} />
        </p>
      ))}
      <Facts
        facts={[
          [t('runnerSessions'), `${number(runner.connected)} / ${number(runner.sessions)} / ${number(runner.capacity)}`],
          [t('cpu'), percent(runner.cpu)],
          [t('memory'), percent(runner.memory.percentage)],
          [t('network'), runner.network === 'none' ? null : runner.network],
          [t('version'), runner.version],
          [t('revision'), runner.revision],
        ]}
      />
    </div>
    <div class="side">
      <Badge tone={TONES[runner.state]}>{t(`runnerOf.${runner.state}`)}</Badge>
      {runner.health && runner.health.status !== 'healthy' && (
        <Badge tone={TONE_OF_HEALTH[runner.health.status]}>{t(`healthOf.${runner.health.status}`)}</Badge>
      )}
      <span class="quiet">
        {t('startedAt')} <Ago at={runner.startedAt} />
      </span>
      {runner.state !== 'active' && (
        <span class="quiet">
          {t('silentFor')} {lasting(runner.silentForMs)}
        </span>
      )}
    </div>
  </li>
)

const Incidents = ({ fleet: { incidents } }: { fleet: Fleet }): JSX.Element => (
  <Section title={t('incidents')}>
    <ul class="rows" aria-label={t('incidents')}>
      {incidents.map(({ code, since, until, status }) => (
        <li class="row" key={`${code} ${since}`}>
          <div class="grow">
            <code>{code}</code>{' '}
            <span class="quiet">
              <Ago at={since} />
              {until !== null && (
                <>
                  {' – '}
                  <Ago at={until} />
                </>
              )}
            </span>
          </div>
          <div class="side">
            <Badge tone={TONE_OF_HEALTH[status]}>{t(`healthOf.${status}`)}</Badge>
          </div>
        </li>
      ))}
    </ul>
  </Section>
)
