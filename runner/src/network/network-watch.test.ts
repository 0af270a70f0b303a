import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest'
import type { OutageVerdict } from '@holdfast/core/operations/network-report'
import { createLogger } from '@holdfast/core/platform/logging'
import { systemClock } from '@holdfast/core/platform/system-clock'
import type { Weather } from './dial-breaker.ts'
import { NetworkWatch } from './network-watch.ts'

type State = 'works' | 'fails'

const MINUTE_MS = 60_000

let network: { whatsapp: State; neutral: State; google: State }
let looks: number
let fleet: { verdict: OutageVerdict; sinceMs: number; isAnywhere: boolean }
let tasks: boolean | undefined
let weather: Weather[]
let tellFleet: () => void
let watch: NetworkWatch

beforeEach(() => {
  vi.useFakeTimers()
  network = { whatsapp: 'works', neutral: 'works', google: 'works' }
  looks = 0
  fleet = { verdict: 'none', sinceMs: 0, isAnywhere: false }
  weather = []
  tasks = undefined
  tellFleet = () => {}
  watch = new NetworkWatch({
    clock: systemClock,
    logger: createLogger('test', 'silent'),
    policy: { troubleEveryMs: 5000, idleEveryMs: 5 * MINUTE_MS },
    prober: {
      look: async () => {
        looks++
        const outcome = (state: State) => ({ ok: state === 'works', ms: null, error: state === 'works' ? null : 'ETIMEDOUT' })
        return { whatsapp: outcome(network.whatsapp), neutral: outcome(network.neutral) }
      },
      stop() {},
    },
    fleet: {
      get present() {
        return fleet
      },
      start(onChange) {
        tellFleet = onChange
      },
      stop() {},
    },
    breaker: { judge: (next) => weather.push(next), cameThrough() {}, failed() {}, stop() {} },
    google: () => ({ google: network.google === 'works', ...(tasks === undefined ? {} : { tasks }) }),
  })
  watch.start()
})

afterEach(async () => {
  await watch.stop()
  expect(vi.getTimerCount()).toBe(0)
  vi.useRealTimers()
})

const pass = (ms: number) => vi.advanceTimersByTimeAsync(ms)
const sessionsOf = (count: number) => Array.from({ length: count }, (_, index) => watch.of(`default.s${index}`))

const connected = async (count: number) => {
  const sessions = sessionsOf(count)
  for (const session of sessions) session.opened()
  await pass(1000)
  looks = 0
  return sessions
}

describe('while all is well', () => {
  test('sessions that hear WhatsApp are proof, so that nothing is probed', async () => {
    const sessions = await connected(3)
    for (let minute = 0; minute < 60; minute++) {
      sessions[minute % 3]?.heard()
      await pass(MINUTE_MS - 1)
    }
    expect(looks).toBe(0)
    expect(watch.report()).toMatchObject({ verdict: 'none', dials: { sessions: 3, failing: 0 } })
  })

  test('a runner without sessions probes rarely', async () => {
    await pass(0)
    looks = 0
    await pass(60 * MINUTE_MS)
    expect(looks).toBe(12)
  })

  test('the report leaves out old probes, and says when WhatsApp was heard', async () => {
    await pass(0)
    expect(watch.report()).toMatchObject({ probes: { whatsapp: { ok: true } }, heardAgoMs: null })
    await pass(20_000)
    expect(Object.keys(watch.report().probes)).toEqual(['google'])
    watch.of('default.s').opened()
    await pass(3000)
    expect(watch.report().heardAgoMs).toBe(3000)
  })

  test('a session that fails alone is its own trouble', async () => {
    const [sick, ...others] = await connected(5)
    for (let time = 0; time < 20; time++) {
      sick?.failed('refused')
      await pass(5000)
      for (const session of others) session.heard()
      expect(sick?.outage).toBeNull()
    }
    expect(watch.verdict).toBe('none')
    expect(weather.every(({ holds }) => holds === null)).toBe(true)
  })

  test('single sessions that fail for reasons of their own, one after the other, are no mass', async () => {
    const sessions = await connected(4)
    for (const session of sessions.slice(0, 3)) {
      session.failed('refused')
      await pass(MINUTE_MS)
      sessions[3]?.heard()
    }
    expect(watch.verdict).toBe('none')
  })
})

