import { afterAll, beforeAll, expect, test } from 'vitest'
import { RECEIVERS, Receivers } from '../../sandbox/notifications/receivers.ts'
import { EngineWorld, eventually } from '../support/engine-world.ts'
import { headlines, onAll, untilTold as toldOnAll } from '../support/told-alerts.ts'

/**
 * Alerts by real causes, through real functions and queues, to a Telegram, a Slack, a mail server and a webhook on this host. Each type by
 * what the facts say is tested in test/integration/alerts.
 */

let world: EngineWorld
let receivers: Receivers

beforeAll(async () => {
  receivers = await Receivers.start()
  world = await EngineWorld.start({ movableClock: true, schedules: false, functionsEnv: receivers.environment })
}, 120_000)

afterAll(async () => {
  await world?.[Symbol.asyncDispose]()
  await receivers?.[Symbol.asyncDispose]()
})

const sweep = () => world.sandbox.fireSchedule('sweep')

const untilTold = (about: string, ...lines: readonly string[]) => toldOnAll(world, receivers, about, ...lines)

test('a session that its phone unlinks is told of on all channels, once, and so is that it goes on', async () => {
  const chat = await world.linked('shop')
  await world.post(`/phones/${chat.phone}/unlink`, {})
  await chat.untilSession('FAILED LOGGED_OUT logged-out')
  const opened = 'CRITICAL QR code needed: session shop'
  await untilTold('session shop', opened)
  const listed = await world.sandbox.api('/api/alerts?state=open&session=shop')
  expect(await listed.json()).toMatchObject({
    alerts: [{ id: 'qr-needed:default.shop', notices: 1, runbook: 'a-session-needs-a-phone' }],
  })
  await world.api.want('shop', 'start')
  await chat.untilSession('SCAN_QR_CODE PAIRING scan-qr')
  await sweep()
  await world.sandbox.advanceClock({ minutes: 2 })
  await untilTold('session shop', opened, 'RESOLVED QR code needed: session shop')
})

test('a channel that is down delays no other, and gets its notice when it is back', async () => {
  receivers.trouble('slack', 'down')
  const chat = await world.linked('branch')
  await world.post(`/phones/${chat.phone}/unlink`, {})
  await chat.untilSession('FAILED LOGGED_OUT logged-out')
  const opened = 'CRITICAL QR code needed: session branch'
  await eventually(
    async () => {
      await sweep()
      expect(headlines(receivers, 'session branch')).toEqual(RECEIVERS.map((name) => [name, name === 'slack' ? [] : [opened]]))
    },
    60_000,
    1000,
  )
  receivers.trouble('slack', null)
  await world.sandbox.advanceClock({ minutes: 6 })
  await eventually(() => expect(headlines(receivers, 'session branch')).toEqual(onAll(opened)), 60_000)
})

test('a test of the channels says the outcome on each', async () => {
  const answer = await world.sandbox.api('/api/alerts/test', { method: 'POST' })
  expect(await answer.json()).toMatchObject({
    isComplete: true,
    channels: ['telegram', 'slack', 'email', 'webhook'].map((type) => ({
      channel: `installation.${type}`,
      outcome: 'delivered',
    })),
  })
})
