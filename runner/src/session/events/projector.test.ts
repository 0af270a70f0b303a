import { describe, expect, test } from 'vitest'
import type { JournalRecord } from '@holdfast/core/journal/journal-record'
import type { JournalStore } from '@holdfast/core/journal/journal-store'
import { Append, type Change, type Merge } from '@holdfast/core/platform/ports'
import { systemClock, systemRandom } from '@holdfast/core/platform/system-clock'
import type { ChangeKind } from '@holdfast/core/message/message-change'
import { openMessage } from '@holdfast/core/message/open-message'
import { parkedStanzaPlace } from '@holdfast/core/message/parked-stanza-document'
import { openJobProto, openReceivedContent } from '@holdfast/core/message/sealed-content'
import { SessionCipher } from '@holdfast/core/security/envelope'
import { pairingPlace } from '@holdfast/core/session/session-document'
import { webhookViewOf } from '@holdfast/core/session/webhook-view'
import { Journal } from '../journal/journal.ts'
import type { Projection } from './projection.ts'
import { PROJECTIONS, projectorOf, type Projector } from './projector.ts'
import type { MessageChanged, SessionEvent } from './session-event.ts'

const SESSION = 'default.shop'
const AT = new Date(1_700_000_000_000)
const FIGURES = {
  counters: { sent: 1, received: 2 },
  downSince: null,
  lastProofOfLifeAt: AT,
  lastInboundAt: null,
  lastDisconnect: null,
  phoneSeenAt: null,
  recovery: null,
}
const PACING = {
  day: '2026-12-01',
  timeZone: 'UTC',
  sentToday: 3,
  dailyLimit: 300,
  firstSentAt: AT,
  nextSendAt: AT,
  announced: { reachOutLock: null, messageCap: null },
}
const CHECKPOINT = { object: 'sessions/x.ckpt', generation: '1', sha256: 'ab', seq: 3, epoch: 1 }
const BACKUP = { ...CHECKPOINT, object: 'sessions/default.shop/00000000000000000003-0000000001.ckpt' }
const ERROR = { code: 'no-ack', message: 'No ack.' }

const STORED = {
  messageId: 'A1',
  chat: '5511900000002@s.whatsapp.net',
  participant: null,
  fromMe: false,
  pushName: 'Bob',
  type: 'text',
  text: 'the text',
  proto: 'cHJvdG8=',
  sentAtMs: AT.getTime(),
}

/** A message that changes the message of the document `d1`. */
const changing = (kind: ChangeKind) => ({
  ...STORED,
  messageId: 'C1',
  type: kind,
  changes: {
    kind,
    document: 'd1',
    messageId: 'A1',
    chat: STORED.chat,
    participant: null,
    fromMe: false,
    by: STORED.chat,
  },
})

const changed = <T extends MessageChanged['type']>(type: T, kind: ChangeKind) => ({
  type,
  document: 'd1',
  message: changing(kind),
  fromHistory: false,
})

const PARKED = {
  messageId: 'A2',
  from: '5511900000002@s.whatsapp.net',
  participant: null,
  kind: 'msg',
  error: ERROR,
  attempts: 5,
  size: 3,
  firstAt: AT,
  lastAt: AT,
  parkedAt: AT,
}

/** Bytes as the text that they are when nobody has sealed them. */
function asText(this: unknown, name: string, value: unknown): unknown {
  const bytes = (this as Record<string, unknown>)[name]
  return bytes instanceof Uint8Array ? Buffer.from(bytes).toString('latin1') : value
}

const TOLD = { id: 'S1', atMs: AT.getTime() }
const GROUP = '120363000000000001@g.us'
const LABEL = { id: '1', name: 'New', color: 0 }
const CALL = { ...TOLD, call: 'C1', from: STORED.chat, isVideo: false, isGroup: false }

