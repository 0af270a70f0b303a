import type { JSX } from 'preact'
import { answerOf, api } from '../api/api.ts'
import { useLoaded } from '../api/loaded.ts'
import { mayChange } from '../api/sign-in.ts'
import { lasting, number, t } from '../language/language.ts'
import { Act } from '../parts/act.tsx'
import { ask } from '../parts/ask.tsx'
import { Badge } from '../parts/badge.tsx'
import { Facts, Sentence } from '../parts/facts.tsx'
import { Page, Problem, Section } from '../parts/page.tsx'
import { say } from '../parts/say.tsx'
import { Ago, At } from '../parts/time.tsx'
import { to } from '../platform/route.ts'
import { type Action, TONE_OF_ACTION } from './recoveries.tsx'

type WholeAction = Exclude<Action, { state: 'damaged' }>

export function Recovery({ id }: { id: string }): JSX.Element {
  const { value, problem, reload } = useLoaded(`recovery ${id}`, ['recovery'], () =>
    answerOf(api.GET('/api/recoveries/{id}', { params: { path: { id } } })),
  )
  if (value === null || value.state === 'damaged')
    return (
      <Page title={t('recovery')}>
        <Problem text={problem ?? value?.result.sentence ?? null} />
        {value === null && problem === null && <p class="quiet">{t('loading')}</p>}
      </Page>
    )
  const isOpen = value.state === 'proposed' || value.state === 'pending'
  return (
    <Page
      title={`${t(`type.${value.type}`)} · ${value.session ?? value.targetRunner ?? ''}`}
      actions={mayChange() && isOpen && <Decide action={value} reload={reload} />}
    >
      <Problem text={problem} />
      <div class="card">
        <p>
          <Badge tone={TONE_OF_ACTION[value.state]}>{t(`action.${value.state}`)}</Badge> <Ago at={value.requestedAt} />
        </p>
        <p role="status">
          <Sentence text={value.result?.sentence ?? value.why} />
        </p>
      </div>
      <About action={value} />
      <Timeline action={value} />
      {value.report && <Report report={value.report} />}
    </Page>
  )
}

const About = ({ action }: { action: WholeAction }): JSX.Element => (
  <Section title={t('facts')}>
    <Facts
      facts={[
        [t('session'), action.session && <a href={to(['sessions', action.session])}>{action.session}</a>],
        [t('why'), <Sentence text={action.why} />],
        [t('step'), action.step && <code>{action.step}</code>],
        [t('requestedBy'), <code>{action.requestedBy}</code>],
        [t('approvedBy'), action.approvedBy && <code>{action.approvedBy}</code>],
        [t('cancelledBy'), action.cancelledBy && <code>{action.cancelledBy}</code>],
        [t('duration'), action.durationMs === null ? null : lasting(action.durationMs)],
        ...Object.entries(action.evidence).map(([name, value]) => [<code>{name}</code>, String(value)] as never),
      ]}
    />
  </Section>
)

function Timeline({ action }: { action: WholeAction }): JSX.Element {
  return (
    <Section title={t('timeline')}>
      <ol class="timeline">
        <li>
          <At at={action.requestedAt} /> {t('requested')}
        </li>
        {action.startedAt !== null && (
          <li>
            <At at={action.startedAt} /> {t('begun')}
          </li>
        )}
        {action.steps.map(({ at, step, what }) => (
          <li key={`${at} ${what}`}>
            <At at={at} /> {step && <code>{step}</code>} <Sentence text={what} />
          </li>
        ))}
        {action.finishedAt !== null && (
          <li>
            <At at={action.finishedAt} /> {t(`action.${action.state}`)}: <Sentence text={action.result?.sentence ?? ''} />
          </li>
        )}
      </ol>
    </Section>
  )
}

const Report = ({ report: { planned, moved, named } }: { report: NonNullable<WholeAction['report']> }): JSX.Element => (
  <Section title={t('report')}>
    <Facts
      facts={[
        ...Object.entries(planned).map(([kind, n]) => [`${t('planned')}: ${kind}`, number(n)] as const),
        ...Object.entries(moved).map(([kind, n]) => [`${t('moved')}: ${kind}`, number(n)] as const),
      ]}
    />
    <ul class="plan">
      {named.map(({ id, kind, why }) => (
        <li key={`${kind} ${id}`}>
          <code>
            {kind} {id}
          </code>{' '}
          <Sentence text={why} />
        </li>
      ))}
    </ul>
  </Section>
)

const Decide = ({ action: { id, state }, reload }: { action: WholeAction; reload: () => Promise<void> }): JSX.Element => (
  <>
    {state === 'proposed' && (
      <Act kind="main" run={() => approve(id, reload)}>
        {t('approve')}
      </Act>
    )}
    <Act
      run={async () => {
        await answerOf(api.POST('/api/recoveries/{id}/cancel', { params: { path: { id } } }))
        await reload()
        return t('takenBack')
      }}
    >
      {t('takeBack')}
    </Act>
  </>
)

/** A restore with losses answers with its plan instead, to which a person then agrees or not. */
async function approve(id: string, reload: () => Promise<void>): Promise<string | null> {
  const params = { path: { id } }
  const agree = (acceptLosses: boolean) => answerOf(api.POST('/api/recoveries/{id}/approve', { params, body: { acceptLosses } }))
  const answer = await agree(false)
  await reload()
  if (!('approved' in answer)) return t('approved')
  ask({
    title: t('approveLosses'),
    body: (
      <>
        <p class="todo">{'wouldLose' in answer && <Sentence text={answer.wouldLose.sentence} />}</p>
        <p>
          <Sentence text={answer.next} />
        </p>
      </>
    ),
    confirm: t('approve'),
    isDanger: true,
    async run() {
      await agree(true)
      await reload()
      say(t('approved'))
    },
  })
  return null
}
