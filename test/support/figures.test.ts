import { expect, test } from 'vitest'
import type { ReceivedMessage } from '@holdfast/client/types'
import { computeFigures, isFlawless, type Ledger } from './figures.ts'
import type { SimulatorState } from './simulator-client.ts'

const ledger: Ledger = {
  accepted: [
    { jobId: 'j1', messageId: 'OUT1', session: 'shop', contact: '222', text: 'out one' },
    { jobId: 'j2', messageId: 'OUT2', session: 'shop', contact: '222', text: 'out two' },
  ],
  issued: [
    { id: 'IN1', session: 'shop', contact: '222', text: 'in one' },
    { id: 'IN2', session: 'shop', contact: '222', text: 'in two' },
  ],
}

const arrived = (id: string, text: string, copies = 1) => {
  const content = { kind: 'text', text }
  return { id, from: '111', text, content, copies, at: 0, group: null, devices: [0] }
}
const row = (id: string, body: string): ReceivedMessage => ({ id, body, order: id })

interface Seen {
  received?: ReturnType<typeof arrived>[]
  rows?: ReceivedMessage[]
  undecryptable?: number
  lostByItself?: number
  violations?: string[]
  registrations?: number
}

const SESSIONS = { sessionsOpened: 1, needlessSessions: 0, preKeysTaken: 1 }

function figuresOf(seen: Seen) {
  const { undecryptable = 0, lostByItself = 0, violations = [], registrations = 1 } = seen
  const received = seen.received ?? [arrived('OUT1', 'out one'), arrived('OUT2', 'out two')]
  const state: SimulatorState = {
    accounts: [
      {
        phone: '111',
        deviceJid: null,
        connected: true,
        logins: 1,
        registrations,
        offlineQueue: 0,
        waiting: [],
        receipted: ['IN1', 'IN2'],
        watched: [],
      },
    ],
    contacts: [{ phone: '222', devices: [0], received, undecryptable, lostByItself, retryReceipts: 0, ...SESSIONS }],
    channels: [],
    violations: violations.map((kind) => ({ kind, detail: 'of a test', at: 0 })),
  }
  const stored = new Map([['shop', seen.rows ?? [row('IN1', 'in one'), row('IN2', 'in two')]]])
  return computeFigures(ledger, { state, stored })
}

test('messages that arrived once give flawless figures', () => {
  const { figures, findings } = figuresOf({})
  expect(figures).toEqual({
    sent: 2,
    received: 2,
    lost: 0,
    duplicated: 0,
    undecryptable: 0,
    violations: 0,
    registrations: 1,
    resent: 0,
  })
  expect(findings).toEqual([])
  expect(isFlawless(figures)).toBe(true)
})

test('copies of one id on the wire count as resent, not as duplicated', () => {
  const { figures } = figuresOf({ received: [arrived('OUT1', 'out one', 3), arrived('OUT2', 'out two')] })
  expect(figures).toMatchObject({ resent: 2, duplicated: 0, lost: 0 })
  expect(isFlawless(figures)).toBe(true)
})

test('a message that is missing at the contact or in the listing counts as lost', () => {
  const { figures, findings } = figuresOf({ received: [arrived('OUT1', 'out one')], rows: [row('IN2', 'in two')] })
  expect(figures).toMatchObject({ sent: 1, received: 1, lost: 2 })
  expect(findings).toEqual([expect.stringContaining('OUT2'), expect.stringContaining('IN1')])
})

test('a message with another text counts as lost', () => {
  const { figures, findings } = figuresOf({
    received: [arrived('OUT1', 'something else'), arrived('OUT2', 'out two')],
    rows: [row('IN1', 'in one'), row('IN2', '')],
  })
  expect(figures).toMatchObject({ sent: 1, received: 1, lost: 2 })
  expect(findings[0]).toContain('another text')
})

test('one job under two ids counts as duplicated', () => {
  const { figures } = figuresOf({
    received: [arrived('OUT1', 'out one'), arrived('OUT9', 'out one'), arrived('OUT2', 'out two')],
  })
  expect(figures).toMatchObject({ sent: 2, lost: 0, duplicated: 1 })
})

test('a received message that is stored twice counts as duplicated, under any id', () => {
  const rows = [row('IN1', 'in one'), row('IN1', 'in one'), row('IN2', 'in two'), row('IN9', 'in two')]
  expect(figuresOf({ rows }).figures).toMatchObject({ received: 2, lost: 0, duplicated: 2 })
})

test('a message that a contact cannot decrypt counts once, unless the contact lost its own session', () => {
  expect(figuresOf({ undecryptable: 1 }).figures).toMatchObject({ undecryptable: 1, violations: 0 })
  expect(figuresOf({ undecryptable: 3, lostByItself: 2 }).figures).toMatchObject({ undecryptable: 1, violations: 0 })
  const { figures } = figuresOf({ undecryptable: 1, violations: ['undecryptable', 'ratchet-reuse'] })
  expect(figures).toMatchObject({ undecryptable: 1, violations: 2 })
  expect(isFlawless(figures)).toBe(false)
})

test('a second registration is a flaw', () => {
  expect(isFlawless(figuresOf({ registrations: 2 }).figures)).toBe(false)
})
