import { mkdir } from 'node:fs/promises'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { fileURLToPath } from 'node:url'
import { EngineWorld } from '../support/engine-world.ts'
import { WebhookReceiver } from '../support/webhook-receiver.ts'
import { setup as build } from './built-dashboard.ts'
import { startChromium } from './chromium.ts'
import { addressOf, setScene, unlinkBranch } from './scene.ts'
import { type Screen, SCREENS } from './screens.ts'
import { DESKTOP, PHONE, Visitor } from './visitor.ts'

/** `npm run screenshots`: a picture of each screen for a phone and for a desk, by day and by night, from a sandbox of its own. */
const { values } = parseArgs({
  options: {
    to: { type: 'string', default: fileURLToPath(new URL('../../.holdfast/screenshots', import.meta.url)) },
    language: { type: 'string', default: 'en' },
    only: { type: 'string' },
  },
})

const SIZES = { phone: PHONE, desk: DESKTOP } as const

const SAID = {
  contact: 'Ana Souza',
  received: ['Good morning! Is the order 4711 on its way?', 'And are you open on Sunday?'],
  sent: ['Good morning Ana, it leaves today.', 'On Sunday we are open from 10 to 14.'],
  failed: 'Your parcel has arrived at the shop.',
}

async function main(): Promise<void> {
  build()
  await using receiver = await WebhookReceiver.start()
  await using world = await EngineWorld.start({ runners: 2, functionsEnv: { ALLOW_INSIDE_ADDRESSES: '127.0.0.1' } })
  const browser = await startChromium()
  try {
    const scene = await setScene(world, receiver, SAID)
    await unlinkBranch(world)
    await world.linked('hotel')
    await world.api.createSession('fresh')
    await mkdir(values.to, { recursive: true })
    for (const size of ['phone', 'desk'] as const) {
      const viewport = SIZES[size]
      await using visitor = await Visitor.arrive(world, browser, { viewport, locale: values.language })
      await visitor.page.goto(`${visitor.origin}/dashboard/`)
      await visitor.page.locator('.sign-in form').waitFor()
      await take(visitor, `sign-in-${size}`, viewport)
      await visitor.signIn()
      for (const screen of SCREENS)
        if (values.only === undefined || screen.name === values.only)
          await show(visitor, screen, addressOf(screen.at, scene), size)
    }
  } finally {
    await browser.close()
  }
  process.stdout.write(`The pictures are in ${values.to}\n`)
}

async function show(visitor: Visitor, { name, shows }: Screen, at: string, size: keyof typeof SIZES): Promise<void> {
  await visitor.goTo(at)
  await visitor.page.locator(shows).first().waitFor()
  await take(visitor, `${name}-${size}`, SIZES[size])
}

/** The window is as high as the page, because the bar at its end would lie over the middle of a longer picture. */
async function take({ page }: Visitor, name: string, { width, height }: { width: number; height: number }): Promise<void> {
  await page.setViewportSize({ width, height })
  const whole = await page.evaluate<number>('document.documentElement.scrollHeight')
  await page.setViewportSize({ width, height: whole })
  for (const colorScheme of ['light', 'dark'] as const) {
    await page.emulateMedia({ colorScheme })
    await page.screenshot({ path: join(values.to, `${name}-${colorScheme}.png`) })
  }
}

await main()
