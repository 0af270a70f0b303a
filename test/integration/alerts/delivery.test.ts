import { tellWithoutSweep } from '@holdfast/core/operations/alert-tasks'
import { acknowledgeAlert, raiseAlert } from '@holdfast/core/operations/alerts'
import { sessionPath } from '@holdfast/core/session/session-document'
import { createHmac } from 'node:crypto'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { runnerChange, sessionChange, reportedSession } from '../../support/fleet-documents.ts'
import { AlertsUnderTest, onAll } from './alerts-under-test.ts'

let world: AlertsUnderTest
beforeAll(async () => {
  world = await AlertsUnderTest.start()
  await world.write(runnerChange('r1', { 'default.well': reportedSession() }, { deadAfterMs: 86_400_000 }))
  await world.write(sessionChange('default.well', { runnerId: 'r1' }))
})
afterAll(() => world[Symbol.asyncDispose]())

let number = 0
let name: string
let id: string

beforeEach(async () => {
  world.receivers.clear()
  name = `shop-${++number}`
  id = `default.${name}`
})

/** The session loses its phone, or gets it back. */
const loggedOut = () =>
  world.write(
    sessionChange(id, {
      state: 'LOGGED_OUT',
      reason: 'logged-out',
      sentence: 'The device was unlinked from the phone; the old credentials are kept.',
      userAction: 'Start the session to link it again by a new scan.',
    }),
  )
const gone = () => world.write({ kind: 'delete', path: sessionPath(id) })

describe('an alert that a runner raises while no sweep runs', () => {
  it('is told and reminded of all the same, once for all runners, until somebody acknowledges it', async () => {
    const scope = `slot-${number}`
    const raise = async () => {
      const texts = { sentence: 'Processes die young.', userAction: null }
      await raiseAlert(world.documents, { type: 'crash-loop', scope, severity: 'critical', ...texts }, new Date(world.now()))
      await tellWithoutSweep(world, 'crash-loop', scope)
    }
    await Promise.all([raise(), raise()])
    await world.runTasks()
    await raise()
    await world.repeatTasks()
    const [opened, reminded] = [`CRITICAL Crash loop: ${scope}`, `STILL OPEN (critical) Crash loop: ${scope}`]
    expect(world.headlines(scope)).toEqual(onAll(opened))
    world.advance(14)
    await world.runTasks()
    expect(world.headlines(scope)).toEqual(onAll(opened))
    world.advance(2)
    await world.runTasks()
    world.advance(16)
    await world.runTasks()
    expect(world.headlines(scope)).toEqual(onAll(opened, reminded, reminded))
    await acknowledgeAlert(world.documents, `crash-loop:${scope}`, { by: 'ops', at: new Date(world.now()) })
    world.advance(60)
    await world.runTasks()
    expect(world.headlines(scope)).toEqual(onAll(opened, reminded, reminded))
  })
})

