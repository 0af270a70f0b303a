import type { JSX } from 'preact'
import { useState } from 'preact/hooks'
import { addChannel, type Channel } from '../api/tenant-lists.ts'
import { t } from '../language/language.ts'
import { ask } from '../parts/ask.tsx'
import { say } from '../parts/say.tsx'

const TYPES = ['telegram', 'slack', 'email', 'webhook'] as const
type Type = (typeof TYPES)[number]

/** What each type needs. Fields without `isOptional` are required. */
const FIELDS: Readonly<Record<Type, readonly Field[]>> = {
  telegram: [{ name: 'token', isSecret: true }, { name: 'chatId' }],
  slack: [{ name: 'webhook', isSecret: true }],
  email: [{ name: 'to' }],
  webhook: [{ name: 'url' }, { name: 'key', isSecret: true, isOptional: true }],
}

interface Field {
  readonly name: 'token' | 'chatId' | 'webhook' | 'to' | 'url' | 'key'
  readonly isSecret?: boolean
  readonly isOptional?: boolean
}

const SECRET = { type: 'password', autocomplete: 'new-password' } as const

type Texts = Partial<Record<Field['name'] | 'name', string>>

/** Asks for a channel of alerts. */
export function askForChannel(reload: () => Promise<void>): void {
  const given: { type: Type; texts: Texts } = { type: 'telegram', texts: {} }
  ask({
    title: t('addChannel'),
    body: <Form given={given} />,
    confirm: t('create'),
    async run() {
      const channel = channelOf(given.type, given.texts)
      if (!(await addChannel(channel))) throw new Error(t('isThere', { name: channel.name }))
      await reload()
      say(t('channelAdded'))
    },
  })
}

function channelOf(type: Type, { name = '', ...texts }: Texts): Channel {
  const to = (texts.to ?? '').split(',').map((address) => address.trim())
  const filled = FIELDS[type].flatMap(({ name: field }) => (texts[field] ? [[field, field === 'to' ? to : texts[field]]] : []))
  return { type, name, ...Object.fromEntries(filled) } as Channel
}

function Form({ given }: { given: { type: Type; texts: Texts } }): JSX.Element {
  const [type, setType] = useState(given.type)
  const note = (field: keyof Texts, text: string): void => {
    given.texts[field] = text.trim()
  }
  return (
    <>
      <label>
        {t('name')}
        <input
          required
          autofocus
          pattern="[a-z0-9][a-z0-9\-]{0,31}"
          title={t('channelName')}
          placeholder="on-call"
          autocomplete="off"
          onInput={({ currentTarget }) => note('name', currentTarget.value)}
        />
      </label>
      <label>
        {t('channelType')}
        <select
          value={type}
          onChange={({ currentTarget }) => {
            given.type = currentTarget.value as Type
            given.texts = { name: given.texts.name ?? '' }
            setType(given.type)
          }}
        >
          {TYPES.map((one) => (
            <option key={one} value={one}>
              {t(`channelOf.${one}`)}
            </option>
          ))}
        </select>
      </label>
      {FIELDS[type].map(({ name, isSecret = false, isOptional = false }) => (
        <label key={`${type} ${name}`}>
          {t(`channelField.${name}`)}
          <input
            {...(isSecret ? SECRET : { autocomplete: 'off' as const })}
            required={!isOptional}
            onInput={({ currentTarget }) => note(name, currentTarget.value)}
          />
        </label>
      ))}
    </>
  )
}
