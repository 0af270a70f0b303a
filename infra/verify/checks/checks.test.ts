import { expect, test } from 'vitest'
import { all, target, targetOf } from '../../resources/fixtures/target.ts'
import { readersOf, type SecretName } from '../../resources/deployed-functions.ts'
import { LIVE_CHECKS } from '../all-checks.ts'
import { contextWith, liveCheck, problemsOf } from '../fixtures/context.ts'
import type { LiveRequest } from '../live-check.ts'
import { percentile } from '../commit-latency.ts'
import { problemOf } from './queries.ts'

const run = (name: string, fakes: Parameters<typeof contextWith>[0]) => problemsOf(liveCheck(name).run(contextWith(fakes)))

test('every check has a name of its own, and says what it proves, how long it takes and what it costs', () => {
  expect(new Set(LIVE_CHECKS.map(({ name }) => name)).size).toBe(LIVE_CHECKS.length)
  for (const { name, proves, seconds, usd } of LIVE_CHECKS) {
    expect(name).toMatch(/^[a-z]+: .+$/)
    expect(proves).not.toBe('')
    expect(seconds).toBeGreaterThan(0)
    expect(usd).toBeGreaterThanOrEqual(0)
  }
})

test('rules that let a stranger in are told', async () => {
  expect(await run('rules: strangers', { call: () => ({ status: 403 }) })).toEqual([])
  const open = ({ url, method }: LiveRequest) => ({ status: url.includes('runners?pageSize') && method !== 'POST' ? 200 : 403 })
  expect(await run('rules: strangers', { call: open })).toEqual(['a stranger lists runners (200)'])
})

