import type { Tenant } from '@holdfast/client/types'
import type { JSX } from 'preact'
import { useState } from 'preact/hooks'
import { answerOf, api, sentenceOf } from '../../api/api.ts'
import { t } from '../../language/language.ts'
import { Problem, Section } from '../../parts/page.tsx'
import { say } from '../../parts/say.tsx'
import { changeOf, type Field, fieldsOf, groupsOf } from './fields.ts'

/** The settings in force, with the API's own names. A value of the tenant stands before that of the installation; empty means the latter. */
export function Configuration({ tenant, reload }: { tenant: Tenant; reload: () => Promise<void> }): JSX.Element {
  const [texts, setTexts] = useState<Readonly<Record<string, string>>>({})
  const [problem, setProblem] = useState<string | null>(null)
  const fields = fieldsOf(tenant.settings, tenant.config)
  const isChanged = Object.keys(texts).length > 0
  const save = async (event: Event): Promise<void> => {
    event.preventDefault()
    try {
      await answerOf(api.PATCH('/api/tenant', { body: { config: changeOf(fields, texts) } }))
      setTexts({})
      setProblem(null)
      await reload()
      say(t('saved'))
    } catch (error) {
      setProblem(sentenceOf(error))
    }
  }
  return (
    <Section title={t('configuration')}>
      <p class="quiet">{t('configurationHint')}</p>
      <form onSubmit={(event) => void save(event)}>
        {groupsOf(fields).map(([name, ofGroup]) => (
          <fieldset key={name}>
            <legend>{name === '' ? t('general') : <code>{name}</code>}</legend>
            <div class="fields">
              {ofGroup.map((field) => (
                <Input
                  key={field.path}
                  field={field}
                  name={name === '' ? field.path : field.path.slice(name.length + 1)}
                  text={texts[field.path]}
                  onText={(text) => setTexts({ ...texts, [field.path]: text })}
                />
              ))}
            </div>
          </fieldset>
        ))}
        <Problem text={problem} />
        <div class="buttons end">
          {isChanged && (
            <button type="button" onClick={() => setTexts({})}>
              {t('cancel')}
            </button>
          )}
          <button type="submit" class="main" aria-disabled={!isChanged}>
            {t('save')}
          </button>
        </div>
      </form>
    </Section>
  )
}

interface InputParts {
  readonly field: Field
  /** Within its group. */
  readonly name: string
  readonly text: string | undefined
  readonly onText: (text: string) => void
}

function Input({ field: { kind, own, inForce }, name, text, onText }: InputParts): JSX.Element {
  const value = text ?? own ?? ''
  return (
    <label>
      <code>{name}</code>
      {kind === 'boolean' ? (
        <select value={value} onChange={({ currentTarget }) => onText(currentTarget.value)}>
          <option value="">{t('ofInstallation', { value: inForce })}</option>
          <option value="true">true</option>
          <option value="false">false</option>
        </select>
      ) : (
        <input
          inputMode={kind === 'number' ? 'decimal' : 'text'}
          value={value}
          placeholder={inForce}
          autocomplete="off"
          onInput={({ currentTarget }) => onText(currentTarget.value)}
        />
      )}
    </label>
  )
}
