import { expect, test } from 'vitest'
import { type Fields, PROJECT, World } from '../world.ts'
import { answer } from './services.ts'

const world = new World()

const ask = (method: string, url: string, body: Fields = {}) => {
  const { host, pathname, searchParams } = new URL(`https://${url}`)
  const sent = { body, bytes: Buffer.alloc(0), contentType: 'application/json', account: null }
  return answer({ method, host, path: pathname, query: searchParams, ...sent }, world)
}

const billingOf = (project: string) => `cloudbilling.googleapis.com/v1/projects/${project}/billingInfo`

test('the account that a project was linked to is the one that pays for it', () => {
  const billingAccountName = 'billingAccounts/02BC34-56DE78-9AF012'
  ask('PUT', billingOf(PROJECT), { billingAccountName })
  expect(ask('GET', billingOf(PROJECT)).body).toMatchObject({ billingAccountName, billingEnabled: true })
  ask('PUT', billingOf(PROJECT), { billingAccountName: '' })
  expect(ask('GET', billingOf(PROJECT)).body).toMatchObject({ billingAccountName: '', billingEnabled: false })
})

test('an account that nobody has is refused', () => {
  expect(ask('PUT', billingOf(PROJECT), { billingAccountName: 'billingAccounts/AAAAAA-BBBBBB-CCCCCC' }).status).toBe(403)
  expect(ask('GET', 'cloudbilling.googleapis.com/v1/billingAccounts/AAAAAA-BBBBBB-CCCCCC').status).toBe(403)
  expect(ask('GET', 'cloudbilling.googleapis.com/v1/billingAccounts/01AB23-45CD67-89EF01').status).toBe(200)
})

test('another project is refused, whether it is there or not', () => {
  for (const url of ['cloudresourcemanager.googleapis.com/v1/projects/other', billingOf('other')]) {
    expect(ask('GET', url)).toMatchObject({ status: 403 })
  }
  expect(ask('GET', `cloudresourcemanager.googleapis.com/v1/projects/${PROJECT}`)).toMatchObject({ status: 200 })
})
