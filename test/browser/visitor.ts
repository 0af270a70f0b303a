import axe from 'axe-core'
import type { AxeResults } from 'axe-core'
import type { Browser, BrowserContext, Page } from 'playwright-core'
import type { EngineWorld } from '../support/engine-world.ts'

export const PHONE = { width: 390, height: 844 }
export const DESKTOP = { width: 1280, height: 800 }

interface VisitorOptions {
  readonly viewport?: { readonly width: number; readonly height: number }
  readonly locale?: string
}

/** How long the page may take for what a test waits for, ms: long, because a loaded machine is no reason to fail. */
const LIMIT_MS = 45_000

/** Somebody with a browser of their own, and all that the browser noticed. */
export class Visitor implements AsyncDisposable {
  readonly page: Page
  readonly #context: BrowserContext
  readonly #world: EngineWorld
  /** Addresses outside of the API's. */
  readonly strangers: string[] = []
  /** What the page's policy refused, and what scripts threw. */
  readonly faults: string[] = []
  /** The bytes that came over the wire, without the events. */
  received = 0

  private constructor(world: EngineWorld, context: BrowserContext, page: Page) {
    this.#world = world
    this.#context = context
    this.page = page
    page.setDefaultTimeout(LIMIT_MS)
    page.on('pageerror', (error) => this.faults.push(String(error)))
    page.on('console', (message) => {
      if (/content security policy/i.test(message.text())) this.faults.push(message.text())
    })
    page.on('request', (request) => {
      const { protocol, origin } = new URL(request.url())
      if (protocol.startsWith('http') && origin !== this.origin) this.strangers.push(request.url())
    })
    page.on('requestfinished', (request) => {
      if (!request.url().includes('/api/'))
        void request.sizes().then(({ responseBodySize }) => (this.received += responseBodySize))
    })
  }

  static async arrive(world: EngineWorld, browser: Browser, options: VisitorOptions = {}): Promise<Visitor> {
    const { viewport = DESKTOP, locale = 'en-US' } = options
    const context = await browser.newContext({ viewport, locale, timezoneId: 'Europe/Berlin' })
    return new Visitor(world, context, await context.newPage())
  }

  get origin(): string {
    return this.#world.sandbox.info.api ?? ''
  }

  /** Goes to a screen: `sessions/main?tab=backups`. */
  async goTo(screen: string): Promise<void> {
    await this.page.goto(`${this.origin}/dashboard/#/${screen}`)
  }

  /** Signs in as the operator, by a link that works once. */
  async signIn(): Promise<void> {
    const response = await this.#world.sandbox.api('/api/sign-in/tokens', { method: 'POST' })
    const { token } = (await response.json()) as { token: string }
    await this.page.goto(`${this.origin}/dashboard/#token=${token}`)
    await this.heading('Overview')
  }

  /** Waits until a screen is shown. */
  async heading(name: string): Promise<void> {
    await this.page.getByRole('heading', { level: 1, name }).waitFor()
  }

  /** Presses a button by its words. */
  async press(name: string, { inDialog = false } = {}): Promise<void> {
    const place = inDialog ? this.page.getByRole('dialog') : this.page
    await place.getByRole('button', { name, exact: true }).click()
  }

  /** Waits until the page shows a text. */
  async sees(text: string | RegExp): Promise<void> {
    await this.page.getByText(text).first().waitFor()
  }

  /** What a person with a screen reader, or with weak eyes, could not use. */
  async barriers(): Promise<string[]> {
    await this.page.evaluate(axe.source)
    // With other results axe looks longer.
    const { violations } = await this.page.evaluate<AxeResults>(`axe.run({ resultTypes: ['violations'] })`)
    return violations.flatMap(({ id, nodes }) => nodes.map(({ html, failureSummary }) => `${id}: ${html}\n${failureSummary}`))
  }

  async allow(permission: 'notifications'): Promise<void> {
    await this.#context.grantPermissions([permission], { origin: this.origin })
  }

  /** Brings a message to the service worker, as the browser's push service would. */
  async push(data: string): Promise<void> {
    const session = await this.#context.newCDPSession(this.page)
    const registered = new Promise<string>((resolve) => {
      session.on('ServiceWorker.workerRegistrationUpdated', ({ registrations: [one] }) => one && resolve(one.registrationId))
    })
    await session.send('ServiceWorker.enable')
    const registrationId = await registered
    await session.send('ServiceWorker.deliverPushMessage', { origin: this.origin, registrationId, data })
    await session.detach()
  }

  async setOffline(isOffline: boolean): Promise<void> {
    await this.#context.setOffline(isOffline)
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#context.close()
  }
}
