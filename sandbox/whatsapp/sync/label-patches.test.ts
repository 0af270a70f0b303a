// Tests what is noticed of a client's changes of labels.
import { expect, test } from 'vitest'
import { labelProblems } from './label-patches.ts'
import type { Mutation } from './mutations.ts'

const CHAT = '5511900000001@s.whatsapp.net'

const label = (more: object = {}): Mutation => ({
  index: ['label_edit', '5'],
  value: { labelEditAction: { name: 'New', color: 3, ...more } },
  version: 3,
  remove: false,
})

const onChat = (labeled: boolean | undefined, chat = CHAT): Mutation => ({
  index: ['label_jid', '5', chat],
  value: { labelAssociationAction: labeled === undefined ? {} : { labeled } },
  version: 3,
  remove: false,
})

const problems = (entries: Mutation[], before: Mutation[] = [], name = 'regular') => labelProblems({ name, entries }, before)

test('labels that are made, changed, deleted, put to a chat and taken away are in order', () => {
  expect(problems([label(), onChat(true)])).toEqual([])
  expect(problems([label({ name: 'Newer' }), onChat(false)], [label(), onChat(true)])).toEqual([])
  expect(problems([label({ deleted: true })], [label()])).toEqual([])
})

test('a label or its place that is removed instead is noticed', () => {
  const before = [label(), onChat(true)]
  expect(problems([before[1] as Mutation], before)).toEqual(['label_edit 5 is removed'])
  expect(problems([before[0] as Mutation], before)).toEqual(['label_jid 5 is removed'])
})

test('a label without a name or colour, of nobody, at no chat, or at another place is noticed', () => {
  expect(problems([label({ name: '' })])).toHaveLength(1)
  expect(problems([label({ color: 20 })])).toHaveLength(1)
  expect(problems([onChat(true)])).toEqual(['label_jid 5 is of a label that nobody made'])
  expect(problems([label(), onChat(undefined)])).toHaveLength(1)
  expect(problems([label(), onChat(true, 'nobody')])).toEqual(['label_jid 5 names no chat'])
  expect(problems([label()], [], 'regular_low')).toHaveLength(1)
  expect(problems([{ ...label(), version: 2 }])).toHaveLength(1)
})
