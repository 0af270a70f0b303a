import type { QueryArgs, QueryKind } from '@holdfast/core/operations/owner-queries'
import { beforeEach, expect, test } from 'vitest'
import type { DirectoryNews } from '../../whatsapp/directory-news.ts'
import type { Happening } from '../../whatsapp/happening.ts'
import { handlerOf, type QuerySession } from './registry.ts'

const BOB = '5511900000002@s.whatsapp.net'
const BOB_LID = '2@lid'

let asked: unknown[]
let heard: DirectoryNews[]
let told: Happening[]
/** The question from which on WhatsApp does not answer. */
let failsAt: number

beforeEach(() => {
  asked = []
  heard = []
  told = []
  failsAt = Infinity
})

const question = async (args: unknown): Promise<object> => {
  if (asked.length >= failsAt) throw new Error('No answer.')
  asked.push(args)
  return {}
}

const session = {
  connection: { questions: { 'change-chat': question, 'put-label': question, 'label-chat': question } },
  directory: {
    hear: (news: DirectoryNews) => void heard.push(news),
    labels: async (chat: string | null) => (chat === null ? ['1', '2', '3'] : ['1']),
    newLabel: async () => '4',
  },
  client: { contactOf: (chat: string) => (chat === BOB_LID ? BOB : chat) },
  clock: { now: () => 5000 },
  happened: (happening: Happening) => void told.push(happening),
} as unknown as QuerySession

const perform = <Kind extends QueryKind>(kind: Kind, args: QueryArgs<Kind>) => handlerOf(kind)(session, args)

const last = { messageId: 'M1', fromMe: false, participant: null, sentAtMs: 0 }
const now = { id: null, atMs: 5000 }

test('a chat that goes into the archive through the API is told of, because WhatsApp tells only the other devices', async () => {
  for (const change of ['archive', 'read', 'unarchive'] as const) await perform('change-chat', { chat: BOB_LID, change, last })
  expect(told).toEqual([
    { type: 'chat.archive', ...now, chat: BOB, archived: true },
    { type: 'chat.archive', ...now, chat: BOB, archived: false },
  ])
})

test('so is a label that is made, and one that is removed', async () => {
  const look = { name: 'Lead', color: 2 }
  expect(await perform('put-label', { id: null, ...look, isGone: false })).toEqual({ id: '4' })
  await perform('put-label', { id: '2', ...look, isGone: true })
  expect(told).toEqual([
    { type: 'label.upsert', ...now, label: { id: '4', ...look } },
    { type: 'label.deleted', ...now, label: { id: '2', ...look } },
  ])
})

test('a chat gets its labels one after the other, and each that WhatsApp took is known and told', async () => {
  failsAt = 2
  await expect(perform('label-chat', { chat: BOB, labels: ['2', '3'], former: [] })).rejects.toThrow('No answer.')
  expect(heard).toEqual([
    { labels: [{ label: '2', chat: BOB, isGone: false }] },
    { labels: [{ label: '3', chat: BOB, isGone: false }] },
  ])
  expect(told).toEqual([
    { type: 'label.chat.added', ...now, label: '2', chat: BOB },
    { type: 'label.chat.added', ...now, label: '3', chat: BOB },
  ])
  expect(asked).toEqual([
    { chat: BOB, labels: ['2'], former: [] },
    { chat: BOB, labels: ['3'], former: [] },
  ])
})
