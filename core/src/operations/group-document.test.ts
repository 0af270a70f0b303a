import { randomBytes } from 'node:crypto'
import { expect, it } from 'vitest'
import { SessionCipher } from '../security/envelope.ts'
import { type Group, groupFingerprint, openGroup, sealGroup } from './group-document.ts'

const cipher = new SessionCipher('default.main', new Map([[1, randomBytes(32)]]), 1)

const groupOf = (members: number): Group => ({
  id: '120363000000000001@g.us',
  subject: 'Everybody',
  description: null,
  owner: null,
  createdAt: 1_790_000_000,
  announce: true,
  restrict: false,
  memberAdd: false,
  joinApproval: false,
  participants: Array.from({ length: members }, () => {
    const lid = `${randomBytes(6).readUIntBE(0, 6)}@lid`
    return { id: lid, phone: `5511${randomBytes(6).readUIntBE(0, 6)}@s.whatsapp.net`, lid, role: 'participant' as const }
  }),
})

it('takes the largest groups of WhatsApp, within the limit of a document', () => {
  const group = groupOf(5000)
  const sealed = sealGroup(cipher, group)
  expect(sealed.length).toBeLessThan(500 * 1024)
  expect(openGroup(cipher, group.id, sealed)).toEqual(group)
})

it('opens only in its own place', () => {
  const group = groupOf(2)
  expect(() => openGroup(cipher, '120363000000000002@g.us', sealGroup(cipher, group))).toThrow(/do not open/)
})

it('has another fingerprint once a member has another role', () => {
  const group = groupOf(2)
  const changed = { ...group, participants: group.participants.map((one) => ({ ...one, role: 'admin' as const })) }
  expect(groupFingerprint(cipher, changed)).not.toBe(groupFingerprint(cipher, group))
})
