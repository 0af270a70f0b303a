import type { JSX } from 'preact'
import { useState } from 'preact/hooks'
import { answerOf, api } from '../../api/api.ts'
import { useLoaded } from '../../api/loaded.ts'
import { t } from '../../language/language.ts'
import { List, Section } from '../../parts/page.tsx'
import { Ago } from '../../parts/time.tsx'

const PAGE = 25

const load = (name: string, limit: number) =>
  answerOf(api.GET('/api/{name}/chats/overview', { params: { path: { name }, query: { limit: String(limit) } } }))
type Chat = Awaited<ReturnType<typeof load>>[number]

/** With whom a session speaks, and the last words. What other people have written is shown as text, whatever it is. */
export function Chats({ name }: { name: string }): JSX.Element {
  const [limit, setLimit] = useState(PAGE)
  const chats = useLoaded(`chats ${name}`, ['session'], () => load(name, limit))
  const more = async (): Promise<void> => {
    setLimit(limit + PAGE)
    await chats.reload()
  }
  return (
    <Section title={t('tab.chats')}>
      <List
        of={{ ...chats, hasMore: chats.value?.length === limit, more }}
        none={t('noChats')}
        label={t('tab.chats')}
        row={(chat) => <Row key={chat.id} chat={chat} />}
      />
    </Section>
  )
}

const Row = ({ chat: { id, name, lastMessage } }: { chat: Chat }): JSX.Element => (
  <li class="row">
    <div class="grow">
      <strong>{name ?? id}</strong> <span class="quiet">{name !== null && id}</span>
      <p class="words">{lastMessage && (lastMessage.body || <span class="quiet">{t('noText')}</span>)}</p>
    </div>
    <div class="side">{lastMessage && <Ago at={new Date(lastMessage.timestamp * 1000).toISOString()} />}</div>
  </li>
)
