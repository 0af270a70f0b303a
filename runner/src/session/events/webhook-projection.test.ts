import { SessionCipher } from '@holdfast/core/security/envelope'
import { bodyPlace, type Delivery } from '@holdfast/core/session/webhook-delivery-document'
import type { Merge } from '@holdfast/core/platform/ports'
import { describe, expect, test } from 'vitest'
import type { SessionEvent } from './session-event.ts'
import { webhookDeliveries } from './webhook-projection.ts'
import { webhookViewOf } from '@holdfast/core/session/webhook-view'

const SESSION = 'acme.shop'
const CHAT = '5511900000002@s.whatsapp.net'
const cipher = new SessionCipher(SESSION, new Map([[1, Buffer.alloc(32, 1)]]), 1)

const view = (config: object, tenantWebhooks: readonly object[] = []) =>
  webhookViewOf({
    sessionId: SESSION,
    tenant: 'acme',
    session: 'shop',
    config: config as Record<string, unknown>,
    tenantWebhooks,
    me: { id: '5511900000001:7@s.whatsapp.net', lid: null },
    publicUrl: 'https://api.example',
    version: '1.2.3',
  })

const hook = (at: string, ...events: string[]) => ({ url: `https://receiver.example/${at}`, events })

const received = (more: object = {}): SessionEvent => ({
  type: 'message.received',
  document: 'd1',
  message: {
    messageId: 'A1',
    chat: CHAT,
    participant: null,
    fromMe: false,
    pushName: 'Bob',
    type: 'text',
    text: 'the text',
    proto: '',
    sentAtMs: 1_700_000_000_000,
    ...more,
  },
  position: null,
  fromHistory: false,
})

const project = (event: SessionEvent, webhooks: ReturnType<typeof view>, sequence = 8) =>
  webhookDeliveries(event, { sessionId: SESSION, place: { sequence, index: 2, prevHash: '' }, cipher: () => cipher, webhooks })

const deliveryOf = ({ fields }: Merge) => fields as unknown as Delivery

const bodyOf = (merge: Merge): string => {
  const { body, isSealed } = deliveryOf(merge)
  const id = merge.path.split('/')[1] ?? ''
  return (isSealed ? cipher.openContent(body ?? Buffer.alloc(0), bodyPlace(id)) : Buffer.from(body ?? '')).toString()
}

