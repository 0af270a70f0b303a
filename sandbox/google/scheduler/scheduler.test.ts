import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { readIdentityToken } from '../identity-token.ts'
import { Receiver } from '../tasks/under-test.ts'
import { Scheduler } from './scheduler.ts'

const HOUR_MS = 3_600_000
const START = Date.parse('2026-11-01T12:00:30Z')

let receiver: Receiver
let scheduler: Scheduler
let now: number

beforeEach(async () => {
  receiver = await Receiver.start()
  now = START
})

afterEach(() => {
  scheduler.close()
  receiver.close()
})

function deploy(automatic: boolean, schedule = 'every 1 minutes'): void {
  scheduler = new Scheduler({ functionsUrl: receiver.url, now: () => now, automatic })
  scheduler.deploy([{ name: 'sweep', schedule, timeZone: 'UTC' }])
}

function advance(ms: number): void {
  now += ms
  scheduler.look()
}

const called = (times: number) => vi.waitFor(() => expect(receiver.calls).toHaveLength(times), { interval: 5 })

test('a schedule that came due often is called once, at once, for its first time', async () => {
  deploy(true)
  expect(receiver.calls).toEqual([])
  advance(2 * HOUR_MS)
  await called(1)
  const [call] = receiver.calls
  expect(call).toMatchObject({ method: 'POST', path: '/sweep' })
  expect(call?.headers).toMatchObject({
    'x-cloudscheduler-jobname': 'sweep',
    'x-cloudscheduler-scheduletime': '2026-11-01T12:01:00.000Z',
  })
  expect(readIdentityToken(call?.headers.authorization)?.aud).toBe(`${receiver.url}/sweep`)
  // Nothing is due until the next minute.
  advance(1000)
  advance(60_000)
  await called(2)
  expect(receiver.calls[1]?.headers['x-cloudscheduler-scheduletime']).toBe('2026-11-01T14:01:00.000Z')
})

test('a call that is due during the one before comes after it', async () => {
  const first = Promise.withResolvers<number>()
  receiver.answer = () => (receiver.calls.length === 1 ? first.promise : 200)
  deploy(true)
  advance(60_000)
  await called(1)
  advance(60_000)
  advance(60_000)
  expect(receiver.calls).toHaveLength(1)
  first.resolve(200)
  await called(2)
})

test('a call that fails is not repeated before its next time', async () => {
  receiver.answer = () => 500
  deploy(true)
  advance(60_000)
  await called(1)
  advance(1000)
  advance(60_000)
  await called(2)
})

test('without automatic calls only a hand calls, and it waits for the end', async () => {
  deploy(false)
  advance(HOUR_MS)
  const answer = Promise.withResolvers<number>()
  receiver.answer = () => answer.promise
  let ended = false
  const fired = scheduler.fire('sweep').then(() => (ended = true))
  await called(1)
  expect(ended).toBe(false)
  answer.resolve(200)
  await fired
  receiver.answer = () => 500
  await expect(scheduler.fire('sweep')).rejects.toThrow('The scheduled function sweep answered 500.')
  await expect(scheduler.fire('weep')).rejects.toThrow('There is no schedule weep; there are sweep.')
})

test('a schedule that cannot be read is refused at its deployment', () => {
  expect(() => deploy(true, 'every full moon')).toThrow()
})
