import type { Tenant } from '@holdfast/client/types'
import type { Fields } from '@holdfast/core/platform/ports'
import { sessionPath } from '@holdfast/core/session/session-document'
import type { Browser } from 'playwright-core'
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest'
import { EngineWorld } from '../support/engine-world.ts'
import { sessionChange, writeAll } from '../support/fleet-documents.ts'
import { PushService } from '../support/push-service.ts'
import { WebhookReceiver } from '../support/webhook-receiver.ts'
import { startChromium } from './chromium.ts'
import { addressOf, type Scene, setScene, unlinkBranch } from './scene.ts'
import { SCREENS } from './screens.ts'
import { DESKTOP, PHONE, Visitor } from './visitor.ts'

/**
 * What an operator does with the dashboard, in a real browser against the whole product. The tests follow each other in one world, because
 * its start takes most of their time.
 */

/** Who writes this hopes that a page shows it as HTML. */
const HOSTILE = `<img src=x onerror="window.robbed=1"><script>window.robbed=1</script>"'>`

/** The paths of everything that the service worker keeps. */
const KEPT_PATHS = `caches.keys()
  .then((names) => Promise.all(names.map((name) => caches.open(name).then((cache) => cache.keys()))))
  .then((all) => all.flat().map(({ url }) => new URL(url).pathname))`

const WORKER_IS_THERE = `navigator.serviceWorker.ready.then(() => null)`

/** A subscription that lives as long as the page. */
const SUBSCRIBES_HERE = `(() => {
  let subscribed = null
  const of = (made) => ({ toJSON: () => made, unsubscribe: async () => { subscribed = null; return true } })
  PushManager.prototype.getSubscription = async () => subscribed
  PushManager.prototype.subscribe = async ({ applicationServerKey }) => (subscribed = of(await subscribeAt(applicationServerKey)))
})()`

const SHOWN_TITLES = `navigator.serviceWorker.ready
  .then((registration) => registration.getNotifications())
  .then((shown) => shown.map(({ title }) => title))`

const FIRST_VIEW_BYTES = 150_000

let world: EngineWorld
let receiver: WebhookReceiver
let pushes: PushService
let browser: Browser
let visitor: Visitor
let scene: Scene

beforeAll(async () => {
  ;[world, receiver, pushes, browser] = await Promise.all([
    EngineWorld.start({ functionsEnv: { ALLOW_INSIDE_ADDRESSES: '127.0.0.1' } }),
    WebhookReceiver.start(),
    PushService.start(),
    startChromium(),
  ])
  visitor = await Visitor.arrive(world, browser)
}, 120_000)

afterAll(async () => {
  await browser?.close()
  await world?.[Symbol.asyncDispose]()
  await receiver?.[Symbol.asyncDispose]()
  await pushes?.[Symbol.asyncDispose]()
})

afterEach(() => {
  expect(visitor.strangers).toEqual([])
  expect(visitor.faults).toEqual([])
})

/** The state of the session that is shown. */
const badge = (text: string) => visitor.page.locator('.state .badge', { hasText: text })

test('a person signs in with a key, and the first view is small', async () => {
  const { page, origin } = visitor
  await page.goto(`${origin}/dashboard/`)
  await visitor.heading('Sign in to Holdfast')
  await page.getByLabel('API key').fill('hf_wrong')
  await visitor.press('Sign in')
  await page.getByRole('alert').waitFor()
  await page.getByLabel('API key').fill(world.sandbox.info.apiKey)
  await visitor.press('Sign in')
  await visitor.heading('Overview')
  await visitor.sees('Nothing needs a person now.')
  expect(visitor.received).toBeGreaterThan(20_000)
  expect(visitor.received).toBeLessThan(FIRST_VIEW_BYTES)
  const cookies = await page.context().cookies()
  expect(cookies).toMatchObject([{ httpOnly: true, sameSite: 'Strict' }])
})

