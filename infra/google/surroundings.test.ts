import { expect, test } from 'vitest'
import { GcloudSurroundings } from './surroundings.ts'

/** A gcloud that answers each question alike. */
const answering = (output: string, { code = 0, complaints = '' } = {}) => {
  const asked: string[] = []
  const surroundings = new GcloudSurroundings((words) => {
    asked.push(words.join(' '))
    return Promise.resolve({ code, output, complaints })
  })
  return { surroundings, asked }
}

const refusing = answering('', {
  code: 1,
  complaints: 'ERROR: (gcloud.projects.describe) [me] does not have permission to access projects instance [p]',
}).surroundings
const offline = answering('', { code: 1, complaints: 'ERROR: gcloud crashed (TransportError): no connection' }).surroundings

test('a project that is there is well, one that is being deleted is not', async () => {
  const { surroundings, asked } = answering('{"lifecycleState": "ACTIVE"}')
  expect(await surroundings.troubleWithProject('my-project')).toBe('')
  expect(asked).toEqual(['projects describe my-project --format=json --quiet'])
  expect(await answering('{"lifecycleState": "DELETE_REQUESTED"}').surroundings.troubleWithProject('p')).toContain(
    'DELETE_REQUESTED',
  )
})

test('whoever may not see something is told so, and whoever cannot ask knows nothing', async () => {
  expect(await refusing.troubleWithProject('p')).toContain('Google shows it to nobody with this login')
  expect(await refusing.troubleWithAccount('a')).toContain('Google shows it to nobody with this login')
  expect(await offline.troubleWithProject('p')).toBeNull()
  expect(await offline.troubleWithAccount('a')).toBeNull()
  expect(await offline.payerOf('p')).toBeNull()
  expect(await offline.allowedLocations('p')).toBeNull()
})

test('the account that pays is known, and that none does', async () => {
  const paid = '{"billingAccountName": "billingAccounts/01AB23-45CD67-89EF01", "billingEnabled": true}'
  expect(await answering(paid).surroundings.payerOf('p')).toBe('01AB23-45CD67-89EF01')
  expect(await answering('{"billingAccountName": ""}').surroundings.payerOf('p')).toBe('')
})

test('a closed account is of no use', async () => {
  expect(await answering('{"open": true}').surroundings.troubleWithAccount('a')).toBe('')
  expect(await answering('{"displayName": "Old"}').surroundings.troubleWithAccount('a')).toBe('It is closed.')
})

test('where the organisation lets things be made is what its policy lists', async () => {
  expect(await answering('{}').surroundings.allowedLocations('p')).toEqual([])
  const policy = '{"listPolicy": {"allowedValues": ["in:eu-locations"]}}'
  expect(await answering(policy).surroundings.allowedLocations('p')).toEqual(['in:eu-locations'])
})