describe('when connections end', () => {
  test('the network is probed at once, and the verdict follows from what works', async () => {
    const [one] = await connected(1)
    network.whatsapp = 'fails'
    one?.lost()
    await pass(5000)
    expect(looks).toBeGreaterThan(0)
    expect(watch.verdict).toBe('whatsapp')
    expect(weather.at(-1)).toEqual({ holds: 'outage-whatsapp', isReachable: false })
    network.neutral = 'fails'
    await pass(5000)
    expect(watch.verdict).toBe('runner')
    network.google = 'fails'
    await pass(5000)
    expect(watch.verdict).toBe('fleet')
  })

  test('the end of the outage is noticed within the interval, without a session', async () => {
    const [one] = await connected(1)
    network.whatsapp = network.neutral = 'fails'
    one?.lost()
    await pass(10 * MINUTE_MS)
    expect(looks).toBeGreaterThan(100)
    expect(looks).toBeLessThan(125)
    network.whatsapp = network.neutral = 'works'
    await pass(5000)
    expect(watch.verdict).toBe('none')
    expect(weather.at(-1)).toEqual({ holds: null, isReachable: true })
  })

  test('attempts that began in the outage and fail after it are no new outage', async () => {
    const sessions = await connected(3)
    network.whatsapp = network.neutral = 'fails'
    for (const session of sessions) {
      session.lost()
      session.dialled()
    }
    await pass(5000)
    expect(watch.verdict).toBe('runner')
    network.whatsapp = network.neutral = 'works'
    await pass(6000)
    for (const session of sessions) session.failed('cut-off')
    expect(watch.verdict).toBe('none')
    for (const session of sessions) {
      session.dialled()
      session.failed('cut-off')
    }
    expect(watch.verdict).toBe('whatsapp')
  })

  test('failures from before the verdict spend no attempt either', async () => {
    const sessions = await connected(3)
    const firstMs = systemClock.now()
    network.whatsapp = 'fails'
    sessions[0]?.lost()
    sessions[0]?.failed('refused')
    expect(sessions[0]?.outage).toBeNull()
    await pass(6000)
    expect(sessions[0]?.outage).toEqual({ verdict: 'whatsapp', sinceMs: firstMs })
  })
})

test('a probe from before the failures does not blame WhatsApp', async () => {
  // A runner without sessions probes, and all is well.
  await pass(0)
  network.whatsapp = network.neutral = 'fails'
  for (const session of sessionsOf(5)) session.failed('cut-off')
  expect(watch.verdict).toBe('none')
  await pass(6000)
  expect(watch.verdict).toBe('runner')
})

describe('a mass failure at logins, while WhatsApp accepts connections', () => {
  const fail = async () => {
    const sessions = await connected(10)
    for (const session of sessions.slice(0, 6)) {
      session.dialled()
      session.failed('refused')
    }
    return sessions
  }

  test('is an outage of WhatsApp', async () => {
    await fail()
    expect(watch.verdict).toBe('whatsapp')
    expect(weather.at(-1)).toMatchObject({ holds: 'outage-whatsapp' })
  })

  test('lasts although nobody dials, until a session comes through', async () => {
    const sessions = await fail()
    await pass(10 * MINUTE_MS)
    expect(watch.verdict).toBe('whatsapp')
    sessions[0]?.opened()
    expect(watch.verdict).toBe('none')
    expect(watch.report().dials).toEqual({ sessions: 10, failing: 0 })
  })

  test('of sessions that an operator has to look at is none', async () => {
    const sessions = await fail()
    for (const session of sessions.slice(0, 6)) session.left()
    expect(watch.verdict).toBe('whatsapp')
    watch.report()
    expect(watch.verdict).toBe('none')
  })
})

describe('the verdict of the fleet', () => {
  test('holds the dials of a runner that has seen nothing yet, until its own session disproves it', async () => {
    const [one] = sessionsOf(1)
    fleet = { verdict: 'whatsapp', sinceMs: 1, isAnywhere: true }
    tellFleet()
    expect(watch.verdict).toBe('whatsapp')
    expect(weather.at(-1)?.holds).toBe('outage-whatsapp')
    one?.opened()
    expect(watch.verdict).toBe('none')
    fleet = { verdict: 'whatsapp', sinceMs: 2, isAnywhere: true }
    tellFleet()
    expect(watch.verdict).toBe('whatsapp')
  })
})

test('an outage of another runner makes this one look for itself, although its sessions hear WhatsApp', async () => {
  const [one] = await connected(1)
  network.whatsapp = 'fails'
  fleet = { verdict: 'none', sinceMs: 1, isAnywhere: true }
  tellFleet()
  await pass(4500)
  expect(looks).toBe(1)
  expect(watch.verdict).toBe('whatsapp')
  one?.heard()
  watch.report()
  expect(watch.verdict).toBe('none')
})

describe('an outage of Google', () => {
  test('ends when nobody knows of it any more', async () => {
    await connected(1)
    tasks = false
    expect(watch.report()).toMatchObject({ verdict: 'google', probes: { tasks: { ok: false } } })
    tasks = undefined
    const { verdict, probes } = watch.report()
    expect([verdict, probes.tasks]).toEqual(['none', undefined])
  })

  test('keeps no session from dialling, and spends attempts as ever', async () => {
    const [one] = await connected(1)
    network.google = 'fails'
    expect(watch.report()).toMatchObject({ verdict: 'google', probes: { google: { ok: false } } })
    expect(weather.at(-1)?.holds).toBeNull()
    expect(one?.outage).toBeNull()
  })
})
