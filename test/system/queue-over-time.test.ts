import { tenantPath } from '@holdfast/core/operations/tenant-document'
import { dayOf, nextDayStartMs } from '@holdfast/core/platform/days'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { AcceptedMessage } from '@holdfast/client/types'
import { type Chat, EngineWorld, eventually } from '../support/engine-world.ts'

/**
 * The queue over hours and days: one clock for runners, functions, Cloud Tasks and WhatsApp moves ahead. Firestore's own times stay
 * as they are.
 */

const MINUTE_MS = 60_000
const HOUR_MS = 60 * MINUTE_MS

let world: EngineWorld
/** How far the sandbox's clock is ahead. */
let aheadMs = 0

beforeAll(async () => {
  world = await EngineWorld.start({ movableClock: true, schedules: false })
})

afterAll(() => world[Symbol.asyncDispose]())

const now = (): number => Date.now() + aheadMs

async function advance(ms: number): Promise<void> {
  aheadMs += ms
  await world.sandbox.advanceClock({ seconds: ms / 1000 })
}

const copiesOf = async (chat: Chat, text: string): Promise<number> =>
  (await chat.received()).filter((message) => message.text === text).length

/** Resolves when the job has had so many attempts and waits again, or is settled. */
const untilAttempts = (chat: Chat, job: AcceptedMessage, attempts: number): Promise<void> =>
  eventually(async () => {
    const { status, attempts: made } = await chat.job(job)
    expect({ status, made }).toEqual({ status: 'pending', made: attempts })
  })

describe('a message that WhatsApp refuses again and again', () => {
  test('is tried after 0, 5, 15, 30, 60 and 120 minutes by tasks, then fails, and a retry by hand sends it under its id', async () => {
    const chat = await world.linked('ladder')
    await chat.fault('nack', { code: 479, count: 7 })
    const job = await chat.send('refused seven times')
    // The first retry is at once.
    await untilAttempts(chat, job, 2)
    for (const [index, minutes] of [5, 15, 30, 60, 120].entries()) {
      const { nextAttemptAt, lastAttemptAt } = await chat.job(job)
      expect(Math.round((Number(nextAttemptAt) - Number(lastAttemptAt)) / MINUTE_MS)).toBe(minutes)
      await advance(minutes * MINUTE_MS)
      if (minutes < 120) await untilAttempts(chat, job, index + 3)
    }
    await chat.untilStatus(job, 'failed')
    const failed = await chat.job(job)
    expect(failed).toMatchObject({ attempts: 7, lastError: { code: 'whatsapp-479' }, failedAt: expect.any(Date) })
    // A message that was called failed is not sent later, whatever happens.
    await advance(24 * HOUR_MS)
    await world.sandbox.fireSchedule('sweep')
    expect(await chat.job(job)).toEqual(failed)
    expect(await copiesOf(chat, 'refused seven times')).toBe(0)
  })

  test('waits for its task although its runner was killed, and a lost task is found by the sweep', async () => {
    const chat = await world.linked('ladder-kill')
    await chat.fault('nack', { code: 479, count: 2 })
    const job = await chat.send('refused twice')
    await untilAttempts(chat, job, 2)
    world.sandbox.runner('runner-1').kill()
    await chat.works()
    await world.sandbox.disturbTasks({ drop: 1, double: 0, seed: 1 })
    await advance(5 * MINUTE_MS)
    await advance(2 * MINUTE_MS)
    await world.sandbox.disturbTasks({ drop: 0, double: 0, seed: 1 })
    await world.sandbox.fireSchedule('sweep')
    await chat.untilStatus(job, 'delivered')
    expect(await chat.job(job)).toMatchObject({ attempts: 3 })
    expect(await copiesOf(chat, 'refused twice')).toBe(1)
  })
})

describe('the daily limit of a session', () => {
  /** Sets the clock to a time of a day. The day is some time ahead, so that its messages are the first of it. */
  async function until(timeMs: number): Promise<void> {
    if (timeMs > now()) await advance(timeMs - now())
  }

  async function configure(timeZone: string, dailyLimit: number): Promise<void> {
    const pacing = { enabled: true, minDelayMs: 10, maxDelayMs: 20, dailyLimit, recipientGapMs: 0, ramp: [] }
    const fields = { v: 1, name: 'default', createdAt: new Date(), config: { timeZone, pacing } }
    await world.google.documents.commit([{ kind: 'merge', path: tenantPath('default'), fields }])
  }

  const sentOf = async (chat: Chat, jobs: readonly AcceptedMessage[]): Promise<number> => {
    const statuses = await Promise.all(jobs.map(async (job) => (await chat.job(job)).status))
    return statuses.filter((status) => status === 'delivered').length
  }

  test.each([
    // Brazil has no daylight saving any more: its midnight is 03:00 UTC.
    ['America/Sao_Paulo', Date.UTC(2027, 1, 10, 20), Date.UTC(2027, 1, 11, 3)],
    // The night to 28 March 2027 lasts from 23:00 to 22:00 UTC: the day has 23 hours.
    ['Europe/Berlin', Date.UTC(2027, 2, 28, 8), Date.UTC(2027, 2, 28, 22)],
  ])('ends at midnight in %s, and no crash resets it', async (timeZone, startMs, midnightMs) => {
    await until(startMs)
    await configure(timeZone, 3)
    const chat = await world.linked(`limit-${timeZone.split('/')[1]?.toLowerCase().replace('_', '-')}`)
    const jobs = [await chat.send('warm-up')]
    await chat.untilStatus(jobs[0] as AcceptedMessage, 'delivered')
    await eventually(async () => expect((await chat.document())['pacing']).toMatchObject({ day: dayOf(now(), timeZone) }))
    for (let count = 2; count <= 5; count++) jobs.push(await chat.send(`message ${count}`))
    await eventually(async () => expect(await sentOf(chat, jobs)).toBe(3))

    world.sandbox.runner('runner-1').kill()
    await chat.works()
    expect(nextDayStartMs(now(), timeZone)).toBe(midnightMs)
    const hold = { reason: 'daily-limit', until: new Date(midnightMs) }
    await eventually(async () => expect((await chat.job(jobs[3] as AcceptedMessage)).hold).toEqual(hold))
    expect(await sentOf(chat, jobs)).toBe(3)

    await until(midnightMs - MINUTE_MS)
    expect(await sentOf(chat, jobs)).toBe(3)
    await until(midnightMs + 1000)
    await eventually(async () => expect(await sentOf(chat, jobs)).toBe(5))
    expect((await chat.document())['pacing']).toMatchObject({ day: dayOf(now(), timeZone), sentToday: 2 })
    for (let count = 2; count <= 5; count++) expect(await copiesOf(chat, `message ${count}`)).toBe(1)
  })
})
