import type { JSX } from 'preact'
import { useState } from 'preact/hooks'
import { answerOf, api } from '../api/api.ts'
import { useLoaded } from '../api/loaded.ts'
import { channels as load, removeChannel } from '../api/tenant-lists.ts'
import { t } from '../language/language.ts'
import { Act } from '../parts/act.tsx'
import { ask } from '../parts/ask.tsx'
import { Badge, type Tone } from '../parts/badge.tsx'
import { List, Section } from '../parts/page.tsx'
import { say } from '../parts/say.tsx'
import { askForChannel } from './new-channel.tsx'

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
  const channels = useLoaded('channels', [], load)
  const run = async (channel?: string): Promise<string> => {
    const answer = await test(channel === undefined ? {} : { channel })
    setTested({ ...tested, ...Object.fromEntries(answer.channels.map((one) => [one.channel, one])) })
    if (answer.channels.length > 0) return t('testDone')
    return answer.isComplete ? t('noChannels') : t('tested.unknown')
  }
  const others = Object.values(tested).filter(({ channel }) => channels.value?.every(({ name }) => name !== channel) ?? false)
  return (
    <Section
      title={t('channels')}
      actions={
        <>
          <button type="button" onClick={() => askForChannel(channels.reload)}>
            {t('addChannel')}
          </button>
          <Act run={() => run()}>{t('testAll')}</Act>
        </>
      }
    >
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
              <div class="buttons">
                <Act label={`${t('test')}: ${name}`} run={() => run(name)}>
                  {t('test')}
                </Act>
                <button
                  type="button"
                  class="danger"
                  aria-label={`${t('remove')}: ${name}`}
                  onClick={() => askRemove(name, channels.reload)}
                >
                  {t('remove')}
                </button>
              </div>
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

const askRemove = (name: string, reload: () => Promise<void>): void =>
  ask({
    title: t('takeOut', { name }),
    body: <p>{t('removeChannelBody')}</p>,
    confirm: t('remove'),
    isDanger: true,
    async run() {
      await removeChannel(name)
      await reload()
      say(t('takenOut', { name }))
    },
  })

const Outcome = ({ of }: { of: Tested | undefined }): JSX.Element | null =>
  of === undefined ? null : (
    <span>
      {' '}
      <Badge tone={TONES[of.outcome]}>{t(`tested.${of.outcome}`)}</Badge> <span class="quiet">{of.problem}</span>
    </span>
  )
