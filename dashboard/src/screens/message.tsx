import type { Message as MessageAnswer } from '@holdfast/client/types'
import type { JSX } from 'preact'
import { answerOf, api } from '../api/api.ts'
import { useLoaded } from '../api/loaded.ts'
import { number, t } from '../language/language.ts'
import { Badge } from '../parts/badge.tsx'
import { Facts, Sentence } from '../parts/facts.tsx'
import { Page, Problem, Section } from '../parts/page.tsx'
import { Ago, At } from '../parts/time.tsx'
import { to } from '../platform/route.ts'
import { MessageActions, TONE_OF_MESSAGE } from './message-row.tsx'

/** One message and all that has happened to it. */
export function Message({ id }: { id: string }): JSX.Element {
  const { value, problem, reload } = useLoaded(`message ${id}`, ['queue'], () =>
    answerOf(api.GET('/api/messages/{id}', { params: { path: { id } } })),
  )
  return (
    <Page
      title={t('messageTo', { name: value?.chatId ?? '…' })}
      actions={value && <MessageActions message={value} reload={reload} />}
    >
      <Problem text={problem} />
      {value === null && problem === null && <p class="quiet">{t('loading')}</p>}
      {value && (
        <>
          <div class="card">
            <p>
              <Badge tone={TONE_OF_MESSAGE[value.status]}>{t(`message.${value.status}`)}</Badge> <Ago at={value.createdAt} />
            </p>
            <p class="words whole">{value.text ?? <span class="quiet">{value.textError ?? t('noText')}</span>}</p>
            {value.error && (
              <p class="todo">
                <code>{value.error.code}</code> <Sentence text={value.error.message} />
              </p>
            )}
          </div>
          <Timeline message={value} />
          <About message={value} />
        </>
      )}
    </Page>
  )
}

const Timeline = ({ message: { timeline } }: { message: MessageAnswer }): JSX.Element => (
  <Section title={t('timeline')}>
    <ol class="timeline">
      {timeline.map(({ at, status, attempt, by, session, why }) => (
        <li key={`${at} ${status}`}>
          <At at={at} /> <strong>{t(`message.${status}`)}</strong> {attempt !== undefined && t('attempt', { n: number(attempt) })}{' '}
          {why !== undefined && <code>{why}</code>} {session !== undefined && `→ ${session}`}{' '}
          {by !== undefined && <span class="quiet">{t('by', { name: by })}</span>}
        </li>
      ))}
    </ol>
  </Section>
)

const About = ({ message }: { message: MessageAnswer }): JSX.Element => (
  <Section title={t('facts')}>
    <Facts
      facts={[
        [t('session'), <a href={to(['sessions', message.session])}>{message.session}</a>],
        [t('pool'), message.pool],
        [t('priority'), t(`priorityOf.${message.priority}`)],
        [t('waitsFor'), message.waiting && <code>{message.waiting.reason}</code>],
        [t('sendAt'), message.sendAt && <At at={message.sendAt} />],
        [t('nextAttempt'), message.nextAttemptAt && <Ago at={message.nextAttemptAt} />],
        [t('expires'), message.expiresAt && <At at={message.expiresAt} />],
        [t('attemptCount'), number(message.attempts)],
        [t('jobId'), <code>{message.jobId}</code>],
        [t('messageId'), <code>{message.messageId}</code>],
        [t('archivedSince'), message.archivedAt && <At at={message.archivedAt} />],
      ]}
    />
  </Section>
)
