import { randomBytes } from 'node:crypto'
import { describe, expect, onTestFinished, test } from 'vitest'
import { jobPath } from '@holdfast/core/message/job-document'
import { sealJobContent } from '@holdfast/core/message/sealed-content'
import { tenantPath } from '@holdfast/core/operations/tenant-document'
import { DEFAULT_TENANT_SETTINGS, type TenantSettings } from '@holdfast/core/operations/tenant-settings'
import { createLogger } from '@holdfast/core/platform/logging'
import { SERVER_TIME, type Clock } from '@holdfast/core/platform/ports'
import { systemClock } from '@holdfast/core/platform/system-clock'
import { newSessionKeys, unwrapSessionKeys, WrappingKey } from '@holdfast/core/security/envelope'
import { sessionKeyPath } from '@holdfast/core/security/session-key-document'
import { sessionPath } from '@holdfast/core/session/session-document'
import { TenantFeed } from '../../../runner/src/supervisor/tenant-feed.ts'
import { FaultyDocuments } from '../../support/engine/faulty-documents.ts'
import type { GivenParts } from '../../support/engine/runner-under-test.ts'
import { runnersOfThisFile } from '../../support/engine/runners-of-a-file.ts'

/** A change of a tenant's configuration takes effect while a runner works, within ten seconds. */

const { clients, startRunner } = runnersOfThisFile()
const wrappingKey = new WrappingKey(randomBytes(32))

const SOON = { timeout: 10_000 }

const configure = (tenant: string, config: unknown, fields: Record<string, unknown> = {}): Promise<void> =>
  clients.documents.commit([
    {
      kind: 'merge',
      path: tenantPath(tenant),
      fields: { v: 1, name: tenant, state: 'active', createdAt: SERVER_TIME, config, ...fields },
    },
  ])

/** A started feed on a store that the test can make fail. */
async function newFeed({
  defaults = DEFAULT_TENANT_SETTINGS,
  clock = systemClock,
}: { defaults?: TenantSettings; clock?: Clock } = {}) {
  const documents = new FaultyDocuments(clients.documents)
  const feed = new TenantFeed({ documents, clock, logger: createLogger('test', 'silent'), defaults })
  onTestFinished(() => feed.stop())
  await feed.start()
  return { feed, documents }
}

describe('the feed of tenants', () => {
  test('knows every configuration when it has started, and tells of each change', async () => {
    await configure('acme', { timeZone: 'Europe/Berlin', pacing: { dailyLimit: 7 } })
    const { feed } = await newFeed({ defaults: { ...DEFAULT_TENANT_SETTINGS, failoverAfterMs: 1 } })
    const { pacing } = DEFAULT_TENANT_SETTINGS
    expect(feed.settingsOf('acme')).toMatchObject({
      timeZone: 'Europe/Berlin',
      pacing: { ...pacing, dailyLimit: 7 },
      failoverAfterMs: 1,
    })
    expect(feed.settingsOf('nobody')).toEqual({ ...DEFAULT_TENANT_SETTINGS, failoverAfterMs: 1 })
    const changed: string[] = []
    const end = feed.onChange((tenant) => changed.push(`${tenant} ${feed.settingsOf(tenant).timeZone}`))
    await configure('acme', { timeZone: 'America/Sao_Paulo' })
    await expect.poll(() => changed, SOON).toEqual(['acme America/Sao_Paulo'])
    expect(feed.settingsOf('acme').pacing).toEqual(pacing)
    await clients.documents.commit([{ kind: 'delete', path: tenantPath('acme') }])
    await expect.poll(() => changed, SOON).toEqual(['acme America/Sao_Paulo', 'acme UTC'])
    end()
    await configure('acme', { timeZone: 'Asia/Tokyo' })
    await expect.poll(() => feed.settingsOf('acme').timeZone, SOON).toBe('Asia/Tokyo')
    expect(changed).toHaveLength(2)
  })

  test.each([
    ['a config that is no config', { config: { pacing: 'fast' } }],
    ['a time zone that nobody knows', { config: { timeZone: 'Europe/Atlantis' } }],
    ['a later version', { v: 2 }],
  ])('keeps the last good settings when a document gets %s', async (_, damage) => {
    await configure('acme', { failoverAfterMs: 5 })
    const { feed } = await newFeed()
    await configure('acme', { failoverAfterMs: 6 }, damage)
    await configure('other', { failoverAfterMs: 7 })
    await expect.poll(() => feed.settingsOf('other').failoverAfterMs, SOON).toBe(7)
    expect(feed.settingsOf('acme').failoverAfterMs).toBe(5)
    await configure('acme', { failoverAfterMs: 8 })
    await expect.poll(() => feed.settingsOf('acme').failoverAfterMs, SOON).toBe(8)
  })

  test('has the settings of the installation for a document that was damaged from the beginning', async () => {
    await configure('acme', { failoverAfterMs: 'soon' })
    const { feed } = await newFeed()
    expect(feed.settingsOf('acme')).toEqual(DEFAULT_TENANT_SETTINGS)
  })

  test('keeps its settings while Firestore is away, and hears afterwards what changed meanwhile', async () => {
    await configure('acme', { failoverAfterMs: 5 })
    await configure('gone', { failoverAfterMs: 5 })
    let listenAgain = () => {}
    const clock: Clock = {
      ...systemClock,
      after: (_, callback) => {
        listenAgain = callback
        return () => {}
      },
    }
    const { feed, documents } = await newFeed({ clock })
    documents.failListeners()
    await configure('acme', { failoverAfterMs: 6 })
    await clients.documents.commit([{ kind: 'delete', path: tenantPath('gone') }])
    expect([feed.settingsOf('acme').failoverAfterMs, feed.settingsOf('gone').failoverAfterMs]).toEqual([5, 5])
    listenAgain()
    await expect.poll(() => feed.settingsOf('acme').failoverAfterMs, SOON).toBe(6)
    expect(feed.settingsOf('gone').failoverAfterMs).toBe(DEFAULT_TENANT_SETTINGS.failoverAfterMs)
  })

  test('stops before the first answer, so that a runner can leave while Firestore hangs', async () => {
    const silent = { ...clients.documents, listen: () => () => {} } as unknown as typeof clients.documents
    const feed = new TenantFeed({
      documents: silent,
      clock: systemClock,
      logger: createLogger('test', 'silent'),
      defaults: DEFAULT_TENANT_SETTINGS,
    })
    const started = feed.start()
    feed.stop()
    await started
  })
})