/** One event of each type, and the document that it changes. Null: none. */
const EVENTS: { readonly [T in SessionEvent['type']]: [SessionEvent & { readonly type: T }, document: string | null] } = {
  'session.claimed': [{ type: 'session.claimed', journalPlace: 'Firestore' }, 'session'],
  'session.status': [
    { type: 'session.status', state: 'CONNECTED', reason: 'logged-in', details: { me: null }, figures: FIGURES },
    'session',
  ],
  'session.qr': [{ type: 'session.qr', qr: 'the secret', expiresAt: AT, figures: FIGURES }, 'session'],
  'session.released': [{ type: 'session.released', shown: null, figures: FIGURES }, 'session'],
  'session.crashes': [{ type: 'session.crashes', crashes: { shortLives: 1, failedTrials: 0, onTrial: true } }, 'session'],
  'session.recovery': [{ type: 'session.recovery', recovery: { open: null, taken: [] } }, 'session'],
  'session.renamed': [{ type: 'session.renamed', me: { id: '1@s.whatsapp.net', lid: null, pushName: 'Ana' } }, 'session'],
  'session.phone-seen': [{ type: 'session.phone-seen', at: AT }, 'session'],
  'session.paced': [{ type: 'session.paced', pacing: PACING }, 'session'],
  'checkpoint.written': [
    { type: 'checkpoint.written', checkpoint: CHECKPOINT, previousCheckpoint: null, trimmedTo: 0 },
    'session',
  ],
  'data-key.used': [{ type: 'data-key.used', version: 2 }, `session_keys/${SESSION}`],
  'backup.made': [
    {
      type: 'backup.made',
      backup: { checkpoint: BACKUP, why: 'requested', bytes: 5, at: AT, contents: { session: 2 }, isPinned: true },
    },
    'session/backups/00000000000000000003-0000000001',
  ],
  'state.put-aside': [
    { type: 'state.put-aside', aside: [{ reason: 'logged-out', at: AT, checkpoint: CHECKPOINT, records: null }] },
    'session',
  ],
  'state.restored': [{ type: 'state.restored', checkpoint: CHECKPOINT, aside: [] }, 'session'],
  'message.status': [{ type: 'message.status', job: 'j1', messageId: 'M1', at: AT, status: 'sent' }, 'message_queue_jobs/j1'],
  'message.acked': [
    { type: 'message.acked', document: 'd1', messageId: 'M1', chat: STORED.chat, ack: 3, at: AT },
    'session/messages/d1',
  ],
  'message.received': [
    { type: 'message.received', document: 'd1', message: STORED, position: null, fromHistory: false },
    'session/messages/d1',
  ],
  'message.edited': [changed('message.edited', 'edited'), 'session/messages/d1'],
  'message.revoked': [changed('message.revoked', 'revoked'), 'session/messages/d1'],
  'message.reaction': [changed('message.reaction', 'reaction'), 'session/messages/d1'],
  'message.pinned': [changed('message.pinned', 'pin'), 'session/messages/d1'],
  'message.kept': [changed('message.kept', 'keep'), 'session/messages/d1'],
  'poll.vote': [changed('poll.vote', 'vote'), 'session/messages/d1'],
  'event.response': [changed('event.response', 'response'), 'session/messages/d1'],
  'group.join': [{ type: 'group.join', ...TOLD, group: GROUP, facts: null }, null],
  'group.leave': [{ type: 'group.leave', ...TOLD, group: GROUP }, null],
  'group.participants': [{ type: 'group.participants', ...TOLD, group: GROUP, change: 'join', by: null, participants: [] }, null],
  'group.update': [{ type: 'group.update', ...TOLD, group: GROUP, by: null, changes: { subject: 'Friends' } }, null],
  'call.received': [{ type: 'call.received', ...CALL }, null],
  'call.accepted': [{ type: 'call.accepted', ...CALL }, null],
  'call.rejected': [{ type: 'call.rejected', ...CALL }, null],
  'call.ended': [{ type: 'call.ended', ...CALL }, null],
  'presence.update': [
    { type: 'presence.update', ...TOLD, chat: STORED.chat, participant: STORED.chat, presence: 'online', lastSeen: null },
    null,
  ],
  'chat.archive': [{ type: 'chat.archive', ...TOLD, chat: STORED.chat, archived: true }, null],
  'label.upsert': [{ type: 'label.upsert', ...TOLD, label: LABEL }, null],
  'label.deleted': [{ type: 'label.deleted', ...TOLD, label: LABEL }, null],
  'label.chat.added': [{ type: 'label.chat.added', ...TOLD, label: '1', chat: STORED.chat }, null],
  'label.chat.deleted': [{ type: 'label.chat.deleted', ...TOLD, label: '1', chat: STORED.chat }, null],
  'media.changed': [
    { type: 'media.changed', document: 'd1', state: 'gone', attempts: 2, reason: 'no-longer' },
    'session/media/d1',
  ],
  'message.parked': [
    { type: 'message.parked', document: 'd2', stanza: PARKED, content: { stanza: 'c3RhbnphCg==', plain: null } },
    'session/parked_stanzas/d2',
  ],
  'message.resolved': [{ type: 'message.resolved', document: 'd2', at: AT }, 'session/parked_stanzas/d2'],
}

