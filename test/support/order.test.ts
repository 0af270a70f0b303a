import { expect, test } from 'vitest'
import { reorderedMessages, type TimedAccepted } from './order.ts'
import type { ContactState } from './simulator-client.ts'

const accepted = (messageId: string, askedAt: number, acceptedAt: number): TimedAccepted => ({
  jobId: `job-${messageId}`,
  messageId,
  session: 'one',
  contact: '5511800000001',
  text: messageId,
  askedAt,
  acceptedAt,
})

const arrived = (...ids: string[]) => ({
  contacts: [{ phone: '5511800000001', received: ids.map((id) => ({ id })) } as ContactState],
})

const MESSAGES = [accepted('A', 0, 10), accepted('B', 5, 20), accepted('C', 30, 40)]

test('messages in the order of their acceptance are no fault, nor are those whose requests overlap', () => {
  expect(reorderedMessages(MESSAGES, arrived('A', 'B', 'C'))).toEqual([])
  expect(reorderedMessages(MESSAGES, arrived('B', 'A', 'C'))).toEqual([])
})

test('a message that arrives before an earlier one is a fault', () => {
  expect(reorderedMessages(MESSAGES, arrived('A', 'C', 'B'))).toEqual([expect.stringContaining('C arrived before B')])
})

test('messages of two sessions to one contact have no order', () => {
  const other = { ...accepted('D', 50, 60), session: 'two' }
  expect(reorderedMessages([...MESSAGES, other], arrived('D', 'A', 'B', 'C'))).toEqual([])
})