/** A running session of tenant `acme`, whose messages WhatsApp refuses when the test says so. */
async function runningSession() {
  const sessionId = 'acme.main'
  const keys = await newSessionKeys(sessionId, wrappingKey)
  const cipher = await unwrapSessionKeys(sessionId, keys, wrappingKey)
  const session = { v: 1, tenant: 'acme', name: 'main', wanted: 'online', createdAt: SERVER_TIME, runnerId: null }
  await clients.documents.commit([
    { kind: 'create', path: sessionPath(sessionId), fields: session },
    { kind: 'create', path: sessionKeyPath(sessionId), fields: { ...keys } },
  ])
  let given: GivenParts | undefined
  const runner = await startRunner({ wrappingKey, onClient: (parts) => (given = parts) })
  await expect.poll(() => runner.dials.length, SOON).toBe(1)
  const { events } = runner.dials[0] ?? {}
  events?.onLogin()
  events?.onOpen()
  const statusOf = async (id: string) => {
    const { status, timeline } = (await clients.documents.read(jobPath(id)))?.fields ?? {}
    return `${String(status)} after ${(timeline as unknown[]).length} steps`
  }
  return {
    runner,
    sessionId,
    wantsFullHistory: () => given?.wantsFullHistory(),
    statusOf,
    accept: async (id: string) => {
      const content = sealJobContent(cipher, id, { type: 'text', text: 'hello' })
      const fixed = { v: 1, tenant: 'acme', sessionId, chat: '5511900000002@s.whatsapp.net', type: 'text', requestHash: '' }
      const times = { createdAt: SERVER_TIME, queuedAt: SERVER_TIME, timeline: [{ status: 'pending', at: new Date() }] }
      const fields = { ...fixed, ...times, content, messageId: `M-${id}`, status: 'pending' }
      await clients.documents.commit([{ kind: 'create', path: jobPath(id), fields }])
    },
    refuse: async (id: string) => {
      await expect.poll(() => statusOf(id), SOON).toMatch(/^processing/)
      // The owner hears of its own commit a moment later than the test, and an answer before that is none to its message.
      const answer = () => (events?.onMessageAck(`M-${id}`, '479'), statusOf(id))
      await expect.poll(answer, SOON).not.toMatch(/^processing/)
    },
  }
}

describe('a running session', () => {
  test('follows the configuration of its tenant without a restart', async () => {
    const { runner, sessionId, wantsFullHistory, accept, refuse, statusOf } = await runningSession()
    expect(wantsFullHistory()).toBe(false)
    await configure('acme', { syncFullHistory: true, retries: { maxRetries: 0 } })
    await expect.poll(wantsFullHistory, SOON).toBe(true)
    expect(runner.dependencies.tenantSettings(sessionId).retries.maxRetries).toBe(0)
    await accept('one')
    await refuse('one')
    await expect.poll(() => statusOf('one'), SOON).toBe('failed after 3 steps')
    await configure('acme', { retries: { maxRetries: 1, delaysMs: [60_000] } })
    await expect.poll(wantsFullHistory, SOON).toBe(false)
    await accept('two')
    await refuse('two')
    await expect.poll(() => statusOf('two'), SOON).toBe('pending after 3 steps')
    expect([runner.openings, runner.dials.length]).toEqual([1, 1])
  })
})