const secretIn = (url: string) => (/secrets\/(\w+)\//.exec(url)?.[1] ?? '') as SecretName
const asListed = ({ url }: LiveRequest, as: string) => ({
  status: readersOf(secretIn(url)).some((one) => one === as) ? 200 : 403,
})

test('a secret that the wrong account can read, or the right one cannot, is told', async () => {
  expect(await run('rights: secrets', { call: asListed })).toEqual([])
  expect(await run('rights: secrets', { call: () => ({ status: 403 }) })).toContain(
    'runner cannot read SESSION_ENCRYPTION_KEY: 403',
  )
  const open = (request: LiveRequest, as: string) => (as === 'invoker' ? { status: 200 } : asListed(request, as))
  expect(await run('rights: secrets', { call: open })).toEqual([
    'invoker may read API_KEY, which is not its business',
    'invoker may read SESSION_ENCRYPTION_KEY, which is not its business',
    'invoker may read NOTIFICATION_SECRETS, which is not its business',
  ])
})

test('a wrapping key that the wrong account can use, or the right one cannot, is told', async () => {
  const wrapped = targetOf({}, { wrapping: { kmsKey: 'own' } })
  expect(await run('rights: wrapping key', { call: () => ({ status: 403 }) })).toEqual([])
  const asWanted = ({ url }: LiveRequest, as: string) => ({
    status:
      url.includes('/cryptoKeys/wrapping:encrypt') && readersOf('SESSION_ENCRYPTION_KEY').some((one) => one === as) ? 200 : 403,
  })
  expect(await run('rights: wrapping key', { target: wrapped, call: asWanted })).toEqual([])
  const other = (request: LiveRequest, as: string) =>
    as === 'runner' ? { status: 403 } : as === 'invoker' ? { status: 200 } : asWanted(request, as)
  expect(await run('rights: wrapping key', { target: wrapped, call: other })).toEqual([
    'runner cannot use the wrapping key: 403',
    'invoker may use the wrapping key, which is not its business',
  ])
  const ofTenant = 'projects/acme/locations/us-central1/keyRings/r/cryptoKeys/k'
  const withTenant = targetOf({}, { wrapping: { kmsKey: 'own', tenantKeys: [ofTenant] } })
  expect(await run('rights: wrapping key', { target: withTenant, call: asWanted })).toContain(
    `runner cannot use ${ofTenant}: 403`,
  )
})

test('a wrapping key that does not give back what it took, or gives it at another place, is told', async () => {
  const wrapped = targetOf({}, { wrapping: { kmsKey: 'own' } })
  expect(await run('keys: wrapping key', { call: () => ({ status: 500 }) })).toEqual([])
  const kms = ({ url, body }: LiveRequest) => {
    const { plaintext, ciphertext, additionalAuthenticatedData: place } = body as Record<string, string>
    if (url.endsWith(':encrypt')) return { status: 200, body: { ciphertext: `${plaintext} at ${place}`, name: 'versions/3' } }
    const [opened, boundTo] = (ciphertext ?? '').split(' at ')
    return boundTo === place ? { status: 200, body: { plaintext: opened } } : { status: 400 }
  }
  expect(await run('keys: wrapping key', { target: wrapped, call: kms })).toEqual([])
  expect(await run('keys: wrapping key', { target: wrapped, call: () => ({ status: 403 }) })).toEqual([
    'a runner cannot wrap: 403',
  ])
  const careless = (request: LiveRequest) => (request.url.endsWith(':encrypt') ? kms(request) : { status: 200, body: {} })
  expect(await run('keys: wrapping key', { target: wrapped, call: careless })).toEqual([
    'what a runner has wrapped does not open: 200',
    'what is bound to one place is not refused at another one: 200',
  ])
})

const careful = ({ method, url }: LiveRequest) => ({
  status: method === 'DELETE' || (method === 'POST' && !url.includes('ifGenerationMatch=0')) ? 403 : 200,
})

test('an account that may overwrite or delete checkpoints, or cannot write one, is told', async () => {
  expect(await run('rights: checkpoints', { call: careful })).toEqual([])
  const mighty = (request: LiveRequest, as: string) => (as === 'runner' ? { status: 200 } : careful(request))
  expect(await run('rights: checkpoints', { call: mighty })).toEqual([
    'runner may overwrite checkpoints (200)',
    'runner may delete checkpoints (200)',
  ])
  const weak = (request: LiveRequest, as: string) => (as === 'api' ? { status: 403 } : careful(request))
  expect(await run('rights: checkpoints', { call: weak })).toEqual([
    'api cannot create a checkpoint: 403',
    'api cannot read a checkpoint: 403',
  ])
})

const DATABASE = { pointInTimeRecoveryEnablement: 'POINT_IN_TIME_RECOVERY_ENABLED' }

test('a deleted object that does not come back, and a database without copies, are told', async () => {
  const hoursAgo = (hours: number) => new Date(Date.now() - hours * 3_600_000).toISOString()
  const backed = (hours: number, state = 'READY') => ({
    read: ({ url }: { readonly url: string }) =>
      url.endsWith('/backups') ? { backups: [{ state, snapshotTime: hoursAgo(hours) }] } : DATABASE,
  })
  const stored = new Set<string>()
  const bucket = ({ url, method }: LiveRequest) => {
    if (url.includes('/upload/')) return { status: 200, body: { generation: '7' } }
    if (method === 'DELETE') return { status: url.endsWith('?generation=7') ? 204 : 404 }
    if (url.endsWith('/restore?generation=7')) return stored.add('back') && { status: 200 }
    return stored.has('back') ? { status: 200, body: 'of a verification' } : { status: 404 }
  }
  const name = 'copies: deleted and older'
  expect(await run(name, { call: bucket, ...backed(20) })).toEqual([])
  const hard = (request: LiveRequest) => (request.url.includes('/restore') ? { status: 404 } : bucket(request))
  expect(await run(name, { call: hard, ...backed(20) })).toEqual(['a deleted object does not come back: 404'])
  for (const old of [backed(40), backed(20, 'CREATING')])
    expect(await run(name, { call: bucket, ...old })).toEqual(['no backup of the database is younger than a day and a half'])
  expect(await run(name, { call: bucket, read: () => null })).toEqual([
    'the database keeps no earlier moments',
    'no backup of the database is younger than a day and a half',
  ])
})

test('a query without an index is told, with the link that Google gives', () => {
  const link = 'https://console.firebase.google.com/v1/r/project/demo/firestore/indexes?create_composite=abc'
  const error = Object.assign(new Error(`9 FAILED_PRECONDITION: The query requires an index. You can create it here: ${link}`), {
    code: 9,
  })
  expect(problemOf('functions/src/use-cases/sweep.ts', error)).toEqual({
    what: 'a query of functions/src/use-cases/sweep.ts has no index',
    mend: expect.stringContaining(link),
  })
  const denied = Object.assign(new Error('7 PERMISSION_DENIED: no'), { code: 7 })
  expect(problemOf('a.ts', denied).what).toBe('a query of a.ts fails: 7 PERMISSION_DENIED: no')
})

test('a channel or a browser that a test does not reach is told, and that nobody is told of alerts', async () => {
  const delivered = { channel: 'installation.telegram', outcome: 'delivered', problem: null }
  const refused = { channel: 'device.1', outcome: 'refused', problem: 'It answered with status 403.' }
  const answering =
    (tested: object[]) =>
    ({ url, headers }: LiveRequest, as: string) => {
      if (url.includes('secrets/API_KEY') && as === 'api')
        return { status: 200, body: { payload: { data: Buffer.from('new-key,old-key').toString('base64') } } }
      const isAllowed = as === 'nobody' && headers?.['x-api-key'] === 'new-key' && url.endsWith('/api/api/alerts/test')
      return isAllowed ? { status: 200, body: { channels: tested } } : { status: 401 }
    }
  expect(await run('alerts: channels', { call: answering([delivered]) })).toEqual([])
  expect(await run('alerts: channels', { call: answering([delivered, refused]) })).toEqual([
    'device.1 did not take a test (refused): It answered with status 403.',
  ])
  expect(await run('alerts: channels', { call: answering([]) })).toEqual([
    'nobody is told of alerts: there is no channel, and no browser',
  ])
})

test('a function that answers whoever comes is told', async () => {
  expect(await run('tasks: strangers', { call: () => ({ status: 403 }) })).toEqual([])
  expect(await run('tasks: strangers', { call: ({ headers }) => ({ status: headers ? 204 : 401 }) })).toEqual([
    'holdfast-api calls the function `retries`: 204',
  ])
})

test('a task that is not tried as often as its queue says is told', async () => {
  const failing = (most: number) => {
    let attempts = 0
    return ({ method }: LiveRequest) => {
      if (method === 'POST') return { status: 200 }
      return ++attempts > most ? { status: 404 } : { status: 200, body: { dispatchCount: attempts } }
    }
  }
  const patience = 50
  expect(await run('tasks: retries', { call: failing(3), patience })).toEqual([])
  expect(await run('tasks: retries', { call: failing(1), patience })).toEqual(['1 attempts were seen'])
  expect(await run('tasks: retries', { call: failing(9), patience })).toEqual(['9 attempts were seen'])
})

const job = (name: string, more: object = {}) => ({
  name: `projects/p/locations/l/jobs/firebase-schedule-${name}-us-central1`,
  state: 'ENABLED',
  lastAttemptTime: '2026-11-29T12:00:00Z',
  ...more,
})

test('schedules that are off, do not fire, or fail are told', async () => {
  const after = (sweep: object) => {
    let looks = 0
    return () => ({
      jobs: [
        job('sweep', ++looks > 4 ? { lastAttemptTime: '2026-11-29T12:01:00Z', ...sweep } : {}),
        job('maintain'),
        job('cleanup'),
      ],
    })
  }
  expect(await run('schedules: they fire', { read: after({}) })).toEqual([])
  expect(await run('schedules: they fire', { read: after({ status: { code: 7 } }) })).toEqual([
    'the sweep fired, and failed with code 7 of gRPC',
  ])
  expect(await run('schedules: they fire', { read: () => ({ jobs: [job('sweep', { state: 'PAUSED' })] }) })).toEqual([
    'the schedule of sweep is PAUSED',
    'the schedule of maintain is missing',
    'the schedule of cleanup is missing',
  ])
  const never = () => ({ jobs: [job('sweep'), job('maintain'), job('cleanup')] })
  await expect(run('schedules: they fire', { read: never })).rejects.toThrow(
    'Waited in vain for the schedule of the sweep to fire.',
  )
})

/** The worker pool as it is wanted, with a name of its newest revision. */
function poolIn(revision: () => string, count = '2') {
  const resource = all.find(({ stage }) => stage === 'runner')
  const wanted = resource?.want?.([null, null]) as { spec: object; metadata?: { annotations?: object } } | undefined
  return ({ url }: { url: string }) => {
    if (!url.includes('workerpools')) return null
    const annotations = { ...wanted?.metadata?.annotations, 'run.googleapis.com/manualInstanceCount': count }
    return { ...wanted, metadata: { annotations }, status: { latestCreatedRevisionName: revision() } }
  }
}

test('a template that makes a revision although it is the same is told', async () => {
  const commands: string[] = []
  const onCommand = (line: string) => commands.push(line)
  expect(await run('runners: no new revision', { read: poolIn(() => 'r1'), onCommand: (line) => void onCommand(line) })).toEqual(
    [],
  )
  expect(commands).toEqual([expect.stringContaining('gcloud run worker-pools replace')])
  let looks = 0
  expect(await run('runners: no new revision', { read: poolIn(() => `r${++looks}`) })).toEqual([
    'the same template made r2 out of r1',
  ])
  await expect(run('runners: no new revision', { read: () => null })).rejects.toThrow('npm run infra -- apply first')
})

test('a runner that does not hand over in time is told, and the number of runners is put back', async () => {
  const leaves = (line: object) => {
    const commands: string[] = []
    let heard = 1
    const pool = poolIn(() => 'r1', '1')
    const row = { document: { updateTime: '2026-11-29T12:00:00Z' }, readTime: '2026-11-29T12:00:01Z' }
    const fakes = {
      read: (read: { url: string }) => (read.url.includes(':runQuery') ? Array.from({ length: heard }, () => row) : pool(read)),
      call: () => ({ status: 200, body: { entries: [{ jsonPayload: line }] } }),
      onCommand: (command: string) => {
        commands.push(/--scaling=\d+/.exec(command)?.[0] ?? command)
        heard = 2
      },
    }
    return { commands, result: run('runners: SIGTERM', fakes) }
  }
  const good = leaves({ tookMs: 800, exitCode: 0, left: 0 })
  expect(await good.result).toEqual([])
  expect(good.commands).toEqual(['--scaling=2', '--scaling=1'])
  const bad = leaves({ tookMs: 8000, exitCode: 70, left: 3 })
  expect(await bad.result).toEqual(['it ended with code 70 after 8000 ms, with 3 sessions not handed over'])
})

test('the runners come back also when the alert does not open', async () => {
  const commands: string[] = []
  const fakes = { read: poolIn(() => 'r1', '4'), onCommand: (line: string) => void commands.push(line) }
  await expect(run('alerts: no runner is heard', fakes)).rejects.toThrow('Waited in vain for the alert to open.')
  expect(commands.map((line) => /--scaling=\d+/.exec(line)?.[0])).toEqual(['--scaling=0', '--scaling=4'])
  const policy = { displayName: 'Holdfast: No runner is heard' }
  const pool = poolIn(() => 'r1')
  const open = (read: { url: string }) => (read.url.includes('/alerts?') ? { alerts: [{ policy }] } : pool(read))
  expect(await run('alerts: no runner is heard', { read: open })).toEqual([])
})

test('a percentile is a figure that was measured', () => {
  const figures = Array.from({ length: 100 }, (_, index) => index + 1)
  expect([50, 99, 100].map((percent) => percentile(figures, percent))).toEqual([50, 99, 100])
  expect(percentile([7], 99)).toBe(7)
  expect(percentile([], 50)).toBe(0)
})

test('what a run makes has its name, in the names of the project', () => {
  const { scratch } = contextWith({})
  for (const name of Object.values(scratch)) expect(name).toContain('a1b2c3')
  expect(scratch.bucket.startsWith(target.project)).toBe(true)
})
