import { expect, test } from 'vitest'
import { HoldfastError } from '@holdfast/core/platform/errors'
import { CommandFailed } from '../google/run-command.ts'
import { target } from '../resources/fixtures/target.ts'
import { verdictOfReport } from './contract-suite.ts'
import { contextWith } from './fixtures/context.ts'
import { LiveCalls, NotTrusted } from './live-calls.ts'
import { type LiveCheck, type LiveContext, succeeded } from './live-check.ts'
import { announcement, checksIn, pageOf, type VerifyReport } from './report.ts'
import { cleanUp, problemOf, runChecks } from './run-checks.ts'
import { thingsOfRun } from './scratch-of-trial.ts'

const check = (name: string, more: Partial<LiveCheck> = {}): LiveCheck => ({
  name,
  proves: `${name} is true`,
  seconds: 90,
  usd: 0.01,
  run: () => Promise.resolve(succeeded()),
  ...more,
})

const failing = (cause: Error) => ({ run: () => Promise.reject(cause) })

function contextThat(given: Partial<LiveContext> = {}) {
  const commands: string[] = []
  const context = { ...contextWith({ onCommand: (line) => commands.push(line) }), ...given }
  return { context, commands, things: thingsOfRun(target, context.scratch) }
}

test('a check that fails keeps no other from running, and what several need is made once', async () => {
  const { context, commands, things } = contextThat()
  const needs = ['database'] as const
  const checks = [check('a: one', { needs }), check('b: two', { needs, ...failing(new Error('boom')) }), check('c: three')]
  const outcomes = await runChecks(checks, context, things)
  expect(outcomes.map(({ problems }) => problems.length)).toEqual([0, 1, 0])
  expect(outcomes[1]?.problems[0]).toMatchObject({ what: 'it could not be run: boom', mend: expect.stringContaining('doctor') })
  expect(commands).toEqual([expect.stringContaining('firestore databases create --database=holdfast-verify-a1b2c3')])
})

test('a check whose things cannot be made is told, with the command that failed', async () => {
  const command = () => Promise.reject(new CommandFailed('It ended with code 1.\nERROR: quota'))
  const { context, things } = contextThat({ command })
  const [outcome] = await runChecks([check('a: one', { needs: ['bucket'] })], context, things)
  expect(outcome?.problems).toEqual([{ what: expect.stringContaining('quota'), mend: expect.stringContaining('by hand') }])
})

test('an error that nobody has caught is a problem of the check that ran then', async () => {
  const { context, things } = contextThat()
  const strays = [[new Error('Could not load the default credentials.\nMore.')], []]
  const outcomes = await runChecks([check('a: one'), check('b: two')], context, things, () => strays.shift() ?? [])
  expect(outcomes.map(({ problems }) => problems)).toEqual([
    [
      {
        what: 'an error that nobody has caught: Could not load the default credentials.',
        mend: 'gcloud auth application-default login',
      },
    ],
    [],
  ])
})

test('an interruption ends the checks', async () => {
  const controller = new AbortController()
  const { context, things } = contextThat({ signal: controller.signal })
  const interrupted = check('b: two', {
    run: () => {
      controller.abort(new Error('enough'))
      return Promise.reject(new Error('enough'))
    },
  })
  const outcomes = await runChecks([check('a: one'), interrupted, check('c: three')], context, things)
  expect(outcomes.map((one) => one.check.name)).toEqual(['a: one'])
})

test('each kind of error says what to do', () => {
  const trust = new NotTrusted(target, 'runner', { status: 403, body: { error: { message: 'denied' } } })
  expect(problemOf(trust)).toMatchObject({ mend: expect.stringContaining('roles/iam.serviceAccountTokenCreator') })
  const advised = new HoldfastError('store-missing', 'The queue is missing.', { advice: 'Deploy the functions.' })
  expect(problemOf(advised)).toMatchObject({ mend: 'Deploy the functions.' })
  const login = new Error('Could not load the default credentials.')
  expect(problemOf(login)).toMatchObject({ mend: 'gcloud auth application-default login' })
})

test('cleaning removes what is there and nothing else, and names the commands that fail', async () => {
  const { context, commands, things } = contextThat()
  const present = { read: ({ url }: { url: string }) => Promise.resolve(url.includes('databases/') ? { name: 'it' } : null) }
  expect(await cleanUp(things, { ...context, ...present })).toEqual([])
  expect(commands).toEqual([expect.stringContaining('databases delete --database=holdfast-verify-a1b2c3')])

  const stuck = { command: () => Promise.reject(new CommandFailed('It ended with code 1.')) }
  expect(await cleanUp(things, { ...context, ...present, ...stuck })).toEqual([expect.stringContaining('databases delete')])
})

