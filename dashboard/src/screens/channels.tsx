import type { JSX } from 'preact'
import { useState } from 'preact/hooks'
import { answerOf, api } from '../api/api.ts'
import { useLoaded } from '../api/loaded.ts'
import { t } from '../language/language.ts'
import { Act } from '../parts/act.tsx'
import { Badge, type Tone } from '../parts/badge.tsx'
import { List, Section } from '../parts/page.tsx'

const TONES: Readonly<Record<'delivered' | 'failed' | 'refused' | 'unknown', Tone>> = {
  delivered: 'good',
  failed: 'bad',
  refused: 'bad',
  unknown: 'warn',
}

const test = (body: { channel?: string }) => answerOf(api.POST('/api/alerts/test', { body }))
type Tested = Awaited<ReturnType<typeof test>>['channels'][number]

/** Where alerts are told, and whether a test comes through. */
export function Channels(): JSX.Element {
  const [tested, setTested] = useState<Readonly<Record<string, Tested>>>({})
  const channels = useLoaded('channels', [], async () => (await answerOf(api.GET('/api/tenant'))).config.alerts?.channels ?? [])
  const run = async (channel?: string): Promise<string> => {
    const answer = await test(channel === undefined ? {} : { channel })
    setTested({ ...tested, ...Object.fromEntries(answer.channels.map((one) => [one.channel, one])) })
    return answer.channels.length === 0 ? t('noChannels') : t('testDone')
  }
  const others = Object.values(tested).filter(({ channel }) => channels.value?.every(({ name }) => name !== channel) ?? false)
  return (
    <Section title={t('channels')} actions={<Act run={() => run()}>{t('testAll')}</Act>}>
      <List
        of={channels}
        none={t('noChannels')}
        label={t('channels')}
        row={({ name, type }) => (
          <li class="row" key={name}>
            <div class="grow">
              <strong>{name}</strong> <span class="quiet">{type}</span>
              <Outcome of={tested[name]} />
            </div>
            <div class="side">
              <Act label={`${t('test')}: ${name}`} run={() => run(name)}>
                {t('test')}
              </Act>
            </div>
          </li>
        )}
      />
      {others.map((one) => (
        <p key={one.channel}>
          {one.channel} <Outcome of={one} />
        </p>
      ))}
    </Section>
  )
}

const Outcome = ({ of }: { of: Tested | undefined }): JSX.Element | null =>
  of === undefined ? null : (
    <span>
      {' '}
      <Badge tone={TONES[of.outcome]}>{t(`tested.${of.outcome}`)}</Badge> <span class="quiet">{of.problem}</span>
    </span>
  )