test('a link signs in once', async () => {
  const other = await Visitor.arrive(world, browser)
  await other.signIn()
  expect(other.page.url()).toBe(`${other.origin}/dashboard/#/`)
  await other[Symbol.asyncDispose]()
})

test('a phone is linked by the code on the screen', async () => {
  const { page } = visitor
  const phone = '5511955550101'
  await world.simulator.createPhone(phone)
  await visitor.goTo('sessions')
  await visitor.press('New session')
  await page.getByRole('dialog').getByLabel('Name').fill('kiosk')
  await visitor.press('Create', { inDialog: true })
  await visitor.heading('kiosk')
  const code = await page.locator('svg.qr').getAttribute('data-text')
  await world.simulator.scan(phone, code ?? '')
  await badge('Connected').waitFor()
  await visitor.sees(`+${phone}`)
})

test('the page shows that a runner was killed, and that another one has the session, without a reload', async () => {
  const { page } = visitor
  await visitor.goTo('sessions/kiosk')
  await badge('Connected').waitFor()
  const epoch = page.locator('.facts div', { hasText: 'Epoch' }).locator('dd')
  const before = Number(await epoch.textContent())
  await page.evaluate(() => Object.assign(globalThis, { isSamePage: true }))
  world.sandbox.runner('runner-1').kill()
  // Another runner may be so fast that nobody is told of the states in between.
  await epoch.filter({ hasNotText: new RegExp(`^${before}$`) }).waitFor()
  await badge('Connected').waitFor()
  expect(Number(await epoch.textContent())).toBeGreaterThan(before)
  expect(await page.evaluate(() => 'isSamePage' in globalThis)).toBe(true)
})

test('a failed message is sent after a retry, and its timeline says so', async () => {
  scene = await setScene(world, receiver, {
    contact: HOSTILE,
    received: [HOSTILE, 'Are you open on Sunday?'],
    sent: ['We are open from 9 to 18.'],
    failed: HOSTILE,
  })
  await visitor.goTo('queue')
  await visitor.press(`Retry: ${scene.shop.contact}@c.us`)
  await visitor.sees('The message is back in the queue.')
  await visitor.goTo(`queue/${scene.failed}`)
  await visitor.page.locator('.timeline').getByText('Delivered').waitFor()
  await visitor.page.locator('.timeline').getByText('Failed').first().waitFor()
})

test('names and texts of other people are shown as they are, and do nothing', async () => {
  const { page } = visitor
  for (const screen of [`queue/${scene.failed}`, 'queue?status=any', 'sessions/shop?tab=chats', 'webhooks', 'sessions']) {
    await visitor.goTo(screen)
    await page.locator('.rows, .timeline').first().waitFor()
    if (screen !== 'sessions' && screen !== 'webhooks') await visitor.sees(HOSTILE)
  }
  await visitor.sees('shop')
  expect(await page.evaluate(() => 'robbed' in globalThis)).toBe(false)
})

test('a backup is made and restored, after the page has said what would be lost', async () => {
  const { page } = visitor
  await visitor.goTo('sessions/shop?tab=backups')
  await visitor.press('Back up')
  await page.getByLabel('Note').fill('Of today')
  await visitor.press('Back up', { inDialog: true })
  const row = page.locator('.row', { hasText: 'Of today' })
  await row.getByRole('button', { name: /^Restore/ }).click()
  await page.getByRole('dialog').getByRole('term').filter({ hasText: 'Messages received since' }).waitFor()
  await visitor.press('Restore', { inDialog: true })
  await page.locator('.card .badge').getByText('Done').waitFor()
  await scene.shop.works()
})

test('an alert is acknowledged', async () => {
  const { page } = visitor
  await unlinkBranch(world)
  await visitor.goTo('')
  await page.getByRole('link', { name: 'branch' }).first().waitFor()
  await visitor.goTo('alerts')
  await visitor.press('Acknowledge: qr-needed:default.branch')
  await visitor.sees('Acknowledged. Nobody is reminded of it.')
  await page.getByRole('navigation', { name: 'State' }).getByRole('link', { name: 'Acknowledged' }).click()
  await page.locator('.row', { hasText: 'A session needs a phone' }).waitFor()
})

