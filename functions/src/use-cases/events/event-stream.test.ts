import type { Clock } from '@holdfast/core/platform/ports'
import { HoldfastError } from '@holdfast/core/platform/errors'
import { describe, expect, it } from 'vitest'
import { EventStream } from './event-stream.ts'
import { Feed, MOST_GONE, type Tell } from './feed.ts'

const principal = { key: 'k', tenant: 'default', role: 'operator', sessions: 'all', requestsPerMinute: null } as const

/** A clock that a test moves. */
function handClock() {
  const timers = new Set<{ at: number; readonly every: number | null; readonly callback: () => void }>()
  let now = 0
  const add = (delay: number, every: number | null, callback: () => void) => {
    const timer = { at: now + delay, every, callback }
    timers.add(timer)
    return () => void timers.delete(timer)
  }
  const clock = {
    after: (delayMs: number, callback: () => void) => add(delayMs, null, callback),
    every: (intervalMs: number, callback: () => void) => add(intervalMs, intervalMs, callback),
  } as unknown as Clock
  const move = (ms: number): void => {
    now += ms
    for (const timer of timers) {
      if (timer.at > now || !timers.has(timer)) continue
      if (timer.every === null) timers.delete(timer)
      else timer.at = now + timer.every
      timer.callback()
    }
  }
  return { clock, move, timers }
}

function stream(options: Partial<ConstructorParameters<typeof EventStream>[0]> = {}) {
  let order = 0
  let tell: Tell = () => {}
  const begin = (told: Tell) => {
    tell = told
    return { opened: Promise.resolve(), close: () => {} }
  }
  const feed = new Feed(begin, () => ++order)
  const say = (id: string, data: unknown): void => tell({ kind: 'session', id, data, isFor: () => true })
  const hand = handClock()
  let ends = 0
  const made = (more: typeof options = {}) =>
    new EventStream({
      principal,
      feeds: [feed],
      era: 'era',
      lastEventId: undefined,
      once: false,
      again: () => Promise.resolve(principal),
      clock: hand.clock,
      endsAfterMs: 50_000,
      ended: () => ends++,
      ...options,
      ...more,
    })
  return { say, feed, made, ...hand, ends: () => ends }
}

const dataIn = (text: string | null): unknown[] =>
  [...(text ?? '').matchAll(/^event: session\ndata: (.*)$/gm)].map(([, data = '']) => JSON.parse(data))

describe('a caller that reads slowly', () => {
  it('gets the last state of each thing, and nothing of what came between', async () => {
    const { say, made } = stream()
    const slow = made()
    await slow.next()
    for (let number = 0; number < 10_000; number++) for (const id of ['a', 'b']) say(id, { id, number })
    const last = [
      { id: 'a', number: 9999 },
      { id: 'b', number: 9999 },
    ]
    expect(dataIn(await slow.next())).toEqual(last)
  })

  it('gets a large state in pieces, each with ids from which it could go on', async () => {
    const { say, made } = stream()
    const things = Array.from({ length: 400 }, (_, number) => ({ id: String(number), text: 'x'.repeat(1000) }))
    for (const thing of things) say(thing.id, thing)
    const first = made()
    await first.next()
    const piece = (await first.next()) ?? ''
    expect(piece.length).toBeLessThan(70_000)
    const lastEventId = [...piece.matchAll(/^id: (.*)$/gm)].at(-1)?.[1]
    const second = made({ lastEventId })
    let rest = ''
    while (!rest.includes('event: ready')) rest += await second.next()
    expect([...dataIn(piece), ...dataIn(rest)]).toEqual(things)
  })
})

describe('a stream', () => {
  it('says something every 15 seconds, and ends by itself in time', async () => {
    const { made, move, timers, feed, ends } = stream()
    const each = made()
    expect(await each.next()).toMatch(/^retry: 1000\n\nid: era\..*\.0\nevent: begin\ndata: {"full":true}\n\n$/)
    expect(await each.next()).toContain('event: ready')
    move(15_000)
    expect(await each.next()).toBe(': still here\n\n')
    const next = each.next()
    move(50_000)
    expect(await next).toBeNull()
    expect([timers.size, feed.hearers.size, ends()]).toEqual([0, 0, 1])
  })

  it('ends when its key is refused or has other rights, and not when the database is away', async () => {
    const answers = [
      () => Promise.reject(new HoldfastError('unavailable', 'away')),
      () => Promise.resolve(principal),
      () => Promise.resolve({ ...principal, role: 'read' as const }),
    ]
    const { made, move } = stream({ again: () => answers.shift()?.() ?? Promise.reject(new Error('no more')) })
    const each = made()
    for (const isOver of [false, false, true]) {
      move(5000)
      await Promise.resolve().then(() => {})
      await new Promise(setImmediate)
      expect(each.isOver).toBe(isOver)
    }
    expect(await each.next()).toBeNull()
  })

  it('goes on where it ended with the last things that are gone, and begins anew when some of them were forgotten', async () => {
    const { say, feed, made } = stream()
    say('kept', { id: 'kept' })
    say('first', { id: 'first' })
    const before = made()
    await before.next()
    const lastEventId = [...((await before.next()) ?? '').matchAll(/^id: (.*)$/gm)].at(-1)?.[1]
    say('first', { id: 'first', gone: true })
    const second = made({ lastEventId })
    expect(await second.next()).toContain('{"full":false}')
    expect(dataIn(await second.next())).toEqual([{ id: 'first', gone: true }])
    for (let number = 0; number < MOST_GONE; number++) say(String(number), { gone: true })
    expect(feed.items).toHaveLength(1 + MOST_GONE)
    const third = made({ lastEventId })
    expect(await third.next()).toContain('{"full":true}')
    expect(dataIn(await third.next())).toContainEqual({ id: 'kept' })
  })

  it('takes the id of another caller or of another process for none', async () => {
    const { made } = stream()
    for (const lastEventId of ['other.12345678.5', 'era.12345678.5', 'era', 'era.x.9e99']) {
      expect(await made({ lastEventId }).next()).toContain('{"full":true}')
    }
  })
})
