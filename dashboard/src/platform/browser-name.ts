/** Each browser also names those that it wants to be taken for: the first that fits counts. */
const BROWSERS = [
  ['Edg', 'Edge'],
  ['OPR', 'Opera'],
  ['SamsungBrowser', 'Samsung Internet'],
  ['Firefox', 'Firefox'],
  ['FxiOS', 'Firefox'],
  ['Chrome', 'Chrome'],
  ['CriOS', 'Chrome'],
  ['Safari', 'Safari'],
] as const
const SYSTEMS = [
  ['Android', 'Android'],
  ['iPhone', 'iPhone'],
  ['iPad', 'iPad'],
  ['Windows', 'Windows'],
  ['Mac OS', 'macOS'],
  ['CrOS', 'ChromeOS'],
  ['Linux', 'Linux'],
] as const

/** Names a browser for people: `Firefox on Android`. */
export function browserName(userAgent: string): string {
  const named = (words: readonly (readonly [string, string])[], other: string): string =>
    words.find(([word]) => userAgent.includes(word))?.[1] ?? other
  return `${named(BROWSERS, 'Browser')} on ${named(SYSTEMS, 'a device')}`
}
