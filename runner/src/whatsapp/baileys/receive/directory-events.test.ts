import { EventEmitter } from 'node:events'
import type { WASocket } from '@whiskeysockets/baileys'
import { expect, test } from 'vitest'
import type { DirectoryNews } from '../../directory-news.ts'
import type { LidMap } from '../signal/lid-map.ts'
import { followDirectory } from './directory-events.ts'

const GROUP = '120363000000000001@g.us'

test.each<[string, string, object, object]>([
  [
    'a description of a group',
    'groups.update',
    { id: GROUP, subject: 'A', participants: [], ephemeralDuration: 60 },
    { seconds: 60 },
  ],
  ['a description of a group without one', 'groups.upsert', { id: GROUP, subject: 'A', participants: [] }, { seconds: 0 }],
  [
    'a change of a chat',
    'chats.update',
    { id: GROUP, ephemeralExpiration: 60, ephemeralSettingTimestamp: 5 },
    { seconds: 60, atMs: 5000 },
  ],
  [
    'a chat that switches it off',
    'chats.update',
    { id: GROUP, ephemeralExpiration: null, ephemeralSettingTimestamp: 5 },
    { seconds: 0, atMs: 5000 },
  ],
])('%s tells the timer of disappearing messages', (_, event, told, timer) => {
  const news = newsOf(event, told)
  expect(news).toMatchObject([{ chats: [{ id: GROUP, timer }] }])
})

test.each<[string, string, object]>([
  ['a change of the subject of a group', 'groups.update', { id: GROUP, subject: 'B' }],
  ['a chat that is archived', 'chats.update', { id: GROUP, archived: true }],
])('%s tells nothing of it', (_, event, told) => {
  const [chat] = newsOf(event, told).flatMap(({ chats }) => chats ?? [])
  expect(chat).toMatchObject({ id: GROUP })
  expect(chat).not.toHaveProperty('timer')
})

test.each<[string, number, object]>([
  ['read on the phone', 0, { id: GROUP, unread: 0, archived: false }],
  ['marked as unread', -1, { id: GROUP, unread: 1, archived: false }],
  ['told with the number of new messages, which the directory counts itself', 2, { id: GROUP, archived: false }],
])('a chat that is %s', (_, unreadCount, told) => {
  expect(newsOf('chats.update', { id: GROUP, unreadCount, archived: false })).toEqual([{ chats: [told] }])
})

function newsOf(event: string, told: object): DirectoryNews[] {
  const ev = new EventEmitter()
  const news: DirectoryNews[] = []
  const names = { phoneOf: () => null } as unknown as LidMap
  followDirectory(
    ev as unknown as WASocket['ev'],
    names,
    (one) => news.push(one),
    () => false,
  )
  ev.emit(event, [told])
  return news
}
