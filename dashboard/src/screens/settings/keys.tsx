import type { JSX } from 'preact'
import { answerOf, api } from '../../api/api.ts'
import { useLoaded } from '../../api/loaded.ts'
import { isOperator, tenantHere, turn } from '../../api/sign-in.ts'
import { t } from '../../language/language.ts'
import { Act } from '../../parts/act.tsx'
import { ask } from '../../parts/ask.tsx'
import { Badge, type Tone } from '../../parts/badge.tsx'
import { List, Section } from '../../parts/page.tsx'
import { say } from '../../parts/say.tsx'
import { Ago } from '../../parts/time.tsx'

const load = () => answerOf(api.GET('/api/keys'))
type Key = Awaited<ReturnType<typeof load>>[number]
type KeyRole = Key['role']

const ROLES: readonly KeyRole[] = ['read', 'send', 'admin']
const TONES: Readonly<Record<Key['state'], Tone>> = { active: 'good', revoked: 'calm', expired: 'calm' }

export function Keys(): JSX.Element {
  const keys = useLoaded('keys', [], load)
  return (
    <Section
      title={t('keys')}
      actions={
        <button type="button" class="main" onClick={() => askForKey(keys.reload)}>
          {t('newKey')}
        </button>
      }
    >
      <List
        of={keys}
        none={t('noKeys')}
        label={t('keys')}
        row={(key) => <Row key={key.id} apiKey={key} reload={keys.reload} />}
      />
    </Section>
  )
}

const Row = ({ apiKey, reload }: { apiKey: Key; reload: () => Promise<void> }): JSX.Element => (
  <li class="row">
    <div class="grow">
      <strong>{apiKey.name}</strong> <span class="quiet">{t(`role.${apiKey.role}`)}</span>
      <p class="quiet">
        <code>{apiKey.id}</code> {apiKey.sessions?.join(', ')}
      </p>
    </div>
    <div class="side">
      <Badge tone={TONES[apiKey.state]}>{t(`key.${apiKey.state}`)}</Badge>
      <span class="quiet">
        {apiKey.lastUsedAt === null ? (
          t('neverUsed')
        ) : (
          <>
            {t('lastUsed')} <Ago at={apiKey.lastUsedAt} />
          </>
        )}
      </span>
      {apiKey.state === 'active' && (
        <button
          type="button"
          class="danger"
          aria-label={`${t('revoke')}: ${apiKey.name}`}
          onClick={() => askRevoke(apiKey, reload)}
        >
          {t('revoke')}
        </button>
      )}
    </div>
  </li>
)

const askRevoke = ({ id, name }: Key, reload: () => Promise<void>): void =>
  ask({
    title: t('revokeTitle', { name }),
    body: <p>{t('revokeBody')}</p>,
    confirm: t('revoke'),
    isDanger: true,
    async run() {
      await answerOf(api.DELETE('/api/keys/{id}', { params: { path: { id } } }))
      await reload()
      say(t('revoked', { name }))
    },
  })

function askForKey(reload: () => Promise<void>): void {
  let name = ''
  let role: KeyRole = 'read'
  ask({
    title: t('newKey'),
    body: (
      <>
        <label>
          {t('name')}
          <input
            required
            autofocus
            maxLength={100}
            autocomplete="off"
            onInput={({ currentTarget }) => (name = currentTarget.value.trim())}
          />
        </label>
        <label>
          {t('roleTitle')}
          <select onChange={({ currentTarget }) => (role = currentTarget.value as KeyRole)}>
            {ROLES.map((one) => (
              <option key={one} value={one}>
                {t(`role.${one}`)}
              </option>
            ))}
          </select>
        </label>
      </>
    ),
    confirm: t('create'),
    async run() {
      const tenant = isOperator() ? { tenant: tenantHere() } : {}
      const whose = turn.value
      const made = await answerOf(api.POST('/api/keys', { body: { name, role, ...tenant } }))
      await reload()
      if (turn.value === whose) showOnce(made.key)
    },
  })
}

const showOnce = (key: string): void =>
  ask({
    title: t('keyMade'),
    body: (
      <>
        <p>{t('keyOnce')}</p>
        <output class="secret">{key}</output>
        <Act
          run={async () => {
            await navigator.clipboard.writeText(key)
            return t('copied')
          }}
        >
          {t('copy')}
        </Act>
      </>
    ),
  })
