import type { JSX } from 'preact'
import { effect, signal } from '@preact/signals'
import { useEffect, useState } from 'preact/hooks'
import { answerOf, api } from '../api/api.ts'
import { type Loaded, useLoaded } from '../api/loaded.ts'
import { usePaged } from '../api/paged.ts'
import { useSessions } from '../api/sessions.ts'
import { useSettled } from '../api/settled.ts'
import { chosenTenant, maySend, turn } from '../api/sign-in.ts'
import { count, lasting, number, t } from '../language/language.ts'
import { Act } from '../parts/act.tsx'
import { ask } from '../parts/ask.tsx'
import { Facts, Tile } from '../parts/facts.tsx'
import { List, Page, Problem, Section } from '../parts/page.tsx'
import { say } from '../parts/say.tsx'
import { Spark } from '../parts/spark.tsx'
import { every } from '../platform/clock.ts'
import { refine, route } from '../platform/route.ts'
import { type Listed, MessageRow, STATUSES } from './message-row.tsx'

const loadQueue = () => answerOf(api.GET('/api/queue'))
type QueueAnswer = Awaited<ReturnType<typeof loadQueue>>

/** Messages that waited, as this page has seen it since it was opened for this person and tenant. */
const waited = signal<readonly number[]>([])
effect(() => {
  void [turn.value, chosenTenant.value]
  waited.value = []
})
const MOST_SAMPLES = 120
const SAMPLE_MS = 5000

export function Queue(): JSX.Element {
  const queue = useLoaded('queue', ['queue'], loadQueue)
  const { query } = route.value
  const status = query.has('status') ? STATUSES.find((one) => one === query.get('status')) : 'failed'
  const session = query.get('session') ?? ''
  const list = usePaged(`messages ${status ?? ''} ${session}`, ['queue'], (cursor) => loadMessages(status, session, cursor))
  const reload = async (): Promise<void> => void (await Promise.all([queue.reload(), list.reload()]))
  return (
    <Page
      title={t('place.queue')}
      actions={maySend() && (queue.value?.failed ?? 0) > 0 && <RetryAll session={session} reload={reload} />}
    >
      <Figures queue={queue} />
      <Section title={t('messages')}>
        <Filters status={status ?? ''} session={session} />
        <List
          of={list}
          none={status === 'failed' ? t('noFailed') : t('noMessages')}
          label={t('messages')}
          row={(message) => <MessageRow key={message.jobId} message={message} reload={reload} />}
        />
      </Section>
    </Page>
  )
}

async function loadMessages(status: (typeof STATUSES)[number] | undefined, session: string, cursor: string | undefined) {
  const query = {
    limit: 25,
    ...(status === undefined ? {} : { status }),
    ...(session === '' ? {} : { session }),
    ...(cursor === undefined ? {} : { cursor }),
  }
  const page = await answerOf(api.GET('/api/messages', { params: { query } }))
  // A list of a chat's messages is what the route answers to another question.
  return 'messages' in page ? { items: page.messages as readonly Listed[], cursor: page.cursor } : { items: [], cursor: null }
}

function Figures({ queue: { value, problem } }: { queue: Loaded<QueueAnswer> }): JSX.Element {
  useSamples(value)
  if (value === null) return problem === null ? <p class="quiet">{t('loading')}</p> : <Problem text={problem} />
  return (
    <>
      <Problem text={problem} />
      <dl class="tiles">
        <Tile name={t('figure.waiting')} value={number(value.waiting)} />
        <Tile name={t('figure.active')} value={number(value.active)} />
        <Tile name={t('figure.held')} value={number(value.held)} />
        <Tile name={t('figure.retrying')} value={number(value.retrying)} tone={value.retrying > 0 ? 'warn' : ''} />
        <Tile name={t('figure.scheduled')} value={number(value.scheduled)} />
        <Tile name={t('figure.failed')} value={number(value.failed)} tone={value.failed > 0 ? 'bad' : ''} />
        <Tile name={t('figure.sent')} value={number(value.sent)} />
      </dl>
      <div class="card trend">
        <Facts facts={[[t('oldest'), value.oldest === null ? t('nothingWaits') : lasting(value.oldest.ageMs)]]} />
        <figure>
          <Spark
            values={waited.value}
            label={t('sparkLabel', { n: number(waited.value.at(-1) ?? 0), most: number(Math.max(0, ...waited.value)) })}
          />
          <figcaption class="quiet">{t('sparkCaption')}</figcaption>
        </figure>
      </div>
    </>
  )
}

/** One figure each five seconds, so that the line's width is time. */
function useSamples(queue: QueueAnswer | null): void {
  const total = queue === null ? null : queue.waiting + queue.active + queue.held + queue.retrying
  useEffect(() => {
    if (total === null) return undefined
    const sample = (): void => void (waited.value = [...waited.value, total].slice(-MOST_SAMPLES))
    sample()
    return every(SAMPLE_MS, sample)
  }, [total])
}

const Filters = ({ status, session }: { status: string; session: string }): JSX.Element => (
  <form class="filters" onSubmit={(event) => event.preventDefault()}>
    <label>
      <span>{t('status')}</span>
      <select value={status} onChange={({ currentTarget }) => refine({ status: currentTarget.value || 'any' })}>
        <option value="">{t('any')}</option>
        {STATUSES.map((one) => (
          <option key={one} value={one}>
            {t(`message.${one}`)}
          </option>
        ))}
      </select>
    </label>
    <label>
      <span>{t('session')}</span>
      <SessionField session={session} />
    </label>
  </form>
)

const SUGGESTED = 20

/** Names a session, of which there may be thousands: those that fit what is typed are suggested. */
function SessionField({ session }: { session: string }): JSX.Element {
  const [typed, setTyped] = useState(session)
  const search = useSettled(typed.trim())
  const found = useSessions(search === '' ? {} : { search }, SUGGESTED)
  return (
    <>
      <input
        type="search"
        list="sessions-found"
        placeholder={t('all')}
        autocomplete="off"
        value={session}
        onInput={({ currentTarget }) => setTyped(currentTarget.value)}
        onChange={({ currentTarget }) => refine({ session: currentTarget.value.trim() })}
      />
      <datalist id="sessions-found">
        {found.value?.map(({ name }) => (
          <option key={name} value={name} />
        ))}
      </datalist>
    </>
  )
}

/** One request returns as many as its time allows; the same one goes on. */
function RetryAll({ session, reload }: { session: string; reload: () => Promise<void> }): JSX.Element {
  const run = async (): Promise<void> => {
    const body = session === '' ? {} : { session }
    let retried = 0
    let expired = 0
    for (let isComplete = false; !isComplete;) {
      const answer = await answerOf(api.POST('/api/queue/retry-failed', { body }))
      retried += answer.retried
      expired += answer.expired
      isComplete = answer.isComplete
    }
    await reload()
    say(`${count('retried', retried)}${expired > 0 ? ` ${count('expired', expired)}` : ''}`)
  }
  return (
    <Act
      run={async () => {
        ask({
          title: t('retryAll'),
          body: <p>{session === '' ? t('retryAllBody') : t('retryAllOf', { name: session })}</p>,
          confirm: t('retryAll'),
          run,
        })
        return null
      }}
    >
      {t('retryAll')}
    </Act>
  )
}
