import { afterAll, beforeAll, expect, test } from 'vitest'
import { isTombstone } from '@holdfast/core/message/archived-job'
import { jobPath } from '@holdfast/core/message/job-document'
import { EngineWorld } from '../support/engine-world.ts'

let world: EngineWorld
beforeAll(async () => {
  world = await EngineWorld.start({ movableClock: true, schedules: false })
})
afterAll(() => world[Symbol.asyncDispose]())

test('a message of a month ago lies in the bucket, is still shown, and is not sent again', async () => {
  const chat = await world.linked('old')
  const accepted = await world.api.sendText({
    session: 'old',
    chatId: `${chat.contact}@c.us`,
    text: 'long ago',
    idempotencyKey: 'long-ago',
  })
  await chat.untilStatus(accepted, 'delivered')
  await world.sandbox.fireSchedule('maintain')
  expect(await world.google.objects.list('archive/')).toEqual([])
  const before = await world.api.message(accepted.id)

  await world.sandbox.advanceClock({ days: 31 })
  await world.sandbox.fireSchedule('maintain')
  expect(await world.google.objects.list('archive/')).toHaveLength(1)
  const left = await world.google.documents.read(jobPath(accepted.jobId))
  expect(isTombstone(left?.fields ?? {})).toBe(true)

  expect(await world.api.message(accepted.messageId)).toEqual({ ...before, archivedAt: expect.any(String) })
  const again = await world.api.sendText({
    session: 'old',
    chatId: `${chat.contact}@c.us`,
    text: 'long ago',
    idempotencyKey: 'long-ago',
  })
  expect(again).toEqual({ ...accepted, ack: 2, ackName: 'DEVICE', status: 'DELIVERY_ACK' })
  expect((await chat.received()).map(({ text }) => text)).toEqual(['long ago'])
})
