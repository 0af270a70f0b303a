import { expect, test } from 'vitest'
import { access, projectPolicy } from './access.ts'
import { foreignLines } from './binding.ts'
import { resource, target } from './fixtures/target.ts'
import { changeOf } from './resource.ts'

const RUNNER = 'serviceAccount:holdfast-runner@demo-holdfast.iam.gserviceaccount.com'
const CONDITION = { title: 'holdfast-database', expression: 'resource.name == "projects/demo-holdfast/databases/(default)"' }
const LINE = {
  role: 'projects/demo-holdfast/roles/holdfastDocuments',
  members: ['user:somebody@example.com', RUNNER],
  condition: CONDITION,
}
const ID = 'holdfastDocuments for runner on the project'

test('a line of a policy is found by role, member and condition', () => {
  const judged = (...bindings: object[]) => changeOf(resource(ID), [{ bindings }])?.kind ?? null
  expect(judged(LINE)).toBeNull()
  expect(judged({ ...LINE, members: ['user:somebody@example.com'] })).toBe('create')
  expect(judged({ role: LINE.role, members: [RUNNER] })).toBe('create')
  expect(judged({ ...LINE, condition: { ...CONDITION, expression: 'true' } })).toBe('create')
})

test('a line with a condition is added with it, and one without says so, because gcloud would ask', () => {
  const words = (id: string) => changeOf(resource(id), [null])?.commands[0]?.args ?? []
  expect(words(ID)).toContain(`--condition=^;^title=${CONDITION.title};expression=${CONDITION.expression}`)
  expect(words('logging.logWriter for build on the project')).toContain('--condition=None')
  expect(words('run.invoker for invoker on function retries').join(' ')).not.toContain('--condition')
})

test('changes of one policy are in one lane', () => {
  const lanes = new Set(access(target).map(({ lane }) => lane))
  expect([...lanes]).toEqual([
    'the project',
    'bucket demo-holdfast-holdfast-sessions',
    'bucket demo-holdfast-holdfast-builds',
    'the image repository',
    'secret API_KEY',
    'secret SESSION_ENCRYPTION_KEY',
    'secret NOTIFICATION_SECRETS',
    'service account invoker',
  ])
})

test('a role of an account of ours that nobody wants is found, also one that lacks its condition', () => {
  const wanted = access(target).filter(({ lane }) => lane === projectPolicy(target).on)
  const answer = { bindings: [LINE, { role: 'roles/owner', members: [RUNNER] }, { role: LINE.role, members: [RUNNER] }] }
  expect(foreignLines(target, answer, wanted)).toEqual([
    { role: 'roles/owner', account: 'runner', condition: undefined },
    { role: 'projects/demo-holdfast/roles/holdfastDocuments', account: 'runner', condition: undefined },
  ])
})
