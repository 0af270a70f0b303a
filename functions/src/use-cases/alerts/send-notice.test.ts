import type { OutgoingRequest } from '@holdfast/core/platform/outgoing'
import { systemClock } from '@holdfast/core/platform/system-clock'
import { expect, it } from 'vitest'
import type { Notifications } from './notification-settings.ts'
import { sendNotice } from './send-notice.ts'

it('shortens what Telegram would refuse for its length', async () => {
  const asked: OutgoingRequest[] = []
  const request = async (given: OutgoingRequest) => {
    asked.push(given)
    return { status: 200, body: Buffer.alloc(0) }
  }
  const notifications = { http: { request }, telegramUrl: 'https://telegram.example' } as unknown as Notifications
  const channel = { type: 'telegram', name: 'ops', token: 'token', chatId: '1' } as never
  for (const length of [4096, 4097]) {
    const notice = {
      id: 'a',
      headline: 'An alert',
      text: 'x'.repeat(length),
      payload: {},
      alert: 'outage:fleet',
      isUrgent: false,
    }
    expect(await sendNotice({ notifications, clock: systemClock }, channel, notice)).toEqual({
      outcome: 'delivered',
      problem: null,
    })
  }
  const texts = asked.map(({ body }) => (JSON.parse(String(body)) as { text: string }).text)
  expect(texts).toEqual(['x'.repeat(4096), `${'x'.repeat(4095)}…`])
})
