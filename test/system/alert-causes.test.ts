import { afterAll, beforeAll, expect, test } from 'vitest'
import type { AlertType } from '@holdfast/core/operations/alert-document'
import { Receivers } from '../../sandbox/notifications/receivers.ts'
import { type Chat, EngineWorld, eventually } from '../support/engine-world.ts'
import { untilTold } from '../support/told-alerts.ts'

/**
 * Alerts by what really causes them: each is told of once on all channels, and so is its end. `alerts.test.ts` has a session that lost its
 * phone; dead letters and crash loops have tests of their own.
 */

let world: EngineWorld
let receivers: Receivers

beforeAll(async () => {
  receivers = await Receivers.start()
  world = await EngineWorld.start({
    movableClock: true,
    schedules: false,
    runnerNetworks: true,
    functionsEnv: receivers.environment,
    runnerEnv: { RECONNECT_WHATSAPP_DELAYS_MS: '500', DEAF_AFTER_MS: '1000' },
  })
  await world.google.documents.commit([
    {
      kind: 'merge',
      path: 'tenants/default',
      fields: { v: 1, name: 'default', createdAt: new Date(), config: { thresholds: { queueDepth: 3 } } },
    },
  ])
}, 120_000)

afterAll(async () => {
  await world?.[Symbol.asyncDispose]()
  await receivers?.[Symbol.asyncDispose]()
})

/** An alert about a session, by the title of its notices. */
interface Case {
  readonly title: string
  readonly type: AlertType
  /** As in the headline. */
  readonly severity: string
  readonly begins: (chat: Chat) => Promise<unknown>
  readonly ends: (chat: Chat) => Promise<unknown>
}

const starts = ({ name }: Chat) => world.api.want(name, 'start')
const pass = (minutes: number) => world.sandbox.advanceClock({ minutes })

/** People are told of the end of an alert when it has not come back for a while, which is longer for one that came and went. */
async function itIsOver(type: AlertType): Promise<void> {
  await eventually(async () => {
    await world.sandbox.fireSchedule('sweep')
    const { alerts } = (await (await world.sandbox.api('/api/alerts?state=open')).json()) as { alerts: { type: string }[] }
    expect(alerts.map((alert) => alert.type)).not.toContain(type)
  })
  await pass(5)
}

const noFaults = () => fetch(`${world.simulator.url}/faults`, { method: 'DELETE' })

const CASES: Readonly<Record<string, Case>> = {
  'whose logins WhatsApp refuses again and again': {
    title: 'Needs attention',
    type: 'needs-attention',
    severity: 'CRITICAL',
    begins: async (chat) => {
      await chat.fault('login-failure', { code: 503, count: 7 })
      await chat.fault('drop')
      await chat.untilSession('FAILED NEEDS_ATTENTION whatsapp-keeps-failing')
    },
    ends: starts,
  },
  'that another program uses': {
    title: 'Foreign connection',
    type: 'foreign-connection',
    severity: 'CRITICAL',
    begins: async (chat) => {
      await chat.fault('stream-error', { conflict: 'replaced' })
      await chat.untilSession('FAILED REPLACED replaced-waiting')
      await chat.works()
      await chat.fault('stream-error', { conflict: 'replaced' })
      await chat.untilSession('FAILED NEEDS_ATTENTION foreign-connection')
    },
    ends: starts,
  },
  'that does not get through for longer than the limit': {
    title: 'Disconnected',
    type: 'disconnected',
    severity: 'WARNING',
    begins: async (chat) => {
      await chat.fault('refuse')
      await chat.fault('drop')
      await eventually(async () => expect((await world.api.session(chat.name)).status).toBe('STARTING'))
      await pass(16)
    },
    ends: noFaults,
  },
  'whose connections stay deaf': {
    title: 'Deaf session',
    type: 'deaf-session',
    severity: 'CRITICAL',
    begins: async (chat) => {
      const { logins } = await chat.account()
      await chat.fault('deaf', { count: 1000 })
      await chat.receive('to deaf ears')
      await chat.send('from deaf ears')
      // The first step of its recovery does not help.
      await eventually(async () => expect((await chat.account()).logins).toBeGreaterThan(logins))
      await pass(3)
    },
    ends: async (chat) => {
      await noFaults()
      await chat.fault('drop')
      await chat.receive('heard')
      await eventually(async () => expect(await chat.stored()).toContain('heard'))
    },
  },
  'for which more messages wait than the limit': {
    title: 'Queue depth',
    type: 'queue-depth',
    severity: 'WARNING',
    begins: async (chat) => {
      await world.api.want(chat.name, 'stop')
      for (const text of ['one', 'two', 'three', 'four']) await chat.send(text)
    },
    ends: starts,
  },
}

test.each(Object.entries(CASES))('a session %s', { timeout: 180_000 }, async (what, { title, type, severity, begins, ends }) => {
  const chat = await world.linked(`s${Object.keys(CASES).indexOf(what)}`)
  const opened = expect.stringMatching(`^${severity} ${title}: `)
  await begins(chat)
  await untilTold(world, receivers, `${title}: `, opened)
  await ends(chat)
  await chat.works()
  await itIsOver(type)
  await untilTold(world, receivers, `${title}: `, opened, expect.stringMatching(`^RESOLVED ${title}: `))
  await world.api.want(chat.name, 'stop')
})

test('an installation without runners, and that it is unwell', { timeout: 180_000 }, async () => {
  const chat = await world.linked('alone')
  await world.sandbox.stopRunner('runner-1')
  await untilTold(world, receivers, 'No runner: ', 'CRITICAL No runner: fleet')
  await world.sandbox.startRunner('runner-1')
  await chat.works()
  await itIsOver('runners-missing')
  await untilTold(world, receivers, 'No runner: ', 'CRITICAL No runner: fleet', 'RESOLVED No runner: fleet')
})

test('an outage of WhatsApp', { timeout: 180_000 }, async () => {
  const { whatsapp } = world.sandbox.networkOf('runner-1')
  await whatsapp.change({ how: 'refuse' })
  await untilTold(world, receivers, 'Outage: ', 'CRITICAL Outage: whatsapp')
  await whatsapp.change({ how: 'pass' })
  await itIsOver('outage')
  await untilTold(world, receivers, 'Outage: ', 'CRITICAL Outage: whatsapp', 'RESOLVED Outage: whatsapp')
})
