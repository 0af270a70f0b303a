import type { DamagedMessage, Message } from '@holdfast/client/types'
import type { JSX } from 'preact'
import { answerOf, api } from '../api/api.ts'
import { mayChange, maySend } from '../api/sign-in.ts'
import { count, t } from '../language/language.ts'
import { Act } from '../parts/act.tsx'
import { ask } from '../parts/ask.tsx'
import { Badge, type Tone } from '../parts/badge.tsx'
import { Sentence } from '../parts/facts.tsx'
import { say } from '../parts/say.tsx'
import { Ago } from '../parts/time.tsx'
import { to } from '../platform/route.ts'

export const STATUSES: readonly Message['status'][] = ['failed', 'pending', 'processing', 'sent', 'delivered', 'read', 'canceled']

export const TONE_OF_MESSAGE: Readonly<Record<Message['status'], Tone>> = {
  pending: 'busy',
  processing: 'busy',
  sent: 'good',
  delivered: 'good',
  read: 'good',
  failed: 'bad',
  canceled: 'calm',
}

export type Listed = Message | DamagedMessage

interface RowParts {
  readonly message: Listed
  readonly reload: () => Promise<void>
}

export function MessageRow({ message, reload }: RowParts): JSX.Element {
  if ('damage' in message) return <DamagedRow message={message} />
  const { jobId, chatId, session, text, status, error, attempts, createdAt } = message
  return (
    <li class="row">
      <div class="grow">
        <a class="name" href={to(['queue', jobId])}>
          {chatId}
        </a>{' '}
        <span class="quiet">{session}</span>
        <p class="words">{text ?? <span class="quiet">{t('noText')}</span>}</p>
        {error && (
          <p class="todo">
            <code>{error.code}</code> <Sentence text={error.message} /> {count('attempts', attempts)}
          </p>
        )}
      </div>
      <div class="side">
        <Badge tone={TONE_OF_MESSAGE[status]}>{t(`message.${status}`)}</Badge>
        <Ago at={createdAt} />
        <MessageActions message={message} reload={reload} />
      </div>
    </li>
  )
}

/** Retry and delete of what has failed, cancel of what waits. */
export function MessageActions({ message, reload }: { message: Message; reload: () => Promise<void> }): JSX.Element | null {
  const { jobId: id, status, chatId, archivedAt } = message
  if (archivedAt !== undefined) return null
  const params = { path: { id } }
  return (
    <div class="buttons">
      {status === 'failed' && maySend() && (
        <Act
          label={`${t('retry')}: ${chatId}`}
          run={async () => {
            await answerOf(api.POST('/api/messages/{id}/retry', { params }))
            await reload()
            return t('backInQueue')
          }}
        >
          {t('retry')}
        </Act>
      )}
      {status === 'pending' && maySend() && (
        <Act
          label={`${t('cancelMessage')}: ${chatId}`}
          run={async () => {
            await answerOf(api.POST('/api/messages/{id}/cancel', { params }))
            await reload()
            return t('canceled')
          }}
        >
          {t('cancelMessage')}
        </Act>
      )}
      {status !== 'pending' && status !== 'processing' && mayChange() && (
        <button type="button" aria-label={`${t('delete')}: ${chatId}`} onClick={() => askDelete(id, reload)}>
          {t('delete')}
        </button>
      )}
    </div>
  )
}

const askDelete = (id: string, reload: () => Promise<void>): void =>
  ask({
    title: t('deleteTitle'),
    body: <p>{t('deleteBody')}</p>,
    confirm: t('delete'),
    isDanger: true,
    async run() {
      await answerOf(api.DELETE('/api/messages/{id}', { params: { path: { id } } }))
      await reload()
      say(t('deleted'))
    },
  })

const DamagedRow = ({ message: { jobId, damage } }: { message: DamagedMessage }): JSX.Element => (
  <li class="row">
    <div class="grow">
      <code>{jobId}</code>
      <p class="todo">
        <Sentence text={damage} />
      </p>
    </div>
    <div class="side">
      <Badge tone="bad">{t('damaged')}</Badge>
    </div>
  </li>
)
