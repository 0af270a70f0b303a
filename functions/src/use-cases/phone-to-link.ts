/** A number with its country code, as E.164 has it. No country code begins with 0. */
const PHONE = /^[1-9]\d{6,14}$/

/** What people put between the digits of a number. */
const BETWEEN = /[\s().-]/g

/** Returns the digits of a phone number that was given with or without `+` and its chat's suffix; null for what is no number. */
export function phoneToLink(given: string): string | null {
  const digits = given
    .replace(/@(c\.us|s\.whatsapp\.net)$/, '')
    .replace(BETWEEN, '')
    .replace(/^\+/, '')
  return PHONE.test(digits) ? digits : null
}

/** Returns a code as people read it from a screen. */
export const shownCode = (code: string): string => `${code.slice(0, 4)}-${code.slice(4)}`
