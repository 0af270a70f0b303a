import type { GroupMetadata } from '@whiskeysockets/baileys'
import { expect, test } from 'vitest'
import { GroupMembers } from './group-members.ts'

const metadata = (...ids: string[]) => ({ participants: ids.map((id) => ({ id })) }) as unknown as GroupMetadata

test('the members of a group are those of the latest answer', () => {
  const members = new GroupMembers()
  expect(members.jidsOf('1@g.us')).toBeUndefined()
  members.store('1@g.us', metadata('1@lid', '2@lid'))
  members.store('1@g.us', metadata('1@lid'))
  expect(members.jidsOf('1@g.us')).toEqual(['1@lid'])
})

test('the members of the 50 groups with the latest messages are kept', () => {
  const members = new GroupMembers()
  for (let group = 1; group <= 50; group++) members.store(`${group}@g.us`, metadata('1@lid'))
  members.store('1@g.us', metadata('1@lid'))
  members.store('51@g.us', metadata('1@lid'))
  expect([members.jidsOf('1@g.us'), members.jidsOf('2@g.us'), members.jidsOf('51@g.us')]).toEqual([
    ['1@lid'],
    undefined,
    ['1@lid'],
  ])
})
