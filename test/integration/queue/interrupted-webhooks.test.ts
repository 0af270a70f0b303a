import { expect, test } from 'vitest'
import { handleWebhookTask } from '../../../functions/src/use-cases/webhooks/handle-task.ts'
import { sweepWebhooks } from '../../../functions/src/use-cases/webhooks/sweep-webhooks.ts'
import { INTERRUPTIONS, Interruption } from './interruption.ts'
import { MINUTE_MS, WebhooksUnderTest } from './webhooks-under-test.ts'

/** The crash points of the sending of webhooks: each call that it makes, of a store, a task or the end point, in each way. */

/** Fewer calls mean that the test interrupts something else. */
const FEWEST_CALLS = 8

const CASES = INTERRUPTIONS.flatMap((how) => [
  { how, first: 200 },
  { how, first: 500 },
])

test.each(CASES)('a call that $how, at an end point that answers $first, loses no event and no order', async ({ how, first }) => {
  let calls = 0
  for (let call = 1; ; call++) {
    const webhooks = await WebhooksUnderTest.begin()
    const { dependencies, got } = webhooks
    const task = await webhooks.told('a', 'one', 'two')
    webhooks.answer = () => first
    const interruption = new Interruption(call, how)
    await handleWebhookTask(webhooks.through(interruption), task).catch(() => {})
    if (interruption.struck === null) break
    calls++
    webhooks.answer = () => 200
    for (let minute = 0; minute < 4; minute++) {
      webhooks.moveOn(MINUTE_MS)
      await sweepWebhooks(dependencies)
      await webhooks.runDue()
    }
    const at = `${interruption.struck} (${call})`
    expect([at, await webhooks.statuses()]).toEqual([at, ['delivered', 'delivered']])
    // The first time of each is in order, and the same bytes have the same id.
    expect([at, [...new Set(webhooks.bodies())]]).toEqual([at, ['one', 'two']])
    const ids = new Set(got.map(({ body, headers }) => `${body} ${headers['webhook-id']}`))
    expect([at, ids.size]).toEqual([at, 2])
  }
  expect(calls).toBeGreaterThan(FEWEST_CALLS)
})
