import { expect, test } from 'vitest'
import { all, target, targetOf } from '../resources/fixtures/target.ts'
import { TAKEN_BACK } from '../resources/pool-splits.ts'
import type { Answers } from '../resources/resource.ts'
import { checks } from './checks.ts'

const list = checks(target, all)

const problem = (name: string, answers: Answers) => {
  const check = list.find((one) => one.name === name)
  if (!check) throw new Error(`There is no check ${name}.`)
  return check.problem(answers)
}

const GROUPS = 'projects/demo-holdfast/databases/(default)/collectionGroups'
const OURS = { 'firebase-functions-codebase': 'holdfast' }

test('every check says what to do', () => {
  expect(list.filter(({ mend }) => mend === '')).toEqual([])
  expect(new Set(list.map(({ name }) => name)).size).toBe(list.length)
})

test('a project without billing, or that Firebase does not know, is told', () => {
  expect(problem('billing is on', [{ billingEnabled: true }])).toBeNull()
  expect(problem('billing is on', [{}])).toBe('the project has no billing account')
  expect(problem('the project is a Firebase project', [null])).toBe('Firebase does not know it')
})

test('indexes that are not built yet are told', () => {
  const index = (state: string) => ({ name: `${GROUPS}/message_queue_jobs/indexes/1`, state })
  expect(problem('the indexes are built', [{ indexes: [index('READY')] }])).toBeNull()
  expect(problem('the indexes are built', [{ indexes: [index('READY'), index('CREATING')] }])).toBe(
    '1 of 2 are not ready: message_queue_jobs',
  )
  expect(problem('the indexes are built', [{}])).toBe('there is none')
})

test('a TTL on journals is told, and one on something else is not', () => {
  const field = (path: string) => ({ name: `${GROUPS}/${path}`, ttlConfig: { state: 'ACTIVE' } })
  const name = 'nothing deletes journals, sessions or keys by age'
  expect(problem(name, [{ fields: [field('webhook_deliveries/fields/expireAt')] }])).toBeNull()
  expect(problem(name, [{ fields: [field('journal/fields/at')] }])).toBe('a TTL is on journal.at')
})

const active = (name: string, more: object = {}) => ({ name: `functions/${name}`, state: 'ACTIVE', labels: OURS, ...more })

test('functions that are missing or not active are told', () => {
  const functions = ['api', 'retries', 'alerts', 'webhooks', 'sweep', 'maintain', 'cleanup'].map((name) => active(name))
  expect(problem('the functions are active', [{ functions }])).toBeNull()
  const without = [...functions.slice(0, 4), { ...active('sweep'), state: 'FAILED' }]
  expect(problem('the functions are active', [{ functions: without }])).toBe(
    'sweep is FAILED, maintain is missing, cleanup is missing',
  )
})

test('an organisation that lets in its own members only is told', () => {
  const name = 'no policy of the organisation keeps the API closed'
  expect(problem(name, [{}, {}])).toBeNull()
  expect(problem(name, [{}, { listPolicy: { allowedValues: ['C0123abcd'] } }])).toBe(
    'iam.allowedPolicyMemberDomains lets in members of C0123abcd only',
  )
  expect(problem(name, [{}, { listPolicy: { allValues: 'DENY' } }])).toContain('of nobody only')
})

test('the policy of the organisation is not asked for when the API is open', () => {
  const open = { bindings: [{ role: 'roles/run.invoker', members: ['allUsers'] }] }
  const later = list.find(({ name }) => name.startsWith('no policy of the organisation'))?.reads[1]
  const read = (policy: unknown) => (typeof later === 'function' ? later([policy]) : later)
  expect(read(open)).toBeNull()
  expect(read({})).toMatchObject({ method: 'POST', body: { constraint: 'constraints/iam.allowedPolicyMemberDomains' } })
})

