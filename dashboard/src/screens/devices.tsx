import type { JSX } from 'preact'
import { answerOf, api } from '../api/api.ts'
import { useLoaded } from '../api/loaded.ts'
import { isThisBrowser, type PushState, pushState, removeDevice, switchPushOn } from '../api/push.ts'
import { mayChange } from '../api/sign-in.ts'
import { t } from '../language/language.ts'
import { Act } from '../parts/act.tsx'
import { List, Section } from '../parts/page.tsx'
import { At } from '../parts/time.tsx'

const CAN_BEGIN: ReadonlySet<PushState | undefined> = new Set(['off', 'elsewhere'] as const)

/** The browsers that show alerts while no page is open, and whether this is one of them. */
export function Devices(): JSX.Element {
  const loaded = useLoaded('devices', [], async () => {
    const answer = await answerOf(api.GET('/api/alerts/devices'))
    return { ...answer, here: await pushState(answer.devices) }
  })
  const { value, reload } = loaded
  const switchOn = async (): Promise<string> => {
    const state = await switchPushOn(value?.publicKey ?? '')
    await reload()
    return t(`push.${state}`)
  }
  return (
    <Section title={t('devices')} actions={CAN_BEGIN.has(value?.here) && <Act run={switchOn}>{t('pushHere')}</Act>}>
      {value !== null && value.here !== 'off' && <p class="quiet">{t(`push.${value.here}`)}</p>}
      <List
        of={{ ...loaded, value: value?.devices ?? null }}
        none={t('noDevices')}
        label={t('devices')}
        row={({ id, name, createdAt }) => (
          <li class="row" key={id}>
            <div class="grow">
              <strong>{name}</strong> {isThisBrowser(id) && <span class="quiet">{t('thisBrowser')}</span>}
            </div>
            <div class="side">
              <span class="quiet">
                <At at={createdAt} />
              </span>
              <div class="buttons">
                {mayChange() && <Test id={id} name={name} />}
                <Act
                  label={`${t('remove')}: ${name}`}
                  run={async () => {
                    await removeDevice(id)
                    await reload()
                    return t('deviceRemoved')
                  }}
                >
                  {t('remove')}
                </Act>
              </div>
            </div>
          </li>
        )}
      />
    </Section>
  )
}

const Test = ({ id, name }: { id: string; name: string }): JSX.Element => (
  <Act
    label={`${t('test')}: ${name}`}
    run={async () => {
      const { channels } = await answerOf(api.POST('/api/alerts/test', { body: { channel: `device.${id}` } }))
      const tested = channels[0]
      return [t(`tested.${tested?.outcome ?? 'unknown'}`), tested?.problem].filter(Boolean).join(': ')
    }}
  >
    {t('test')}
  </Act>
)