test('a queue and objects count as there when they are in the list', async () => {
  const { context, commands, things } = contextThat()
  const read = ({ url }: { url: string }) => {
    if (url.includes('/queues?')) return { queues: [{ name: `q/${context.scratch.queue}` }, { name: 'q/retries' }] }
    return url.includes('/o?prefix=') ? { items: [{ name: `${context.scratch.prefix}runner` }] } : null
  }
  await cleanUp(things, { ...context, read: (one) => Promise.resolve(read(one)) })
  expect(commands).toEqual([
    expect.stringContaining('tasks queues delete holdfast-verify-a1b2c3 '),
    expect.stringContaining('storage rm --all-versions'),
  ])
})

test('an account is called as only with a token of it, and a caller who may not is told how to', async () => {
  const sent: { url: string; token: string | null }[] = []
  const answer = (status: number) => (url: unknown, request?: RequestInit) => {
    const token = new Headers(request?.headers).get('authorization')
    sent.push({ url: String(url), token })
    return Promise.resolve(new Response(JSON.stringify({ accessToken: 'of the account' }), { status }))
  }
  const options = { target, token: () => Promise.resolve('mine'), signal: new AbortController().signal }
  const calls = new LiveCalls({ ...options, fetch: answer(200) })
  for (const as of ['runner', 'runner', 'nobody'] as const) await calls.call({ url: 'https://example.com/' }, as)
  expect(sent.map(({ token }) => token)).toEqual(['Bearer mine', 'Bearer of the account', 'Bearer of the account', null])
  expect(sent[0]?.url).toContain('holdfast-runner@demo-holdfast.iam.gserviceaccount.com:generateAccessToken')
  const refused = new LiveCalls({ ...options, fetch: answer(403) })
  await expect(refused.call({ url: 'https://example.com/' }, 'api')).rejects.toThrow('You may not act as holdfast-api@')
})

const tests = (...results: readonly object[]) => ({
  testResults: [{ name: 'a.test.ts', status: 'passed', assertionResults: results }],
})

test('the report of a suite tells each test that failed, and a suite that ran nothing', () => {
  const passed = { status: 'passed', fullName: 'a holds' }
  const failed = { status: 'failed', fullName: 'b holds', failureMessages: ['AssertionError: expected 1 to be 2\n at x'] }
  const skipped = { status: 'skipped', fullName: 'c holds' }
  expect(verdictOfReport(tests(passed, skipped))).toEqual({ figures: { tests: 1, passed: 1 }, problems: [] })
  expect(verdictOfReport(tests(passed, failed)).problems).toEqual([
    { what: 'b holds: AssertionError: expected 1 to be 2', mend: expect.stringContaining('do not go into operation') },
  ])
  expect(verdictOfReport(tests(skipped)).problems).toEqual([expect.objectContaining({ what: 'the suite: no test was run' })])
  const broken = { name: 'a.test.ts', status: 'failed', message: 'Could not load the default credentials.', assertionResults: [] }
  expect(verdictOfReport({ testResults: [broken] }).problems).toEqual([
    { what: 'a.test.ts: Could not load the default credentials.', mend: 'gcloud auth application-default login' },
  ])
})

test('the announcement has the time and the cost of all, and what a check does to others', () => {
  const lines = announcement([check('a: one'), check('b: two', { disturbs: 'everything stops' })])
  expect(lines.at(-1)).toBe('2 checks, about 3 min, about $0.02.')
  expect(lines.join('\n')).toContain('! everything stops')
})

test('the page tells what holds, what does not, and what is left to remove', () => {
  const outcomes = [
    { check: check('a: one'), seconds: 3, figures: { 'p50 ms': 12 }, problems: [] },
    { check: check('b: two'), seconds: 4, figures: {}, problems: [{ what: 'x | y', mend: 'do it' }] },
  ]
  const report: VerifyReport = {
    v: 1,
    run: 'a1b2c3',
    project: 'demo',
    region: 'us-central1',
    at: '2026-11-29T12:00:00.000Z',
    versions: { gcloud: '528.0.0' },
    checks: checksIn(outcomes),
    leftOut: ['c: three (needs --long)'],
    interrupted: true,
    left: ['gcloud x'],
  }
  const page = pageOf(report)
  expect(page).toContain('# Verified on 2026-11-29')
  expect(page).toContain('1 of 2 checks hold. A person ended it early.')
  expect(page).toContain('| a: one | a: one is true | 3 s | p50 ms: 12 | holds |')
  expect(page).toContain('x \\| y')
  expect(page).toContain('Left out: c: three (needs --long).')
  expect(page).toContain('gcloud x')
})