/** A projection that only the tests have. It writes what a webhook delivery would. */
const delivery: Projection = ({ type }, { place }) => [
  { kind: 'merge', path: `deliveries/${type}`, fields: { order: [place.sequence, place.index] } },
]

interface Commit {
  readonly records: readonly JournalRecord[]
  readonly changes: readonly Change[]
}

function journalOf(project: Projector) {
  const commits: Commit[] = []
  const journals = {
    append: async (_: string, records: readonly JournalRecord[], changes: readonly Change[]) =>
      void commits.push({ records, changes }),
  }
  const journal = new Journal({
    journals: journals as unknown as JournalStore,
    sessionId: SESSION,
    runnerId: 'runner',
    clock: systemClock,
    random: systemRandom,
    head: { sequence: 7, epoch: 1, hash: '' },
    project,
  })
  return { journal, commits }
}

const cipher = new SessionCipher(SESSION, new Map([[1, Buffer.alloc(32, 1)]]), 1)

/** The document that merges of one path leave. */
const documentOf = (merges: readonly Merge[]): Record<string, unknown> => {
  const fields = Object.assign({}, ...merges.map((merge) => merge.fields)) as Record<string, unknown>
  return Object.fromEntries(
    Object.entries(fields).map(([name, value]) => [name, value instanceof Append ? value.elements : value]),
  )
}

const pathsOf = ({ changes }: Commit): string[] =>
  changes.map(({ path }) => path.replace(`whatsapp_connection_states/${SESSION}`, 'session'))

describe('a projection that is added to the others', () => {
  test.each(Object.values(EVENTS))('has its merge in the commit of the record: $type', async (event, document) => {
    const { journal, commits } = journalOf(projectorOf([...PROJECTIONS, delivery]))
    journal.unlock(cipher)
    await journal.whenDurable(journal.append({ mutation: { creds: 'changed' }, events: [event] }))

    expect(commits).toHaveLength(1)
    expect(commits.map(({ records }) => records.map(({ seq }) => seq))).toEqual([[8]])
    expect(commits.map(pathsOf)).toEqual([[...(document === null ? [] : [document]), `deliveries/${event.type}`]])
    expect(commits[0]?.changes.at(-1)).toMatchObject({ fields: { order: [8, 0] } })
  })

  test('has its merges next to the other writes of the same entry, in the order of the entries', async () => {
    const { journal, commits } = journalOf(projectorOf([delivery]))
    const [status] = EVENTS['message.status']
    journal.append({ events: [status], writes: () => [{ kind: 'merge', path: 'actions/a', fields: {} }] })
    await journal.whenDurable(journal.append({ events: [status, EVENTS['message.resolved'][0]] }))

    expect(commits.flatMap(pathsOf)).toEqual([
      'deliveries/message.status',
      'actions/a',
      'deliveries/message.status',
      'deliveries/message.resolved',
    ])
  })
})

