import { describe, expect, test } from 'vitest'
import { StateImage } from '@holdfast/core/journal/state-image'
import { DEFAULT_TENANT_SETTINGS } from '@holdfast/core/operations/tenant-settings'
import type { Clock, Random } from '@holdfast/core/platform/ports'
import { systemClock, systemRandom } from '@holdfast/core/platform/system-clock'
import type { AnnouncedLimit } from '../../whatsapp/port.ts'
import { Pacer, type PaceChange } from './pacer.ts'
import type { PacingSettings } from './pacing.ts'

const NOW = Date.parse('2026-12-01T12:00:00Z')
const ANA = '5511900000001@s.whatsapp.net'
const BOB = '5511900000002@s.whatsapp.net'
const NEW_SESSION = { createdAt: new Date(NOW), counters: { sent: 0 }, pacing: null }

/** A session whose state is what its records say: `restart` makes the pacer of its next owner. */
class PacedSession {
  nowMs = NOW
  settings: PacingSettings = { ...DEFAULT_TENANT_SETTINGS.pacing, ramp: [], timeZone: 'UTC' }
  document = { ...NEW_SESSION } as ConstructorParameters<typeof Pacer>[0]['document']
  image = new StateImage()
  readonly strangers = new Set<string>()
  pacer = this.#newPacer()

  restart(): void {
    this.pacer = this.#newPacer()
  }

  send(chat: string): void {
    expect(this.pacer.holdOf(chat)).toBeNull()
    this.record(this.pacer.sent(chat))
  }

  record({ keys, events }: PaceChange): void {
    this.image.apply({ keys })
    for (const event of events) if (event.type === 'session.paced') this.document = { ...this.document, pacing: event.pacing }
  }

  announce(limit: AnnouncedLimit): void {
    const change = this.pacer.announced(limit)
    if (change) this.record(change)
  }

  #newPacer(): Pacer {
    const clock: Clock = { ...systemClock, now: () => this.nowMs }
    const random: Random = { ...systemRandom, fraction: () => 0 }
    return new Pacer({
      image: this.image,
      settings: () => this.settings,
      clock,
      random,
      document: this.document,
      contactOf: (chat) => chat.replace('lid:', ''),
      isCold: (chat) => this.strangers.has(chat),
    })
  }
}

describe('a paced session', () => {
  test('pauses after each message, for every recipient', () => {
    const session = new PacedSession()
    session.send(ANA)
    expect(session.pacer.holdOf(BOB)).toEqual({ reason: 'pacing-delay', untilMs: NOW + 25_000 })
    session.nowMs += 25_000
    session.send(BOB)
  })

  test('waits longer before a second message to a recipient, under any of its names', () => {
    const session = new PacedSession()
    session.send(ANA)
    session.nowMs += 25_000
    const gap = { reason: 'recipient-gap', untilMs: NOW + 60_000 }
    expect([session.pacer.holdOf(ANA), session.pacer.holdOf(`lid:${ANA}`)]).toEqual([gap, gap])
  })

  test('follows a change of its settings at once', () => {
    const session = new PacedSession()
    session.send(ANA)
    session.settings = { ...session.settings, enabled: false }
    expect(session.pacer.holdOf(ANA)).toBeNull()
    expect(session.pacer.sent(ANA)).toEqual({ keys: {}, events: [] })
  })

  test('keeps its counts, its pause and its gaps when another owner takes over', () => {
    const session = new PacedSession()
    session.send(ANA)
    session.document = NEW_SESSION
    session.restart()
    expect(session.pacer.figures).toMatchObject({ day: '2026-12-01', sentToday: 1, nextSendAt: new Date(NOW + 25_000) })
    session.nowMs += 25_000
    expect(session.pacer.holdOf(ANA)?.reason).toBe('recipient-gap')
  })

  test('keeps its counts and its pause when a restore loses all its records', () => {
    const session = new PacedSession()
    session.send(ANA)
    session.image = new StateImage()
    session.restart()
    expect(session.pacer.figures).toMatchObject({ sentToday: 1 })
    expect(session.pacer.holdOf(BOB)).toEqual({ reason: 'pacing-delay', untilMs: NOW + 25_000 })
  })

  test('counts a message in the record of its attempt', () => {
    const session = new PacedSession()
    const { keys, events } = session.pacer.sent(ANA)
    expect(Object.keys(keys)).toEqual(['pacing', 'paced-recipient'])
    expect(events).toEqual([{ type: 'session.paced', pacing: session.pacer.figures }])
  })
})

