import { expect, test } from 'vitest'
import type { Delivered } from '../../../support/webhook-receiver.ts'
import type { KindsChat, KindsSession, Ours, Theirs, ToldChange } from './chat.ts'
import { type Evidence, judgeKinds, type Listed } from './judge.ts'

const CHAT = '551@c.us'

const message = (id: string, fromMe: boolean) => ({
  id,
  serialized: `${fromMe}_${CHAT}_${id}`,
  isMessage: true,
  kind: 'text',
  body: id,
  isRevoked: false,
  reactions: new Map<string, string>(),
  options: [],
  file: null,
})

const ours = (id: string): Ours => ({ ...message(id, true), jobId: `job of ${id}`, seen: { kind: 'text', text: id } })

const theirs = (id: string): Theirs => ({ ...message(id, false), contact: '551', secret: null })

type Received = Evidence['contacts'][number]['received'][number]

const received = (id: string): Received => ({
  id,
  from: '5599',
  text: id,
  content: { kind: 'text', text: id },
  copies: 1,
  at: 0,
  group: null,
  devices: [0],
})

const listed = (serialized: string, more: Partial<Listed> = {}): Listed => ({
  id: serialized,
  body: serialized.split('_')[2] ?? '',
  fromMe: serialized.startsWith('true'),
  ack: 2,
  ...more,
})

const serialized = (id: string): string => `x_${CHAT}_${id}`

function delivered(event: string, id: string, more: Partial<Delivered> = {}): Delivered {
  const payload = { id: serialized(id) }
  const told = { id: `${event} ${id}`, event, session: 'main', me: { id: '5599@c.us' }, payload }
  return { at: 'r', headers: {}, body: JSON.stringify(told), answered: 200, event: told, ...more }
}

/** Two messages each way, all of which everybody has. */
function evidence() {
  const chat: KindsChat = {
    chatId: CHAT,
    group: null,
    members: ['551'],
    ours: [ours('o1'), ours('o2')],
    theirs: [theirs('t1'), theirs('t2')],
  }
  const session = { name: 'main', phone: '5599', receiver: 'r', chats: [chat] } as unknown as KindsSession
  const all = [...chat.ours, ...chat.theirs]
  const rows = all.map(({ serialized }) => listed(serialized))
  const deliveries = [
    ...all.map(({ id }) => delivered('message.any', id)),
    ...chat.theirs.map(({ id }) => delivered('message', id)),
  ]
  const atContact = chat.ours.map(({ id }) => received(id))
  return { chat, session, rows, deliveries, atContact, changes: [] as Evidence['changes'] }
}

function judged({ session, chat, rows, deliveries, atContact, changes }: ReturnType<typeof evidence>): string[] {
  const contact = { phone: '551', received: atContact } as unknown as Evidence['contacts'][number]
  return judgeKinds({ session, changes, contacts: [contact], listed: new Map([[chat, rows]]), deliveries })
}

test('what everybody has is without a fault', () => {
  expect(judged(evidence())).toEqual([])
})

test('what a contact lacks, has twice, in another order, or altered is found', () => {
  const { atContact } = evidence()
  const [first, second] = atContact as [Received, Received]
  const kinds = (arrived: Received[]) => judged({ ...evidence(), atContact: arrived }).map((one) => one.split(':')[0])
  expect(kinds([first])).toEqual(['lost'])
  expect(kinds([first, second, received('other id')])).toEqual(['doubled'])
  expect(kinds([second, first])).toEqual(['reordered'])
  expect(kinds([first, { ...second, content: { kind: 'text', text: 'other' } }])).toEqual(['altered'])
})

test('what a list lacks, has twice, or shows otherwise is found', () => {
  const { rows } = evidence()
  const [one, ...others] = rows as [Listed, ...Listed[]]
  const kinds = (shown: Listed[]) => judged({ ...evidence(), rows: shown }).map((found) => found.split(':')[0])
  expect(kinds(others)).toEqual(['lost'])
  expect(kinds([one, ...rows])).toEqual(['doubled'])
  expect(kinds([{ ...one, body: 'other' }, ...others])).toEqual(['altered'])
  expect(kinds([{ ...one, reactions: [{ from: '551@c.us', text: '👍' }] }, ...others])).toEqual(['altered'])
  expect(kinds([{ ...one, ack: 0 }, ...others])).toEqual(['altered'])
})

test('what a receiver was not told, twice, with other bytes, out of order, or of somebody else is found', () => {
  const { deliveries } = evidence()
  const kinds = (told: Delivered[]) => judged({ ...evidence(), deliveries: told }).map((one) => one.split(':')[0])
  expect(kinds(deliveries.slice(1))).toEqual(['lost'])
  expect(kinds(deliveries.map((one, index) => (index === 0 ? { ...one, answered: 500 } : one)))).toEqual(['lost'])
  const [first] = deliveries as [Delivered]
  expect(kinds([...deliveries, first])).toEqual([])
  expect(kinds([...deliveries, { ...first, body: 'other' }])).toEqual(['altered'])
  expect(kinds([...deliveries, { ...first, event: { ...first.event, id: 'another' } }])).toEqual(['doubled'])
  expect(kinds(deliveries.toReversed())).toEqual(['reordered'])
  const late = { headers: { 'x-holdfast-out-of-order': 'true' } }
  expect(
    kinds(deliveries.toReversed().map((one) => (one.event.payload['id'] === serialized('t2') ? { ...one, ...late } : one))),
  ).toEqual([])
  expect(
    kinds([
      ...deliveries,
      delivered('message.ack', 'o1', { event: { ...first.event, id: 'new', event: 'message.ack', session: 'their' } }),
    ]),
  ).toEqual(['foreign'])
})

const CHANGES: { readonly [Event in ToldChange['event']]: (id: string, about: string) => Record<string, unknown> } = {
  'message.reaction': (id, about) => ({ id: serialized(id), reaction: { text: '🎉', messageId: serialized(about) } }),
  'message.edited': (id, about) => ({ id: serialized(id), editedMessageId: about }),
  'message.revoked': (id, about) => ({ revokedMessageId: about, after: { id: serialized(id) }, before: null }),
  'poll.vote': (id, about) => ({ vote: { id: serialized(id) }, poll: { id: serialized(about) } }),
}

test.each(Object.keys(CHANGES) as ToldChange['event'][])('each %s of a message is told once', (event) => {
  const told = (id: string, about: string, eventId = `${event} ${id}`) => {
    const { event: common, ...more } = delivered(event, id)
    return { ...more, event: { ...common, id: eventId, payload: CHANGES[event](id, about) } }
  }
  const changes: ToldChange[] = [
    { event, id: 'c1', about: 't1' },
    { event, id: 'c2', about: 't1' },
  ]
  const findings = (...more: Delivered[]) => {
    const whole = evidence()
    return judged({ ...whole, changes, deliveries: [...whole.deliveries, ...more] }).map((one) => one.split(' is ')[0])
  }
  expect(findings(told('c1', 't1'), told('c2', 't1'))).toEqual([])
  expect(findings(told('c1', 't1'))).toEqual([`lost: ${event} c2 of t1`])
  expect(findings(told('c1', 't1'), told('c2', 't2'))).toEqual([`lost: ${event} c2 of t1`])
  expect(findings(told('c1', 't1'), told('c2', 't1'), told('c2', 't1', 'another'))).toEqual([
    expect.stringMatching(/^doubled: .* has 2 events/),
  ])
})
