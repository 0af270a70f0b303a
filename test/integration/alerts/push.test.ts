import { apiKeyPath } from '@holdfast/core/operations/api-key-document'
import { PUSH_DEVICES } from '@holdfast/core/operations/push-device-document'
import { tenantPath } from '@holdfast/core/operations/tenant-document'
import { afterAll, beforeAll, expect, test } from 'vitest'
import type { Principal } from '../../../functions/src/app/principal.ts'
import { addDevice, listDevices, removeDevice } from '../../../functions/src/use-cases/alerts/push-devices.ts'
import { sessionChange } from '../../support/fleet-documents.ts'
import { PushService } from '../../support/push-service.ts'
import { AlertsUnderTest } from './alerts-under-test.ts'

// Tests alerts in browsers while no page is open, against a push service on this host.

let world: AlertsUnderTest
let service: PushService

beforeAll(async () => {
  ;[world, service] = await Promise.all([AlertsUnderTest.start(), PushService.start()])
  for (const tenant of ['acme', 'other']) {
    const fields = { v: 1, name: tenant, state: 'active', createdAt: new Date(), config: {}, secrets: {} }
    await world.write({ kind: 'create', path: tenantPath(tenant), fields })
  }
})

afterAll(async () => {
  expect(service.refused).toEqual([])
  await Promise.all([world[Symbol.asyncDispose](), service[Symbol.asyncDispose]()])
})

const OPERATOR: Principal = { key: 'operator', tenant: 'default', role: 'operator', sessions: 'all', requestsPerMinute: null }

let keys = 0

/** Makes an API key of a tenant, and whoever holds it. */
async function holder(
  tenant: string,
  { role = 'read', sessions = null }: { role?: 'read' | 'admin'; sessions?: string[] | null },
) {
  const key = String(++keys).padStart(24, '0')
  const times = { createdAt: new Date(), createdBy: 'operator' }
  const fields = { v: 1, tenant, name: key, role, sessions, hash: '0'.repeat(64), ...times }
  await world.write({ kind: 'create', path: apiKeyPath(key), fields })
  return { key, tenant, role, sessions: sessions ?? ('all' as const), requestsPerMinute: null }
}

async function subscribe(principal: Principal, device: string, minSeverity: 'info' | 'warning' | 'critical' = 'warning') {
  const { publicKey } = await listDevices(world.dependencies, principal)
  const { endpoint, keys: browser } = service.subscribe(device, publicKey)
  return addDevice(world.dependencies, principal, { name: device, minSeverity, subscription: { endpoint, ...browser } })
}

/** A session of a tenant needs its phone. */
async function loggedOut(id: string): Promise<string> {
  const state = { state: 'LOGGED_OUT', reason: 'logged-out', sentence: 'The device was unlinked.', userAction: 'Link it.' }
  await world.write(sessionChange(id, { tenant: id.split('.')[0], ...state }))
  await world.round()
  return id
}

test('an alert is shown in the browsers of those who may see it, and in no other', async () => {
  await subscribe(OPERATOR, 'operator')
  await subscribe(await holder('acme', {}), 'acme')
  await subscribe(await holder('acme', { sessions: ['shop'] }), 'acme-shop')
  await subscribe(await holder('other', { role: 'admin' }), 'other')
  await loggedOut('acme.shop')
  await loggedOut('acme.branch')
  const [shop, branch] = ['shop', 'branch'].map((name) => `CRITICAL QR code needed: session ${name} of acme`)
  // The tenant has no channels, so that its alerts go to the channels of the installation, too.
  expect(service.titles('operator')).toEqual(expect.arrayContaining([branch, shop]))
  expect(service.titles('acme').toSorted()).toEqual([branch, shop])
  expect(service.titles('acme-shop')).toEqual([shop])
  expect(service.titles('other')).toEqual([])
})

test('a notice is sealed for its browser, urgent if the alert is, and replaces the one before', async () => {
  const before = service.pushed.length
  await subscribe(await holder('acme', {}), 'sealed')
  await loggedOut('acme.sealed')
  const [pushed] = service.pushed.slice(before).filter(({ device }) => device === 'sealed')
  expect(pushed?.headers).toMatchObject({ urgency: 'high', ttl: '86400', 'content-encoding': 'aes128gcm' })
  expect(pushed?.headers['topic']).toMatch(/^[\w-]{32}$/)
  expect(pushed?.message).toEqual({
    title: 'CRITICAL QR code needed: session sealed of acme',
    body: expect.stringContaining('The device was unlinked.'),
    tag: 'qr-needed:acme.sealed',
  })
})