describe('the deliveries of an event', () => {
  test('have an id and a lane that nobody computes from a phone number without the key of the session', () => {
    const online = {
      type: 'presence.update',
      id: null,
      atMs: 1,
      chat: CHAT,
      participant: CHAT,
      presence: 'online',
      lastSeen: null,
    } as const
    const place = { sequence: 8, index: 2, prevHash: '' }
    const namesWith = (sessionCipher: SessionCipher) =>
      webhookDeliveries(online, {
        sessionId: SESSION,
        place,
        cipher: () => sessionCipher,
        webhooks: view({ webhooks: [hook('1', '*')] }),
      }).map((merge) => [merge.path, deliveryOf(merge).lane, deliveryOf(merge).eventId])
    const [mine = []] = namesWith(cipher)
    expect(namesWith(cipher)).toEqual([mine])
    const [others = []] = namesWith(new SessionCipher(SESSION, new Map([[1, Buffer.alloc(32, 9)]]), 1))
    expect(mine.map((name, index) => name === others[index])).toEqual([false, false, false])
  })

  test('carry the span of their message while somebody traces it, and nothing otherwise', () => {
    const record = { sessionId: SESSION, place: { sequence: 8, index: 2, prevHash: '' }, cipher: () => cipher }
    const webhooks = view({ webhooks: [hook('1', 'message')] })
    const traceparent = '00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01'
    const carried = (given: string | null) =>
      webhookDeliveries(received(), { ...record, webhooks, traceparent: given }).map(({ fields }) => fields['traceparent'])
    expect([carried(traceparent), carried(null)]).toEqual([[traceparent], [undefined]])
  })

  test('are one for each end point and event that it wants, with the same bytes, sealed', () => {
    const webhooks = [hook('1', 'message'), hook('2', '*'), hook('3', 'session.status')]
    const merges = project(received(), view({ webhooks, metadata: { user: '1' } }, [hook('4', 'message')]))

    expect(merges.map((merge) => [deliveryOf(merge).scope, deliveryOf(merge).event])).toEqual([
      ['session', 'message'],
      ['session', 'message'],
      ['tenant', 'message'],
      ['session', 'message.any'],
    ])
    expect(merges.map((merge) => deliveryOf(merge).host)).toEqual(merges.map(() => 'receiver.example'))
    expect(new Set(merges.slice(0, 3).map(bodyOf)).size).toBe(1)
    for (const merge of merges) expect(Buffer.from(deliveryOf(merge).body ?? '').toString()).not.toContain('the text')
    expect(JSON.parse(bodyOf(merges[0] as Merge))).toMatchObject({
      id: deliveryOf(merges[0] as Merge).eventId,
      timestamp: 1_700_000_000_000,
      event: 'message',
      session: 'shop',
      metadata: { user: '1' },
      me: { id: '5511900000001@c.us' },
      payload: { id: 'false_5511900000002@c.us_A1', body: 'the text', to: '5511900000001@c.us' },
      engine: 'NOWEB',
      environment: { version: '1.2.3', engine: 'NOWEB' },
    })
  })

  test('have the same ids and bytes however often the event is told, and wherever it lies in the log', () => {
    const webhooks = view({ webhooks: [hook('1', '*')] })
    const [first, again] = [project(received(), webhooks, 8), project(received(), webhooks, 99)]

    expect(again.map(({ path }) => path)).toEqual(first.map(({ path }) => path))
    expect(again.map(bodyOf)).toEqual(first.map(bodyOf))
    expect(project(received({ messageId: 'A1', text: 'the text' }), webhooks).map(({ path }) => path)).toEqual(
      first.map(({ path }) => path),
    )
  })

  test('are none for history, for a message of one’s own as `message`, and for chats that are ignored', () => {
    const webhooks = [hook('1', 'message')]
    const group = { chat: '120363000000000001@g.us', participant: CHAT }

    expect(project({ ...received(), fromHistory: true } as SessionEvent, view({ webhooks }))).toEqual([])
    expect(project(received({ fromMe: true }), view({ webhooks }))).toEqual([])
    expect(project(received(group), view({ webhooks, ignore: { groups: true } }))).toEqual([])
    expect(project(received(group), view({ webhooks, ignore: { groups: null } }))).toHaveLength(1)
  })

  test('ascend by the place in the log, in a lane for each end point and chat', () => {
    const webhooks = view({ webhooks: [hook('1', 'message'), hook('2', 'message')] })
    const [one, other] = project(received(), webhooks, 8).map(deliveryOf)
    const [later] = project(received({ messageId: 'A2' }), webhooks, 10).map(deliveryOf)
    const [elsewhere] = project(received({ chat: '5511900000003@s.whatsapp.net' }), webhooks, 10).map(deliveryOf)

    expect(later?.lane).toBe(one?.lane)
    expect((later?.order ?? '') > (one?.order ?? '')).toBe(true)
    expect(new Set([one?.lane, other?.lane, elsewhere?.lane]).size).toBe(3)
  })

  test('fit a document, whatever somebody sends', () => {
    const [merge] = project(received({ text: '\u0001'.repeat(200_000) }), view({ webhooks: [hook('1', 'message')] }))

    expect(deliveryOf(merge as Merge).body?.length).toBeLessThan(1_000_000)
    expect(JSON.parse(bodyOf(merge as Merge))).toMatchObject({ payload: { body: '', _data: { tooLarge: {} } } })
  })
})
