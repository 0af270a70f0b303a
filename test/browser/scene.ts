import { type Chat, type EngineWorld, eventually } from '../support/engine-world.ts'
import type { WebhookReceiver } from '../support/webhook-receiver.ts'

/** What the screens show: a session that works, one that its phone has unlinked, and one that waits for its first phone. */
export interface Scene {
  readonly shop: Chat
  /** The job of a message that has failed. */
  readonly failed: string
  /** The last action on the session. */
  readonly action: string
}

/** Names and texts of the people who write to the shop. */
export interface Said {
  readonly contact: string
  readonly received: readonly string[]
  readonly sent: readonly string[]
  readonly failed: string
}

/** Makes the scene by the API and the simulator, as time would have. */
export async function setScene(world: EngineWorld, receiver: WebhookReceiver, said: Said): Promise<Scene> {
  const webhooks = [{ url: receiver.url('shop'), events: ['message', 'message.ack'] }]
  const channels = [{ name: 'on-call', type: 'webhook', url: receiver.url('alerts') }]
  await change(world, { config: { webhooks, alerts: { channels } } })
  const shop = await world.linked('shop', { contact: { name: said.contact } })
  for (const text of said.received) await shop.receive(text)
  for (const text of said.sent) await shop.untilStatus(await shop.send(text), 'delivered')
  await shop.fault('nack', { code: 479, count: 1 })
  const failed = await world.api.sendText({
    session: shop.name,
    chatId: `${shop.contact}@c.us`,
    text: said.failed,
    idempotencyKey: 'failed',
    retry: { maxRetries: 0 },
  })
  await shop.untilStatus(failed, 'failed')
  await eventually(async () => {
    if ((await shop.stored()).length < said.received.length) throw new Error('Not everything was received yet.')
  })
  return { shop, failed: failed.jobId, action: await back(world) }
}

/** Backs the shop up. Returns the id of the action. */
async function back(world: EngineWorld): Promise<string> {
  const response = await world.sandbox.api('/api/sessions/shop/backups', { json: { note: 'Before the sale', pin: true } })
  const { action } = (await response.json()) as { action: { id: string } }
  return action.id
}

/** Puts the names of a scene into the address of a screen. */
export const addressOf = (at: string, { failed, action }: Scene): string =>
  at.replace('SESSION', 'shop').replace('NEW', 'fresh').replace('JOB', failed).replace('ACTION', action)

/** A session that somebody has to link anew, of which an alert tells. */
export async function unlinkBranch(world: EngineWorld): Promise<Chat> {
  const branch = await world.linked('branch')
  await world.post(`/phones/${branch.phone}/unlink`, {})
  await branch.untilSession('FAILED LOGGED_OUT logged-out')
  await eventually(async () => {
    await world.sandbox.fireSchedule('sweep')
    const response = await world.sandbox.api('/api/alerts?state=open&session=branch')
    const { alerts } = (await response.json()) as { alerts: unknown[] }
    if (alerts.length === 0) throw new Error('There is no alert yet.')
  })
  return branch
}

async function change(world: EngineWorld, json: object): Promise<void> {
  const response = await world.sandbox.api('/api/tenants/default', { method: 'PATCH', json })
  if (!response.ok) throw new Error(`The tenant was not configured: ${await response.text()}`)
}