describe('the recipients that a session remembers', () => {
  test('are forgotten when their gap is over', () => {
    const session = new PacedSession()
    session.send(ANA)
    session.nowMs += 60_000
    session.send(BOB)
    expect([...session.image.entries('paced-recipient')].map(([id]) => id)).toEqual([BOB])
  })

  test('are a thousand at most', () => {
    const session = new PacedSession()
    session.settings = { ...session.settings, minDelayMs: 0, maxDelayMs: 0, dailyLimit: 5000 }
    for (let i = 0; i < 1010; i++) session.send(`${i}@s.whatsapp.net`)
    expect(session.image.count('paced-recipient')).toBe(1000)
    expect(session.image.get('paced-recipient', '9@s.whatsapp.net')).toBeUndefined()
    expect(session.pacer.holdOf('10@s.whatsapp.net')?.reason).toBe('recipient-gap')
  })

  test('are none without a gap', () => {
    const session = new PacedSession()
    session.settings = { ...session.settings, recipientGapMs: 0 }
    expect(session.pacer.sent(ANA).keys).not.toHaveProperty('paced-recipient')
  })
})

describe('a limit of WhatsApp', () => {
  test('holds new chats, survives the owner, and ends when it is lifted', () => {
    const session = new PacedSession()
    session.strangers.add(ANA)
    session.announce({ kind: 'reach-out-lock', type: 'DEFAULT', untilMs: NOW + 90_000 })
    session.restart()
    expect(session.pacer.holdOf(ANA)).toEqual({ reason: 'reach-out-lock', untilMs: NOW + 90_000 })
    expect(session.pacer.holdOf(BOB)).toBeNull()
    session.announce({ kind: 'reach-out-lock', type: 'DEFAULT', untilMs: null })
    expect(session.pacer.holdOf(ANA)).toBeNull()
  })

  test('is no news when it is known, or when there was none', () => {
    const { pacer } = new PacedSession()
    expect(pacer.announced({ kind: 'reach-out-lock', type: 'DEFAULT', untilMs: null })).toBeNull()
    const lock = { kind: 'reach-out-lock', type: 'DEFAULT', untilMs: NOW + 90_000 } as const
    const cap = { kind: 'message-cap', status: 'CAPPED', used: 1, total: 1, untilMs: null } as const
    expect([pacer.announced(lock), pacer.announced(cap)]).not.toContain(null)
    expect([pacer.announced(lock), pacer.announced(cap)]).toEqual([null, null])
    expect(pacer.announced({ ...lock, untilMs: NOW + 91_000 })).not.toBeNull()
    expect(pacer.announced({ ...lock, untilMs: NOW + 91_000, type: 'BIZ_QUALITY' })).not.toBeNull()
    expect(pacer.announced({ ...lock, untilMs: NOW + 91_000 })).toBeNull()
  })

  test('is shown beside the other one', () => {
    const { pacer } = new PacedSession()
    pacer.announced({ kind: 'reach-out-lock', type: 'BIZ_QUALITY', untilMs: NOW + 90_000 })
    pacer.announced({ kind: 'message-cap', status: 'CAPPED', used: 10, total: 10, untilMs: null })
    expect(pacer.figures.announced).toMatchObject({
      reachOutLock: { type: 'BIZ_QUALITY', until: new Date(NOW + 90_000) },
      messageCap: { status: 'CAPPED', used: 10, total: 10, until: null },
    })
  })
})
