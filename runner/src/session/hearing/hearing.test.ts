import { describe, expect, test } from 'vitest'
import type { Clock } from '@holdfast/core/platform/ports'
import { systemClock } from '@holdfast/core/platform/system-clock'
import type { Heard } from '../../whatsapp/heard.ts'
import { Hearing } from './hearing.ts'
import { HearingPeers } from './peers.ts'

const MINUTE_MS = 60_000
const AFTER_MS = 5 * MINUTE_MS
const SERVER_MS = 1_800_000_000_000

const stanza = (more: Partial<Heard> = {}): Heard => ({
  kind: 'message',
  id: 'A1',
  atMs: SERVER_MS,
  isBacklog: false,
  isFromPhone: false,
  ...more,
})

/** A session with an open connection that answers pings all the time. */
function listening(peers = new HearingPeers()) {
  let nowMs = 0
  const clock: Clock = { ...systemClock, monotonic: () => nowMs }
  const hearing = new Hearing({ clock, sessionId: 'default.shop', peers, afterMs: AFTER_MS })
  const open = (): void => {
    hearing.loggedIn(SERVER_MS + nowMs)
    hearing.opened()
  }
  open()
  hearing.backlog({ what: 'over', count: 0 })
  hearing.heard(stanza({ kind: 'other', id: null }))
  return {
    hearing,
    open,
    peers,
    pass(minutes: number, { answers = true } = {}): void {
      nowMs += minutes * MINUTE_MS
      if (answers) hearing.answered()
    },
    get verdict(): string {
      const { hearing: word, evidence } = hearing.judge()
      return evidence === null ? word : `${word}: ${evidence}`
    },
    get now(): number {
      return nowMs
    },
  }
}

describe('silence', () => {
  test('of days is no evidence', () => {
    const session = listening()
    for (let hour = 0; hour < 72; hour++) session.pass(60)
    expect(session.verdict).toBe('hears')
  })

  test('is no evidence either for a session that sends a little, or whose contacts are away', () => {
    const session = listening()
    for (const id of ['1', '2']) {
      session.hearing.sent(id, 'a contact')
      session.hearing.acked(id)
    }
    session.pass(600)
    expect(session.verdict).toBe('hears')
  })

  test('of a server that does not even answer pings is for the keep-alive', () => {
    const session = listening()
    session.hearing.sent('1', 'a contact')
    session.pass(10, { answers: false })
    expect(session.verdict).toBe('hears')
  })
})

describe('a session is deaf', () => {
  test('when its messages get no ack although WhatsApp answers', () => {
    const session = listening()
    session.hearing.sent('1', 'a contact')
    session.pass(4)
    expect(session.verdict).toBe('hears')
    session.pass(1)
    expect(session.verdict).toBe('deaf: no-acks')
    session.hearing.heard(stanza())
    expect(session.verdict).toBe('hears')
  })

  test('when a backlog is announced and does not come', () => {
    const session = listening()
    session.hearing.heard(stanza({ kind: 'other', id: null }))
    session.hearing.backlog({ what: 'announced', count: 3 })
    session.pass(5)
    expect(session.verdict).toBe('deaf: backlog-withheld')
  })

  test('when the phone has changed something of which no notice comes', () => {
    const session = listening()
    session.pass(15)
    expect(session.hearing.asks(15 * MINUTE_MS)).toBe(true)
    session.hearing.told('news')
    expect(session.verdict).toBe('hears')
    session.pass(5)
    expect(session.verdict).toBe('deaf: news-withheld')
  })

  test('when WhatsApp answers pings and no questions', () => {
    const session = listening()
    session.pass(15)
    session.hearing.told('unanswered')
    expect(session.verdict).toBe('hears')
    session.hearing.told('unanswered')
    expect(session.verdict).toBe('deaf: no-answers')
  })

  test('when a message that arrived is never read', () => {
    const session = listening()
    session.pass(10)
    session.hearing.looked({ heldForMs: 0, readingForMs: 6 * MINUTE_MS })
    expect(session.verdict).toBe('deaf: reading-stuck')
  })

  test('and not when its own side holds everything back', () => {
    const session = listening()
    session.hearing.sent('1', 'a contact')
    session.pass(10)
    session.hearing.looked({ heldForMs: 9 * MINUTE_MS, readingForMs: 9 * MINUTE_MS })
    expect(session.verdict).toBe('hears')
  })
})

describe('a hint', () => {
  const send = ({ hearing }: ReturnType<typeof listening>, chats: readonly string[]): void => {
    for (const [index, chat] of chats.entries()) {
      hearing.sent(String(index), chat)
      hearing.acked(String(index))
    }
  }

  test('is a row of messages to several chats without any receipt', () => {
    const session = listening()
    send(session, ['a', 'b', 'a'])
    session.pass(5)
    expect(session.verdict).toBe('hints: no-receipts')
  })

  test('is one chat only where receipts came before', () => {
    const session = listening()
    send(session, ['a', 'a', 'a'])
    session.pass(5)
    expect(session.verdict).toBe('hears')
    session.hearing.heard(stanza({ kind: 'receipt' }))
    send(session, ['a', 'a', 'a'])
    session.pass(5)
    expect(session.verdict).toBe('hints: no-receipts')
  })

  test('is none while no other session of the runner hears anything either', () => {
    const peers = new HearingPeers()
    peers.heard('default.other', -1)
    const session = listening(peers)
    session.pass(1)
    send(session, ['a', 'b', 'a'])
    session.pass(5)
    expect(session.verdict).toBe('hears')
    peers.heard('default.other', session.now)
    expect(session.verdict).toBe('hints: no-receipts')
  })

  test('is a login after which the server never says that the backlog is over', () => {
    const session = listening()
    session.hearing.closed()
    session.open()
    expect(session.verdict).toBe('unknown')
    session.pass(5)
    expect(session.verdict).toBe('hints: no-end-of-backlog')
  })
})

describe('what the next connection brings', () => {
  const reconnect = (session: ReturnType<typeof listening>): void => {
    session.hearing.closed()
    session.open()
  }

  test('shows that the one before withheld it', () => {
    const session = listening()
    session.pass(30)
    reconnect(session)
    session.hearing.heard(stanza({ id: 'B1', atMs: SERVER_MS + 10 * MINUTE_MS, isBacklog: true }))
    expect(session.hearing.withheld).toBe(1)
  })

  test('shows nothing when it arrived before, or was sent while nothing was connected', () => {
    const session = listening()
    session.pass(10)
    session.hearing.heard(stanza({ id: 'B1', atMs: SERVER_MS + 10 * MINUTE_MS }))
    session.pass(20)
    session.hearing.closed()
    session.pass(30)
    session.open()
    session.hearing.heard(stanza({ id: 'B1', atMs: SERVER_MS + 10 * MINUTE_MS, isBacklog: true }))
    session.hearing.heard(stanza({ id: 'B2', atMs: SERVER_MS + 45 * MINUTE_MS, isBacklog: true }))
    expect(session.hearing.withheld).toBe(0)
  })
})

test('the server is asked for news only in silence, and more and more rarely', () => {
  const session = listening()
  const asked: number[] = []
  for (let minute = 1; minute <= 12 * 60; minute++) {
    session.pass(1)
    if (session.hearing.asks(15 * MINUTE_MS)) asked.push(minute)
  }
  expect(asked).toEqual([15, 30, 60, 120, 240, 360, 480, 600, 720])
})
