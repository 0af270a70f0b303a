import { sessionPath } from '@holdfast/core/session/session-document'
import { deliveryPath } from '@holdfast/core/session/webhook-delivery-document'
import { beforeEach, describe, expect, test } from 'vitest'
import { listDeliveries, redriveAll, redriveOne, showDelivery } from '../../../functions/src/use-cases/webhooks/deliveries.ts'
import { handleWebhookTask } from '../../../functions/src/use-cases/webhooks/handle-task.ts'
import { SESSION, WebhooksUnderTest } from './webhooks-under-test.ts'

let webhooks: WebhooksUnderTest

beforeEach(async () => {
  webhooks = await WebhooksUnderTest.begin()
})

describe('an event that was given up', () => {
  const principal = { key: 'k', tenant: 'default', role: 'admin', sessions: 'all', requestsPerMinute: null } as const

  async function givenUp(): Promise<string> {
    const task = await webhooks.told('a', 'one')
    await webhooks.documents.commit([{ kind: 'update', path: sessionPath(SESSION), fields: { config: {} } }])
    await handleWebhookTask(webhooks.dependencies, task)
    const config = { webhooks: [{ url: webhooks.url, events: ['*'] }] }
    await webhooks.documents.commit([{ kind: 'update', path: sessionPath(SESSION), fields: { config } }])
    const { deliveries } = await listDeliveries(webhooks.dependencies, principal, { status: 'dead', limit: 10 })
    expect(deliveries).toMatchObject([{ session: 'shop', event: 'message', problem: { code: 'endpoint-removed' } }])
    return deliveries[0]?.id ?? ''
  }

  test('is sent again when somebody asks for it, alone or with all others', async () => {
    const id = await givenUp()
    expect(await redriveOne(webhooks.dependencies, principal, id)).toMatchObject({ status: 'pending', redrives: 1 })
    await webhooks.runDue()
    expect(webhooks.bodies()).toEqual(['one'])
    expect(webhooks.got[0]?.headers).toMatchObject({ 'X-Holdfast-Out-Of-Order': 'true' })
    await expect(redriveOne(webhooks.dependencies, principal, id)).rejects.toMatchObject({ code: 'cannot-redrive' })

    await givenUp()
    expect(await redriveAll(webhooks.dependencies, principal, undefined)).toEqual({ redriven: 1, hasMore: false })
    await webhooks.runDue()
    expect(webhooks.bodies()).toEqual(['one', 'one'])
  })

  test('is not kept waiting by those that can never be sent again', async () => {
    const id = await givenUp()
    const fields = (await webhooks.documents.read(deliveryPath(id)))?.fields ?? {}
    const since = (fields['since'] as Date).getTime()
    const bare = Array.from({ length: 450 }, (_, index) => ({
      kind: 'create' as const,
      path: deliveryPath((index + 1).toString(16).padStart(40, '0')),
      fields: { ...fields, body: null, since: new Date(since + 1 + (index % 7)) },
    }))
    await webhooks.documents.commit(bare)
    expect(await redriveAll(webhooks.dependencies, principal, undefined)).toEqual({ redriven: 1, hasMore: false })
    expect(await showDelivery(webhooks.dependencies, principal, id)).toMatchObject({ status: 'pending' })
  })

  test('is nobody’s but its tenant’s', async () => {
    const id = await givenUp()
    const other = { ...principal, tenant: 'other' }
    expect(await redriveAll(webhooks.dependencies, other, undefined)).toEqual({ redriven: 0, hasMore: false })
    await expect(redriveOne(webhooks.dependencies, other, id)).rejects.toMatchObject({ code: 'unknown-delivery' })
    expect(await webhooks.statuses()).toEqual(['dead'])
    const limited = { ...principal, sessions: ['another'] }
    await expect(showDelivery(webhooks.dependencies, limited, id)).rejects.toMatchObject({ code: 'unknown-delivery' })
  })
})