describe('the merges of the projections', () => {
  const project = projectorOf(PROJECTIONS)
  const record = { sessionId: SESSION, place: { sequence: 8, index: 2, prevHash: '' }, cipher: () => cipher }

  test('seal secrets, which open only for their own place', () => {
    const sending = { type: 'message.status' as const, job: 'j1', messageId: 'M1', at: AT, status: 'processing' as const }
    const attempt = { ...sending, attempt: 1, lastError: null, proto: Buffer.from('the text') }
    const secrets = [EVENTS['session.qr'][0], EVENTS['message.received'][0], EVENTS['message.parked'][0], attempt]
    const sealed = project(secrets, record).flatMap(({ fields }) => {
      const { pairing, content, proto } = fields as { pairing?: { qr: Buffer } | null; content?: Buffer; proto?: Buffer }
      return pairing?.qr ?? content ?? proto ?? []
    })
    const [qr, message, parked, job] = sealed as [Buffer, Buffer, Buffer, Buffer]

    for (const bytes of sealed) expect(bytes.toString()).not.toMatch(/the secret|the text|c3RhbnphCg/)
    expect(cipher.openContent(qr, pairingPlace(SESSION)).toString()).toBe('the secret')
    expect(openReceivedContent(cipher, 'd1', { content: message })).toMatchObject({ text: 'the text' })
    expect(cipher.openContent(parked, parkedStanzaPlace(SESSION, 'd2')).toString()).toContain('c3RhbnphCg==')
    expect(openJobProto(cipher, 'j1', job).toString()).toBe('the text')
  })

  test('seal the name of a sender with its message, and mask it beside that', () => {
    const [received] = EVENTS['message.received']
    const [merge] = project([received], record).filter(({ fields }) => 'pushName' in fields)
    const fields = merge?.fields ?? {}
    const { content, ...readable } = fields as { content: Buffer; pushName: string }
    expect(readable.pushName).toBe('B…')
    expect(JSON.stringify(readable)).not.toContain('Bob')
    expect(openReceivedContent(cipher, 'd1', { content }).pushName).toBe('Bob')
    expect(openMessage(cipher, { id: 'd1', fields }).pushName).toBe('Bob')
  })

  test('seal who writes to whom, and leave it readable in no field, no id and nothing that webhooks are to tell', () => {
    const config = { webhooks: [{ url: 'https://receiver.example', events: ['*'] }] }
    const account = { session: 'shop', me: null, publicUrl: '', version: '1.2.3' }
    const webhooks = webhookViewOf({
      sessionId: SESSION,
      tenant: 'default',
      config,
      tenantWebhooks: [],
      isLive: true,
      ...account,
    })
    const events = Object.values(EVENTS).map(([event]) => event)
    // A job to send has its chat in the clear: an operator has to see for whom it is.
    const merges = project(events, { ...record, webhooks }).filter(({ path }) => !path.startsWith('message_queue_jobs/'))
    const told = merges.filter(({ path }) => /^(webhook_deliveries|live_events)/.test(path))
    expect(told.length).toBeGreaterThan(30)
    const texts = merges.map(({ path, fields }) => `${path} ${JSON.stringify(fields, asText)}`)
    expect(texts.filter((text) => /5511900000002|120363000000000001/.test(text))).toEqual([])
  })

  test('order messages by their place in the log, and messages of one entry after those with an entry of their own', () => {
    const [received] = EVENTS['message.received']
    const orders = [received, { ...received, position: 0 }, { ...received, position: 12 }].flatMap((event) =>
      project([event], record).map(({ fields }) => fields['order']),
    )

    expect(orders).toEqual(['00000000000000000008-000002', '00000000000000000008-003000', '00000000000000000008-003012'])
  })

  test('keep what has changed a message beside it, and the message as it was', () => {
    const received = EVENTS['message.received'][0]
    const edit = { ...EVENTS['message.edited'][0], message: { ...changing('edited'), text: 'the new text' } }
    const merges = project([received, edit, EVENTS['message.reaction'][0], EVENTS['message.pinned'][0]], record)
    const fields = documentOf(merges)

    expect(JSON.stringify(merges)).not.toContain('the new text')
    expect(openMessage(cipher, { id: 'd1', fields })).toMatchObject({
      messageId: 'A1',
      text: 'the text',
      edited: { text: 'the new text' },
      reactions: [{ by: STORED.chat, text: 'the text' }],
    })
  })

  test('let nobody edit or revoke the message of the other side', () => {
    const received = EVENTS['message.received'][0]
    const forged = { ...changing('edited'), fromMe: true, text: 'never said' }
    const events = [received, { ...EVENTS['message.edited'][0], message: forged }]
    const fields = documentOf(project(events, record))

    expect(openMessage(cipher, { id: 'd1', fields })).not.toHaveProperty('edited')
  })

  test('clear the details of the state before', () => {
    const [status] = EVENTS['session.status']
    const [merge] = project([{ ...status, state: 'BACKOFF', reason: 'connection-lost', details: { nextAttemptAt: AT } }], record)

    expect(merge?.fields).toMatchObject({ state: 'BACKOFF', nextAttemptAt: AT, pairing: null, bannedUntil: null, journalHead: 8 })
  })

  test('state the end of a ban', () => {
    const [status] = EVENTS['session.status']
    const banned = { ...status, state: 'BANNED' as const, reason: 'temporarily-banned' as const, details: { bannedUntil: AT } }
    const [merge] = project([banned], record)

    expect(merge?.fields).toMatchObject({ bannedUntil: AT, sentence: expect.stringContaining('until 2023-11-14') })
  })

  test('are refused while there is no key to seal them', async () => {
    const { journal, commits } = journalOf(project)
    const refused: string[] = []
    journal.append({ events: [EVENTS['session.qr'][0]], onRefused: () => refused.push('qr') })
    await journal.whenDurable(journal.append({ events: [EVENTS['session.released'][0]] }))

    expect(refused).toEqual(['qr'])
    expect(commits.map(pathsOf)).toEqual([['session']])
  })
})