test('a channel of alerts is tested', async () => {
  await visitor.goTo('alerts')
  await visitor.press('Test: on-call')
  await visitor.page.locator('.row', { hasText: 'on-call' }).getByText('Delivered').waitFor()
})

test('a channel of alerts and an end point are added and removed again', async () => {
  const { page } = visitor
  const config = async () => ((await (await world.sandbox.api('/api/tenant')).json()) as Tenant).config
  await visitor.goTo('alerts')
  await visitor.press('Add a channel')
  await page.getByLabel('Name').fill('second')
  await page.getByLabel('Type').selectOption('Webhook')
  await page.getByLabel('Address').fill(receiver.url('second'))
  await page.getByLabel('Key that signs').fill('a secret')
  await visitor.press('Create', { inDialog: true })
  await visitor.press('Test: second')
  await page.locator('.row', { hasText: 'second' }).getByText('Delivered').waitFor()
  const channels = async () => (await config()).alerts?.channels?.map(({ name, ...rest }) => [name, 'key' in rest])
  expect(await channels()).toEqual([
    ['on-call', false],
    ['second', true],
  ])
  await visitor.press('Remove: second')
  await visitor.press('Remove', { inDialog: true })
  await visitor.sees('“second” is removed.')
  expect(await channels()).toEqual([['on-call', false]])

  await visitor.goTo('webhooks')
  await visitor.press('Add an end point')
  await page.getByLabel('Address').fill(receiver.url('third'))
  await visitor.press('Create', { inDialog: true })
  const address = receiver.url('third')
  await page.locator('.row', { hasText: address }).waitFor()
  expect((await config()).webhooks?.map(({ url }) => url)).toEqual([receiver.url('shop'), address])
  await visitor.press(`Remove: ${address}`)
  await visitor.press('Remove', { inDialog: true })
  await page.locator('.row', { hasText: address }).waitFor({ state: 'detached' })
  expect((await config()).webhooks?.map(({ url }) => url)).toEqual([receiver.url('shop')])
})

test('no screen keeps anybody out, by day at a desk and by night in a hand', { timeout: 180_000 }, async () => {
  const { page } = visitor
  await world.api.createSession('fresh')
  const found: string[] = []
  for (const { name, at, shows } of SCREENS) {
    await visitor.goTo(addressOf(at, scene))
    await page.locator(shows).first().waitFor()
    for (const [colorScheme, viewport] of [['light', DESKTOP] as const, ['dark', PHONE] as const]) {
      await page.emulateMedia({ colorScheme })
      await page.setViewportSize(viewport)
      found.push(...(await visitor.barriers()).map((barrier) => `${name}, ${colorScheme}: ${barrier}`))
      const surplus = await page.evaluate<number>('document.documentElement.scrollWidth - innerWidth')
      if (surplus > 0) found.push(`${name} is ${surplus} px too wide at ${viewport.width} px`)
    }
  }
  expect(found).toEqual([])
  await page.setViewportSize(DESKTOP)
})

test('a browser shows alerts while the page is closed, which a test proves', async () => {
  const { page } = visitor
  await visitor.allow('notifications')
  // Chromium asks the push service of Google for a subscription. Here the one of the test gives it, for the key that the page asks for.
  await page.exposeFunction('subscribeAt', (key: string) => pushes.subscribe('chromium', key))
  await visitor.goTo('')
  await page.evaluate(SUBSCRIBES_HERE)
  await visitor.goTo('alerts')
  await visitor.press('Show alerts in this browser')
  await visitor.sees('This browser shows alerts, also while the page is closed.')
  await page.getByRole('button', { name: /^Test: Chrome on/ }).click()
  await page.locator('.said', { hasText: 'Delivered' }).waitFor()
  const [pushed] = pushes.pushed
  expect(pushed?.message).toMatchObject({ title: 'TEST Alerts of default', tag: 'test' })
  await visitor.push(JSON.stringify(pushed?.message))
  await expect.poll(() => page.evaluate<string[]>(SHOWN_TITLES)).toEqual(['TEST Alerts of default'])
})

