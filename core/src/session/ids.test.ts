import { describe, expect, it, test } from 'vitest'
import {
  SESSION_NAME,
  bulkJobIdOf,
  checkpointName,
  jobIdOf,
  receivedMessageIdOf,
  sequenceId,
  sessionIdOf,
  tenantOf,
  whatsappMessageIdOf,
} from './ids.ts'

describe('derived ids', () => {
  // The ids are persisted: messages would be sent twice with other values.
  it('are the persisted ones', () => {
    const jobId = jobIdOf('default', 'order-1')
    expect(jobId).toBe('007a2c75041cb2968903045c3912bc9bb2edfeda')
    expect(bulkJobIdOf('default', 'order-1', 7)).toBe('b5d0a75d9beac02bb6791b1ed290bfd51d667c74')
    expect(whatsappMessageIdOf(jobId)).toBe('3EB029B14AA007DEF52711')
    expect(receivedMessageIdOf('5511999990000@s.whatsapp.net', '', '3A1')).toBe('efc209d116aa663339613e89899e01360a3cf816')
  })

  it('differ when any part differs, also when the joined parts are the same text', () => {
    const ids = [jobIdOf('default', 'a'), jobIdOf('other', 'a'), jobIdOf('default', 'b'), jobIdOf('defaul', 'ta')]
    ids.push(bulkJobIdOf('default', 'a', 1), bulkJobIdOf('default', 'a', 11), bulkJobIdOf('default', 'a1', 1))
    expect(new Set(ids).size).toBe(ids.length)
    const received = [
      receivedMessageIdOf('chat', 'one', 'id'),
      receivedMessageIdOf('chat', 'two', 'id'),
      receivedMessageIdOf('chato', 'ne', 'id'),
      receivedMessageIdOf('chat', '', 'oneid'),
      receivedMessageIdOf('chat', '3:one', 'id'),
    ]
    expect(new Set(received).size).toBe(received.length)
  })

  it("of messages look like WhatsApp Web's own", () => {
    expect(whatsappMessageIdOf('job')).toMatch(/^3EB0[0-9A-F]{18}$/)
  })
})

describe('names', () => {
  it('sort in the order of their numbers', () => {
    const numbers = [1, 2, 9, 10, 99, 100, 12_345, Number.MAX_SAFE_INTEGER]
    expect(numbers.map(sequenceId).toSorted()).toEqual(numbers.map(sequenceId))
    expect(new Set(numbers.map((number) => sequenceId(number).length))).toEqual(new Set([20]))
  })

  it('of a session begin with its tenant', () => {
    expect(sessionIdOf('salon', 'main')).toBe('salon.main')
  })

  it('of a checkpoint name its record and its owner', () => {
    expect(checkpointName('default.main', 12, 3)).toBe('sessions/default.main/00000000000000000012-0000000003.ckpt')
  })

  it.each(['main', 'a', '0', 'Salon_1-b', 'x'.repeat(54)])('of sessions may be %s', (name) => {
    expect(SESSION_NAME.test(name)).toBe(true)
  })

  it.each(['', '.', '..', '-a', '_a', 'a.b', 'a/b', 'ä', 'a b', 'a\n', 'x'.repeat(55)])('of sessions may not be %j', (name) => {
    expect(SESSION_NAME.test(name)).toBe(false)
  })
})

test.each([
  ['default.bookings', 'default'],
  ['a.tenant.with.dots.bookings', 'a.tenant.with.dots'],
  ['no-session', ''],
])('%j belongs to the tenant %j', (sessionId, tenant) => {
  expect(tenantOf(sessionId)).toBe(tenant)
})
