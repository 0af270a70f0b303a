import type { JSX } from 'preact'
import { answerOf, api } from '../../api/api.ts'
import { useLoaded } from '../../api/loaded.ts'
import { mayChange } from '../../api/sign-in.ts'
import { day, number, t } from '../../language/language.ts'
import { Act } from '../../parts/act.tsx'
import { ask } from '../../parts/ask.tsx'
import { Badge, type Tone } from '../../parts/badge.tsx'
import { Facts, Sentence } from '../../parts/facts.tsx'
import { Problem, Section } from '../../parts/page.tsx'
import { say } from '../../parts/say.tsx'
import { Ago } from '../../parts/time.tsx'
import { go } from '../../platform/route.ts'

const load = (name: string) => answerOf(api.GET('/api/sessions/{name}/records', { params: { path: { name } } }))
type Records = Awaited<ReturnType<typeof load>>
type Known = Extract<Records, { known: true }>

const TONES: Readonly<Record<Known['level'], Tone>> = {
  healthy: 'good',
  monitor: 'calm',
  warning: 'warn',
  cleanup: 'warn',
  critical: 'bad',
  emergency: 'bad',
  danger: 'bad',
  fatal: 'bad',
}

/** What fills a session, how near it is to a clean-up, and when it will be there. */
export function Records({ name }: { name: string }): JSX.Element {
  const { value, problem } = useLoaded(`records ${name}`, ['session', 'recovery'], () => load(name))
  return (
    <Section title={t('tab.records')} actions={mayChange() && <CleanUp name={name} />}>
      <Problem text={problem} />
      {value === null && problem === null && <p class="quiet">{t('loading')}</p>}
      {value?.known === false && <p class="quiet">{t('recordsUnknown')}</p>}
      {value?.known === true && <Counted records={value} />}
    </Section>
  )
}

function Counted({ records }: { records: Known }): JSX.Element {
  const { level, counted, levels, kinds, recommendation, lastCleanUp } = records
  const most = Math.max(levels.at(-1)?.from ?? 0, counted, 1)
  return (
    <>
      <p>
        <Badge tone={TONES[level]}>{t(`level.${level}`)}</Badge>{' '}
        {t('countedOf', { n: number(counted), from: number(records.cleanUpFrom) })}
      </p>
      <meter min={0} max={most} high={records.cleanUpFrom} value={counted} aria-label={t('recordsCounted')} />
      {recommendation && (
        <p class="todo">
          <Sentence text={recommendation.sentence} />
        </p>
      )}
      <Facts
        facts={[
          [t('growth'), records.growthPerDay === null ? null : number(records.growthPerDay)],
          [t('cleanUpOn'), records.cleanUpNeededOn === null ? t('notWithinYear') : day(records.cleanUpNeededOn)],
          [t('removable'), records.removable === null ? null : number(records.removable)],
          [t('protected'), number(records.protected)],
          [t('archived'), records.archived === null ? null : number(records.archived)],
          [t('lastCleanUp'), lastCleanUp && <Ago at={lastCleanUp.at} />],
        ]}
      />
      <div class="scroll" tabIndex={0} role="region" aria-label={t('byKind')}>
        <table>
          <caption>{t('byKind')}</caption>
          <thead>
            <tr>
              <th scope="col">{t('kind')}</th>
              <th scope="col" class="number">
                {t('recordCount')}
              </th>
            </tr>
          </thead>
          <tbody>
            {kinds.map(({ kind, holds, records }) => (
              <tr key={kind}>
                <th scope="row">
                  <code>{kind}</code>
                  <p class="quiet" lang="en">
                    {holds}
                  </p>
                </th>
                <td class="number">{number(records)}</td>
              </tr>
            ))}
          </tbody>
        </table>
      </div>
    </>
  )
}

function CleanUp({ name }: { name: string }): JSX.Element {
  const request = async (dryRun: boolean): Promise<void> => {
    const action = await answerOf(api.POST('/api/sessions/{name}/cleanup', { params: { path: { name } }, body: { dryRun } }))
    go(['recoveries', action.id])
  }
  return (
    <>
      <Act
        run={async () => {
          await request(true)
          return t('dryRunAsked')
        }}
      >
        {t('cleanUpDry')}
      </Act>
      <button
        type="button"
        onClick={() =>
          ask({
            title: t('cleanUpTitle', { name }),
            body: <p>{t('cleanUpBody')}</p>,
            confirm: t('cleanUp'),
            async run() {
              await request(false)
              say(t('cleanUpAsked'))
            },
          })
        }
      >
        {t('cleanUp')}
      </button>
    </>
  )
}
