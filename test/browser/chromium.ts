import { type Browser, chromium } from 'playwright-core'
import { findChromium, NO_CHROMIUM } from './find-chromium.ts'

/** Starts a browser that shows nothing and asks nobody for anything. Root may use no sandbox of Chromium's. */
export async function startChromium(): Promise<Browser> {
  const executablePath = findChromium()
  if (executablePath === null) throw new Error(NO_CHROMIUM)
  const quiet = ['--no-first-run', '--disable-background-networking', '--disable-component-update', '--disable-sync']
  return await chromium.launch({ executablePath, args: ['--no-sandbox', '--disable-gpu', ...quiet] })
}
