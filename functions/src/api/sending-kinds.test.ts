import { expect, test } from 'vitest'
import { z } from 'zod'
import { readIgnoring } from '../app/ignored-fields.ts'
import { KIND_ROUTES } from './sending-kinds.ts'

const ID = 'false_5511999990000@c.us_3EB0C767D26A1D71C2D1'

test.each([
  ['/api/forwardMessage', { messageId: ID }],
  ['/api/sendPollVote', { pollMessageId: ID, votes: [] }],
])('%s answers no other message', (path, body) => {
  const schema = KIND_ROUTES.find((route) => route.path === path)?.request?.body ?? z.never()
  const { result, ignored } = readIgnoring(schema, { session: 'main', chatId: '5511999990000@c.us', ...body, reply_to: ID })
  expect([result.success, ignored]).toEqual([true, ['reply_to']])
})
