import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest'
import { systemClock } from '@holdfast/core/platform/system-clock'
import { DialPlace, type DialKind } from './dial-place.ts'

let asked: { kind: DialKind; grant(): void; ended: boolean }[]
let woken: number
let place: DialPlace

beforeEach(() => {
  vi.useFakeTimers()
  asked = []
  woken = 0
  place = new DialPlace({
    clock: systemClock,
    wake: () => woken++,
    ask: (kind, onGranted) => {
      const turn = { isGranted: false, end: () => (entry.ended = true) }
      const entry = {
        kind,
        ended: false,
        grant: () => {
          turn.isGranted = true
          onGranted()
        },
      }
      asked.push(entry)
      return turn
    },
  })
})

afterEach(() => {
  vi.useRealTimers()
})

const dial = (kind: DialKind) => {
  place.mayDial(kind)
  asked.at(-1)?.grant()
  expect(place.mayDial(kind)).toBe(true)
  place.dialled()
}

describe('the turn of a session', () => {
  test('is asked for once, and wakes the session when it is granted', () => {
    expect([place.mayDial('login'), place.mayDial('login')]).toEqual([false, false])
    expect(asked).toMatchObject([{ kind: 'login', ended: false }])
    asked[0]?.grant()
    expect(woken).toBe(1)
    expect(place.mayDial('login')).toBe(true)
  })

  test('is given back when the session does not dial', () => {
    place.mayDial('pairing')
    place.leave()
    expect(asked).toMatchObject([{ ended: true }])
    place.mayDial('login')
    expect(asked).toMatchObject([{ ended: true }, { kind: 'login', ended: false }])
  })
})

describe('the place of a session', () => {
  test('that has logged in before is freed as soon as it dials', () => {
    dial('login')
    expect(asked).toMatchObject([{ ended: true }])
    expect(place.isTaken).toBe(false)
  })

  test('that has no phone yet is freed with its first QR code', () => {
    dial('pairing')
    expect(place.isTaken).toBe(true)
    place.qrShown()
    expect(asked).toMatchObject([{ ended: true }])
  })

  test('that logs in for the first time is freed when WhatsApp is quiet for 3 s after the connection opened', () => {
    dial('first-login')
    vi.advanceTimersByTime(20_000)
    place.leaveWhenSettled()
    expect(place.settlesAtMs).toBe(Number.POSITIVE_INFINITY)
    place.opened()
    for (let frame = 0; frame < 5; frame++) {
      vi.advanceTimersByTime(2999)
      place.leaveWhenSettled()
      place.heard()
    }
    expect(place.isTaken).toBe(true)
    expect(place.settlesAtMs).toBe(systemClock.now() + 3000)
    vi.advanceTimersByTime(3000)
    place.leaveWhenSettled()
    expect(asked).toMatchObject([{ ended: true }])
    expect(place.settlesAtMs).toBe(Number.POSITIVE_INFINITY)
  })

  test('is freed when the connection ends', () => {
    dial('first-login')
    place.opened()
    place.leave()
    expect(asked).toMatchObject([{ ended: true }])
  })
})
