import { spawnSync } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { findChromium, NO_CHROMIUM } from './find-chromium.ts'

/** Builds the page before the tests that look at it, when its sources have changed. */
export function setup(): void {
  if (findChromium() === null) throw new Error(NO_CHROMIUM)
  const entry = fileURLToPath(new URL('../../dashboard/build.ts', import.meta.url))
  const { status } = spawnSync(process.execPath, [entry], { stdio: 'inherit' })
  if (status !== 0) throw new Error('The dashboard was not built: the lines above say why.')
}