test('no notice is shown for a key that was revoked, below the severity that was asked for, or after the browser was removed', async () => {
  const [revoked, critical, removed] = await Promise.all([holder('acme', {}), holder('acme', {}), holder('acme', {})])
  await subscribe(revoked, 'revoked')
  await subscribe(critical, 'critical', 'critical')
  const { id } = await subscribe(removed, 'removed')
  await expect(removeDevice(world.dependencies, critical, id)).rejects.toMatchObject({ code: 'unknown-device' })
  await removeDevice(world.dependencies, removed, id)
  await world.write({ kind: 'update', path: apiKeyPath(revoked.key), fields: { revokedAt: new Date() } })
  await loggedOut('acme.third')
  expect(['revoked', 'critical', 'removed'].map((device) => service.titles(device).length)).toEqual([0, 1, 0])
})

test('a notice that waits for its push service is not shown once the key was revoked, and none in a tenant that is deleted', async () => {
  const [revoked, admin] = [await holder('acme', {}), await holder('gone', { role: 'admin' })]
  const fields = { v: 1, name: 'gone', state: 'active', createdAt: new Date(), config: {}, secrets: {} }
  await world.write({ kind: 'create', path: tenantPath('gone'), fields })
  await subscribe(revoked, 'late')
  await subscribe(admin, 'of-gone')
  service.away.add('late')
  await loggedOut('acme.fifth')
  await world.write({ kind: 'update', path: apiKeyPath(revoked.key), fields: { revokedAt: new Date() } })
  await world.write({ kind: 'update', path: tenantPath('gone'), fields: { state: 'deleting' } })
  service.away.delete('late')
  expect(await world.runTasks()).toEqual([])
  await loggedOut('gone.shop')
  expect([service.titles('late'), service.titles('of-gone')]).toEqual([[], []])
})

test('a browser that has ended its subscription is forgotten, and no task is repeated for it', async () => {
  const reader = await holder('acme', {})
  await subscribe(reader, 'ended')
  service.end('ended')
  await loggedOut('acme.fourth')
  expect(await world.runTasks()).toEqual([])
  expect((await listDevices(world.dependencies, reader)).devices).toEqual([])
})

test('the address of a browser and the private key are sealed, and two first requests agree on one key', async () => {
  const fresh = { ...OPERATOR, tenant: 'other' }
  const two = await Promise.all([listDevices(world.dependencies, fresh), listDevices(world.dependencies, fresh)])
  expect(two[0].publicKey).toBe(two[1].publicKey)
  await subscribe(fresh, 'of-other')
  const stored = [
    ...(await world.documents.query({ collection: PUSH_DEVICES })),
    ...(await world.documents.query({ collection: 'push_keys' })),
  ]
  expect(stored.length).toBeGreaterThan(3)
  for (const { fields } of stored) expect(Buffer.from(JSON.stringify(fields)).toString()).not.toContain(service.origin)
})

test('keys that are none are refused, and a list shows a person its own browsers only', async () => {
  const [reader, admin] = [await holder('acme', {}), await holder('acme', { role: 'admin' })]
  const subscription = { endpoint: 'https://push.example.com/a', p256dh: 'AAAA', auth: 'BTBZMqHH6r4Tts7J_aSIgg' }
  const request = { name: 'bad', minSeverity: 'warning', subscription } as const
  await expect(addDevice(world.dependencies, reader, request)).rejects.toMatchObject({ code: 'invalid-subscription' })
  await subscribe(reader, 'mine')
  const namesOf = async (principal: Principal) =>
    (await listDevices(world.dependencies, principal)).devices.map(({ name }) => name)
  expect(await namesOf(reader)).toEqual(['mine'])
  expect(await namesOf(admin)).toEqual(expect.arrayContaining(['mine', 'acme', 'sealed']))
  expect(await namesOf(admin)).not.toContain('operator')
  // The operator finds those of all operators, to remove them when somebody leaves.
  expect(await namesOf({ ...OPERATOR, tenant: 'acme' })).toEqual(expect.arrayContaining(['operator', 'of-other', 'mine']))
})
