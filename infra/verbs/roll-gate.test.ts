import { describe, expect, test } from 'vitest'
import { gate, type Observations, type ObservedRunner } from './roll-gate.ts'

const MINUTE = 60_000
const WATCH_MS = 10 * MINUTE

const runner = (revision: string, more: Partial<ObservedRunner> = {}): ObservedRunner => ({
  revision,
  silentForMs: 2000,
  deadAfterMs: 12_000,
  isAtWork: true,
  shortLives: 0,
  sessions: 50,
  connecting: 0,
  ...more,
})

const seen = (more: Partial<Observations> = {}): Observations => ({
  newest: 'r2',
  elapsedMs: 10 * MINUTE,
  runners: [runner('r1'), runner('r2')],
  unowned: 0,
  unownedForMs: 0,
  fences: 0,
  ends: 0,
  complaint: null,
  ...more,
})

const verdict = (more: Partial<Observations>) => gate(seen(more), WATCH_MS)

test('a step that was calm for its whole time lets the next one come', () => {
  expect(verdict({})).toEqual({ gate: 'go', reasons: [] })
  expect(verdict({ fences: 2 }).gate).toBe('go')
  expect(verdict({ runners: [runner('r2', { connecting: 3 })] }).gate).toBe('go')
})

describe('it waits', () => {
  test.each<[string, Partial<Observations>, string]>([
    ['for the rest of its time', { elapsedMs: 4 * MINUTE }, 'The watch goes on for 6 min.'],
    ['while sessions have no owner', { unowned: 2, unownedForMs: MINUTE }, '2 sessions have no owner.'],
    [
      'while sessions reconnect, of whichever runner',
      { runners: [runner('r1', { connecting: 4 }), runner('r2', { connecting: 2 })] },
      '6 sessions are on the way to a connection.',
    ],
    [
      'while a runner is silent',
      { runners: [runner('r2'), runner('r2', { silentForMs: 13_000 })] },
      '1 of the runners of r2 are silent.',
    ],
    ['for the first runner', { elapsedMs: MINUTE, runners: [runner('r1')] }, 'No runner of r2 is at work yet.'],
  ])('%s', (_why, more, reason) => {
    const { gate: said, reasons } = verdict(more)
    expect(said).toBe('wait')
    expect(reasons).toContain(reason)
  })
})

describe('it goes back', () => {
  test.each<[string, Partial<Observations>, string]>([
    ['when sessions stay without an owner', { unowned: 3, unownedForMs: 6 * MINUTE }, '3 sessions have had no owner for 6 min.'],
    ['when sessions are fenced', { fences: 3 }, '3 sessions changed their owner without a hand-over; 2 are expected.'],
    ['when runners end by themselves', { ends: 3, elapsedMs: MINUTE }, '3 runners of r2 have ended by themselves.'],
    [
      'when a container dies young again',
      { runners: [runner('r2', { shortLives: 2 })] },
      '1 of the runners of r2 are in a crash loop.',
    ],
    [
      'when a runner is not heard',
      { runners: [runner('r2', { silentForMs: 60_000 })] },
      '1 of the runners of r2 are not heard any more.',
    ],
    [
      'when none comes to work',
      { elapsedMs: 6 * MINUTE, runners: [runner('r2', { isAtWork: false })] },
      'No runner of r2 has come to work in 6 min.',
    ],
    ['when Cloud Run refuses it', { complaint: 'The image is gone.' }, 'Cloud Run says: The image is gone.'],
    [
      'when it does not settle',
      { elapsedMs: 31 * MINUTE, runners: [runner('r2', { connecting: 9 })] },
      'After 31 min it has not settled.',
    ],
  ])('%s', (_why, more, reason) => {
    const { gate: said, reasons } = verdict(more)
    expect(said).toBe('back')
    expect(reasons).toContain(reason)
  })

  test('but not for a runner of the old revision, which has to leave anyway', () => {
    const old = runner('r1', { silentForMs: 60_000, shortLives: 5, isAtWork: false })
    expect(verdict({ runners: [old, runner('r2')] })).toEqual({ gate: 'go', reasons: [] })
  })
})

test('a large fleet may have more of what is normal', () => {
  const runners = Array.from({ length: 40 }, () => runner('r2', { connecting: 2 }))
  expect(verdict({ runners, fences: 20 })).toEqual({ gate: 'go', reasons: [] })
  expect(verdict({ runners, fences: 21 }).gate).toBe('back')
})
