import type { JSX } from 'preact'
import { answerOf, api } from '../api/api.ts'
import { usePaged } from '../api/paged.ts'
import { mayChange } from '../api/sign-in.ts'
import { count, t } from '../language/language.ts'
import { Act } from '../parts/act.tsx'
import { ask } from '../parts/ask.tsx'
import { Badge, type Tone } from '../parts/badge.tsx'
import { Sentence } from '../parts/facts.tsx'
import { List, Page } from '../parts/page.tsx'
import { say } from '../parts/say.tsx'
import { Ago } from '../parts/time.tsx'
import { refine, route } from '../platform/route.ts'
import { Endpoints } from './endpoints.tsx'

const STATUSES = ['dead', 'pending', 'delivered'] as const
type Status = (typeof STATUSES)[number]

const TONES: Readonly<Record<Status, Tone>> = { dead: 'bad', pending: 'busy', delivered: 'good' }

const load = async (status: Status | undefined, cursor: string | undefined) => {
  const query = { limit: 25, ...(status === undefined ? {} : { status }), ...(cursor === undefined ? {} : { cursor }) }
  const page = await answerOf(api.GET('/api/webhooks/deliveries', { params: { query } }))
  return { items: page.deliveries, cursor: page.cursor }
}
type Delivery = Awaited<ReturnType<typeof load>>['items'][number]

/** What was brought to end points, and what was given up: it can be sent again. */
export function Webhooks(): JSX.Element {
  const status = STATUSES.find((one) => one === route.value.query.get('status'))
  const list = usePaged(`deliveries ${status ?? ''}`, ['session', 'queue'], (cursor) => load(status, cursor))
  return (
    <Page title={t('place.webhooks')} actions={mayChange() && <Actions reload={list.reload} />}>
      <form class="filters" onSubmit={(event) => event.preventDefault()}>
        <label>
          <span>{t('status')}</span>
          <select value={status ?? ''} onChange={({ currentTarget }) => refine({ status: currentTarget.value })}>
            <option value="">{t('any')}</option>
            {STATUSES.map((one) => (
              <option key={one} value={one}>
                {t(`delivery.${one}`)}
              </option>
            ))}
          </select>
        </label>
      </form>
      <List
        of={list}
        none={t('noDeliveries')}
        label={t('deliveries')}
        row={(delivery) => <Row key={delivery.id} delivery={delivery} reload={list.reload} />}
      />
      {mayChange() && <Endpoints />}
    </Page>
  )
}

function Actions({ reload }: { reload: () => Promise<void> }): JSX.Element {
  return (
    <>
      <Act
        run={async () => {
          const { endpoints } = await answerOf(api.POST('/api/webhooks/test', { body: {} }))
          ask({ title: t('testEndpoints'), body: <Tested endpoints={endpoints} /> })
          return null
        }}
      >
        {t('testEndpoints')}
      </Act>
      <button
        type="button"
        onClick={() =>
          ask({
            title: t('redriveAll'),
            body: <p>{t('redriveAllBody')}</p>,
            confirm: t('redriveAll'),
            async run() {
              const { redriven } = await answerOf(api.POST('/api/webhooks/deliveries/redrive', { body: {} }))
              await reload()
              say(count('redriven', redriven))
            },
          })
        }
      >
        {t('redriveAll')}
      </button>
    </>
  )
}

type Endpoints = readonly {
  endpoint: string
  host: string
  outcome: 'delivered' | 'failed' | 'unknown'
  problem: string | null
}[]

const Tested = ({ endpoints }: { endpoints: Endpoints }): JSX.Element =>
  endpoints.length === 0 ? (
    <p>{t('noEndpoints')}</p>
  ) : (
    <ul class="plan">
      {endpoints.map(({ endpoint, host, outcome, problem }) => (
        <li key={endpoint}>
          <strong>{host}</strong> <Badge tone={outcome === 'delivered' ? 'good' : 'bad'}>{t(`tested.${outcome}`)}</Badge>{' '}
          <span class="quiet">{problem}</span>
        </li>
      ))}
    </ul>
  )

const Row = ({ delivery, reload }: { delivery: Delivery; reload: () => Promise<void> }): JSX.Element => (
  <li class="row">
    <div class="grow">
      <strong>{delivery.event}</strong> <span class="quiet">{delivery.session}</span>
      <p class="quiet">
        <code>{delivery.host ?? delivery.endpoint}</code> {count('attempts', delivery.attempts)}
      </p>
      {delivery.problem && (
        <p class="todo">
          <code>{delivery.problem.code}</code> <Sentence text={delivery.problem.message} />
        </p>
      )}
    </div>
    <div class="side">
      <Badge tone={TONES[delivery.status]}>{t(`delivery.${delivery.status}`)}</Badge>
      <Ago at={delivery.at} />
      {delivery.status === 'dead' && mayChange() && (
        <Act
          label={`${t('redrive')}: ${delivery.event} ${delivery.id.slice(0, 8)}`}
          run={async () => {
            await answerOf(api.POST('/api/webhooks/deliveries/{id}/redrive', { params: { path: { id: delivery.id } } }))
            await reload()
            return count('redriven', 1)
          }}
        >
          {t('redrive')}
        </Act>
      )}
    </div>
  </li>
)