test('an API that Cloud Run keeps closed, or that is not healthy, is told', () => {
  const open = { bindings: [{ role: 'roles/run.invoker', members: ['allUsers'] }] }
  expect(problem('everybody may call the API, which checks its own key', [open])).toBeNull()
  expect(problem('everybody may call the API, which checks its own key', [{}])).toBe(
    'Cloud Run refuses requests without a token of Google',
  )
  expect(problem('the API answers that it is healthy', [null, { status: 'degraded' }])).toBe('GET /health says degraded')
})

const pool = (ready: string, works: string) => ({
  status: {
    conditions: [{ type: 'Ready', status: ready, message: 'The container failed to start.' }],
    latestCreatedRevisionName: 'r2',
    latestReadyRevisionName: works,
  },
})

test('runners that are not ready, or not in the newest revision, are told', () => {
  const name = 'the runners are ready, in the newest revision'
  expect(problem(name, [pool('True', 'r2')])).toBeNull()
  expect(problem(name, [pool('True', 'r1')])).toBe('r2 does not become ready, and r1 goes on')
  expect(problem(name, [pool('False', 'r1')])).toBe('The container failed to start.')
  expect(problem(name, [null])).toBe('there is no worker-pool')
})

test('a runner that was not heard for a minute by the times of Firestore is told', () => {
  const row = (updateTime: string) => ({ document: { updateTime }, readTime: '2026-11-29T12:00:00Z' })
  const name = 'a runner was heard in the last minute'
  expect(problem(name, [[row('2026-11-29T11:00:00Z'), row('2026-11-29T11:59:57Z')]])).toBeNull()
  expect(problem(name, [[row('2026-11-29T11:58:00Z')]])).toBe('the last one 120 s ago')
  expect(problem(name, [[{ readTime: '2026-11-29T12:00:00Z' }]])).toBe('no runner is on the list')
})

test('a right of an account of ours that nobody wants is told', () => {
  const members = ['serviceAccount:holdfast-api@demo-holdfast.iam.gserviceaccount.com']
  const name = 'nobody of ours has more rights on the project than the list says'
  expect(problem(name, [{ bindings: [{ role: 'roles/logging.logWriter', members: ['user:a@example.com'] }] }])).toBeNull()
  expect(problem(name, [{ bindings: [{ role: 'roles/editor', members }] }])).toBe('api has roles/editor')
})

test('a fixed address that the environment does not have any more is told, with the commands that give it back', () => {
  const name = 'no fixed address is paid for that nobody wants'
  const without = targetOf({}, { egress: { fixedAddress: false } })
  const check = checks(without, all).find((one) => one.name === name)
  expect(list.find((one) => one.name === name)).toBeUndefined()
  expect(check?.problem([null, null])).toBeNull()
  expect(check?.problem([{ address: '203.0.113.12' }, null])).toBe('203.0.113.12 is still there')
  expect(check?.problem([null, { nats: [{ name: 'holdfast' }] }])).toBe('its NAT is still there')
  expect(check?.mend.match(/gcloud compute [a-z ]+ delete/g)).toEqual([
    'gcloud compute routers nats delete',
    'gcloud compute routers delete',
    'gcloud compute addresses delete',
    'gcloud compute networks subnets delete',
    'gcloud compute networks delete',
  ])
})

test('a roll-out that was taken back has another way on than one that stands half way', () => {
  const check = list.find(({ name }) => name === 'no roll-out stands half way')
  const pool = (annotations: object) => ({
    metadata: { annotations },
    spec: { instanceSplits: [{ revisionName: 'r1', percent: 100 }] },
    status: { latestCreatedRevisionName: 'r2' },
  })
  expect(check?.problem([pool({})])).toContain('0 % of the instances are of r2')
  expect(check?.mendOf?.([pool({})])).toContain('`npm run infra -- roll --back` takes it back')
  expect(check?.mendOf?.([pool({ [TAKEN_BACK]: 'r2' })])).toContain('held at r1 by a step back')
})
