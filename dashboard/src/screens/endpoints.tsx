import type { JSX } from 'preact'
import { useLoaded } from '../api/loaded.ts'
import { addEndpoint, type Endpoint, endpoints, removeEndpoint } from '../api/tenant-lists.ts'
import { t } from '../language/language.ts'
import { ask } from '../parts/ask.tsx'
import { List, Section } from '../parts/page.tsx'
import { say } from '../parts/say.tsx'

/** Where all sessions of the tenant tell of what happens. Those of one session are in its own configuration. */
export function Endpoints(): JSX.Element {
  const loaded = useLoaded('endpoints', [], endpoints)
  return (
    <Section
      title={t('endpoints')}
      actions={
        <button type="button" onClick={() => askForEndpoint(loaded.reload)}>
          {t('addEndpoint')}
        </button>
      }
    >
      <List
        of={loaded}
        none={t('noEndpoints')}
        label={t('endpoints')}
        row={(endpoint) => <Row key={endpoint.url} endpoint={endpoint} reload={loaded.reload} />}
      />
    </Section>
  )
}

const Row = ({ endpoint: { url, events, hmac }, reload }: { endpoint: Endpoint; reload: () => Promise<void> }): JSX.Element => (
  <li class="row">
    <div class="grow">
      <strong>{url}</strong>
      <p class="quiet">
        {events.join(', ')}
        {hmac && ` · ${t('isSigned')}`}
      </p>
    </div>
    <div class="side">
      <button type="button" class="danger" aria-label={`${t('remove')}: ${url}`} onClick={() => askRemove(url, reload)}>
        {t('remove')}
      </button>
    </div>
  </li>
)

const askRemove = (url: string, reload: () => Promise<void>): void =>
  ask({
    title: t('takeOut', { name: url }),
    body: <p>{t('removeEndpointBody')}</p>,
    confirm: t('remove'),
    isDanger: true,
    async run() {
      await removeEndpoint(url)
      await reload()
      say(t('takenOut', { name: url }))
    },
  })

function askForEndpoint(reload: () => Promise<void>): void {
  let [url, events, key] = ['', '*', '']
  ask({
    title: t('addEndpoint'),
    body: (
      <>
        <label>
          {t('channelField.url')}
          <input
            type="url"
            required
            autofocus
            placeholder="https://example.com/whatsapp"
            autocomplete="off"
            onInput={({ currentTarget }) => (url = currentTarget.value.trim())}
          />
        </label>
        <label>
          {t('events')}
          <input required value="*" autocomplete="off" onInput={({ currentTarget }) => (events = currentTarget.value)} />
        </label>
        <label>
          {t('channelField.key')}
          <input type="password" autocomplete="new-password" onInput={({ currentTarget }) => (key = currentTarget.value)} />
        </label>
      </>
    ),
    confirm: t('create'),
    async run() {
      const names = events.split(',').map((event) => event.trim())
      const endpoint = { url, events: names.filter(Boolean), ...(key === '' ? {} : { hmac: { key } }) }
      if (!(await addEndpoint(endpoint))) throw new Error(t('isThere', { name: url }))
      await reload()
      say(t('endpointAdded'))
    },
  })
}