test('a long list of sessions is paged, searched by the API, and shows each change without a reload', async () => {
  const { page } = visitor
  const { documents } = world.google
  const many = Array.from({ length: 120 }, (_, index) => `many-${String(index).padStart(3, '0')}`)
  const stopped = { wanted: 'offline', state: 'STOPPED', reason: 'requested', sentence: 'Stopped on request.', since: new Date() }
  await writeAll(
    documents,
    many.map((name) => sessionChange(`default.${name}`, stopped)),
  )
  const write = (name: string, fields: Fields) =>
    documents.commit([{ kind: 'update', path: sessionPath(`default.${name}`), fields }])
  const rows = page.locator('.rows > li')
  await visitor.goTo('sessions?status=STOPPED')
  await expect.poll(() => rows.count()).toBe(50)
  // The list is asked for again while the next page is on its way.
  const nextPage = Promise.withResolvers<void>()
  await page.route(/api\/sessions\?.*cursor=/, async (route) => await nextPage.promise.then(() => route.continue()), { times: 1 })
  await visitor.press('Show more')
  await writeAll(documents, [sessionChange('default.many-000a', stopped)])
  await rows.filter({ hasText: 'many-000a' }).waitFor()
  nextPage.resolve()
  await expect.poll(() => rows.count()).toBe(100)
  await page.getByLabel('Find').fill('MANY-11')
  await expect.poll(() => rows.allTextContents()).toHaveLength(10)
  await write('many-114', { me: { id: '5511955550114@s.whatsapp.net', lid: null, pushName: 'Corner shop' } })
  await rows.filter({ hasText: 'Corner shop' }).waitFor()
  const failed = { state: 'NEEDS_ATTENTION', reason: 'foreign-connection', sentence: 'Another program keeps connecting.' }
  await write('many-115', { ...failed, userAction: 'Stop the other program.' })
  await expect.poll(() => rows.count()).toBe(9)
  await visitor.goTo('')
  await page.locator('.rows > li', { hasText: 'many-115' }).waitFor()
  await write('many-115', { ...stopped, userAction: null })
  await page.locator('.rows > li', { hasText: 'many-115' }).waitFor({ state: 'detached' })
})

// It loads the page four times, which a loaded machine may take a minute for.
test('the page opens without a network and says so, and keeps no answer of the API', { timeout: 180_000 }, async () => {
  const { page } = visitor
  await visitor.goTo('')
  await page.evaluate(WORKER_IS_THERE)
  await page.reload()
  await visitor.setOffline(true)
  await page.reload()
  await visitor.sees('Holdfast cannot be reached.')
  const kept = await page.evaluate<string[]>(KEPT_PATHS)
  expect(kept).toContain('/dashboard/')
  expect(kept.filter((path) => !path.startsWith('/dashboard/'))).toEqual([])
  await visitor.setOffline(false)
  await visitor.press('Try again')
  await visitor.heading('Overview')
})

test('whoever signs out sees nothing more', async () => {
  // A page that hears nothing of the API, as one that another process serves.
  const other = await visitor.page.context().newPage()
  await other.goto(`${visitor.origin}/dashboard/`)
  await other.getByRole('heading', { name: 'Overview' }).waitFor()
  await other.route('**/api/**', (route) => route.abort())
  await visitor.press('Sign out')
  await visitor.heading('Sign in to Holdfast')
  await other.getByRole('heading', { name: 'Sign in to Holdfast' }).waitFor()
  await other.close()
  await visitor.page.reload()
  await visitor.heading('Sign in to Holdfast')
  const response = await world.sandbox.api('/api/alerts/devices')
  expect(await response.json()).toMatchObject({ devices: [] })
})
