import { findProgram } from '../support/find-program.ts'

const NAMES = ['chromium', 'chromium-browser', 'google-chrome', 'google-chrome-stable']

export const NO_CHROMIUM = `The tests of the dashboard drive Chromium, and none was found. Install it:

  apt-get install chromium

or name one: CHROME_PATH=/path/to/chrome. \`npm test -- --without-browser\` leaves these tests out.
`

/** Returns the path of a browser, or null where there is none. */
export const findChromium = (): string | null =>
  process.env['CHROME_PATH'] ?? NAMES.map(findProgram).find((path) => path !== null) ?? null