describe('an alert', () => {
  it('reaches all four channels once, and so does its end', async () => {
    await loggedOut()
    await world.round()
    await world.round()
    const opened = `CRITICAL QR code needed: session ${name}`
    expect(world.headlines(name)).toEqual(onAll(opened))
    await gone()
    await world.round()
    world.advance(2)
    await world.round()
    await world.round()
    expect(world.headlines(name)).toEqual(onAll(opened, `RESOLVED QR code needed: session ${name}`))
    expect(await world.alert('qr-needed', id)).toMatchObject({ state: 'resolved', notices: 2, opening: 1 })
  })

  it('says in plain text what happened, what was done and what to do', async () => {
    await loggedOut()
    await world.round()
    const [received] = world.receivers.of('email')
    expect(received?.headers).toMatchObject({
      subject: `CRITICAL QR code needed: session ${name}`,
      'envelope-to': 'ops@example.com',
    })
    expect(received?.text.split('\n')).toEqual([
      `CRITICAL QR code needed: session ${name}`,
      'The device was unlinked from the phone; the old credentials are kept.',
      'Done by Holdfast: It stopped trying. Credentials and messages are kept.',
      'To do: Start the session to link it again by a new scan.',
      expect.stringMatching(/^Since \d{4}-\d\d-\d\d \d\d:\d\d \(UTC\)\.$/),
      'Runbook: docs/RUNBOOK.md#a-session-needs-a-phone',
    ])
    await gone()
  })

  it('is signed for the webhook, over the very bytes that were sent', async () => {
    await loggedOut()
    await world.round()
    const { headers, body } = world.receivers.of('webhook')[0]!
    const hmac = createHmac('sha512', 'the key of the webhook').update(body).digest('hex')
    expect(headers).toMatchObject({ 'x-webhook-hmac': hmac, 'x-webhook-hmac-algorithm': 'sha512' })
    expect(headers['x-webhook-request-id']).toMatch(/^notice-[0-9a-f]{24}-1-1$/)
    expect(JSON.parse(body)).toMatchObject({
      event: 'alert',
      kind: 'opened',
      alert: { id: `qr-needed:${id}`, type: 'qr-needed', tenant: 'default', severity: 'critical', state: 'open', opening: 1 },
    })
    await gone()
  })

  it('is told of once by three sweeps at once, and by tasks that come again', async () => {
    await loggedOut()
    await Promise.all([world.sweep(), world.sweep(), world.sweep()])
    await world.runTasks()
    await world.round()
    await world.repeatTasks()
    expect(world.headlines(name)).toEqual(onAll(`CRITICAL QR code needed: session ${name}`))
    await gone()
  })

  it('waits for a channel that is down without delaying the others, and reaches it later', async () => {
    world.receivers.trouble('slack', 'down')
    world.receivers.trouble('email', 'hangs')
    await loggedOut()
    await world.sweep()
    const failed = await world.runTasks()
    expect(new Set(failed.map(({ payload }) => payload['channel']))).toEqual(
      new Set(['installation.email', 'installation.slack']),
    )
    const headline = `CRITICAL QR code needed: session ${name}`
    expect(world.headlines(name)).toEqual({ ...onAll(headline), slack: [], email: [] })
    world.receivers.trouble('slack', null)
    world.receivers.trouble('email', null)
    expect(await world.runTasks()).toEqual([])
    expect(world.headlines(name)).toEqual(onAll(headline))
    await gone()
  })

  it('is given up by a channel that refuses it, which the log says without a secret', async () => {
    world.receivers.trouble('telegram', 'refuses')
    await loggedOut()
    await world.sweep()
    expect(await world.runTasks()).toEqual([])
    world.receivers.trouble('telegram', null)
    const said = world.lines.join('\n')
    expect(said).toContain('A channel refuses notices.')
    expect(said).toContain('It answered with status 404: Trouble.')
    expect(said).not.toContain('123456:sandbox')
    await gone()
  })

  it('that flaps is told of once, until it has been over for long enough', async () => {
    for (let times = 0; times < 3; times++) {
      await loggedOut()
      await world.round()
      await gone()
      await world.round()
      world.advance(0.5)
      await world.round()
    }
    expect(world.headlines(name)).toEqual(onAll(`CRITICAL QR code needed: session ${name}`))
    world.advance(60)
    await world.round()
    expect(world.headlines(name).slack).toHaveLength(2)
    expect(await world.alert('qr-needed', id)).toMatchObject({ opening: 1, state: 'resolved' })
  })

  it('that is overtaken by its own end reaches a channel that was down as the end alone', async () => {
    world.receivers.trouble('slack', 'down')
    await loggedOut()
    await world.round()
    await gone()
    await world.round()
    world.advance(5)
    await world.round()
    world.receivers.trouble('slack', null)
    await world.runTasks()
    expect(world.headlines(name).slack).toEqual([`RESOLVED QR code needed: session ${name}`])
  })
})
