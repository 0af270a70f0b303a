import { computed, signal } from '@preact/signals'
import { keep, kept } from '../platform/kept.ts'
import { en, type Messages } from './en.ts'
import type { Plural } from './plural.ts'

/** The languages with their own names, as a person looks for them. */
export const LANGUAGES = {
  en: 'English',
  de: 'Deutsch',
  es: 'Español',
  pt: 'Português',
  hi: 'हिन्दी',
  id: 'Bahasa Indonesia',
  ru: 'Русский',
} as const

export type Language = keyof typeof LANGUAGES

/** `cancel`, or for a word of a group `statusOf.WORKING`. */
type TextKey = {
  [Key in keyof Messages]: Messages[Key] extends string
    ? Key
    : Messages[Key] extends Plural
      ? never
      : `${Key}.${Extract<keyof Messages[Key], string>}`
}[keyof Messages]
type CountKey = { [Key in keyof Messages]: Messages[Key] extends Plural ? Key : never }[keyof Messages]
type Values = Readonly<Record<string, string | number>>

/** Each language is a file of its own, of which a browser loads one. */
const OTHERS: Readonly<Record<Exclude<Language, 'en'>, () => Promise<Messages>>> = {
  de: async () => (await import('./de.ts')).de,
  es: async () => (await import('./es.ts')).es,
  pt: async () => (await import('./pt.ts')).pt,
  hi: async () => (await import('./hi.ts')).hi,
  id: async () => (await import('./id.ts')).id,
  ru: async () => (await import('./ru.ts')).ru,
}

const spoken = signal<{ language: Language; messages: Messages }>({ language: 'en', messages: en })

export const language = computed(() => spoken.value.language)

/** Speaks the language that was chosen here, else the first of the browser's that we have. */
export async function speakAtStart(): Promise<void> {
  const wanted = [kept('language'), ...navigator.languages.map((tag) => tag.split('-')[0])]
  await speak(wanted.find(isLanguage) ?? 'en')
}

export async function choose(next: Language): Promise<void> {
  keep('language', next)
  await speak(next)
}

async function speak(next: Language): Promise<void> {
  try {
    spoken.value = { language: next, messages: next === 'en' ? en : await OTHERS[next]() }
  } catch {
    // The file cannot be loaded now, for example without a network. English came with the page.
    spoken.value = { language: 'en', messages: en }
  }
  document.documentElement.lang = spoken.value.language
}

const isLanguage = (text: string | null | undefined): text is Language => Object.hasOwn(LANGUAGES, text ?? '')

/** The text of this key in the language of the page. */
export function t(key: TextKey, values: Values = {}): string {
  const [name = '', word = ''] = key.split('.')
  const found = (spoken.value.messages as Readonly<Record<string, string | Readonly<Record<string, string>>>>)[name]
  return filled((typeof found === 'string' ? found : found?.[word]) ?? key, values)
}

/** The same with the form that fits a number. */
export function count(key: CountKey, n: number, values: Values = {}): string {
  const forms: Plural = spoken.value.messages[key]
  return filled(forms[pluralRules.value.select(n)] ?? forms.other, { n: number(n), ...values })
}

const filled = (text: string, values: Values): string =>
  text.replaceAll(/\{(\w+)\}/g, (whole, name: string) => String(values[name] ?? whole))

const pluralRules = computed(() => new Intl.PluralRules(language.value))
const numbers = computed(() => new Intl.NumberFormat(language.value))
const relative = computed(() => new Intl.RelativeTimeFormat(language.value, { numeric: 'auto', style: 'short' }))
const dates = computed(() => new Intl.DateTimeFormat(language.value, { dateStyle: 'medium', timeStyle: 'medium' }))
const days = computed(() => new Intl.DateTimeFormat(language.value, { dateStyle: 'long', timeZone: 'UTC' }))
const bytes = computed(
  () =>
    new Intl.NumberFormat(language.value, { style: 'unit', unit: 'kilobyte', unitDisplay: 'short', maximumFractionDigits: 1 }),
)

export const number = (n: number): string => numbers.value.format(n)
export const kilobytes = (n: number): string => bytes.value.format(n / 1000)
export const dateTime = (at: string | number): string => dates.value.format(new Date(at))
export const day = (at: string): string => days.value.format(new Date(at))

const UNITS = [
  ['day', 86_400_000],
  ['hour', 3_600_000],
  ['minute', 60_000],
  ['second', 1000],
] as const

/** A time as seen from another one: `3 min. ago`. Both in ms. */
export function ago(at: number, from: number): string {
  const apart = at - from
  const [unit, ms] = UNITS.find(([, ms]) => Math.abs(apart) >= ms) ?? UNITS[3]
  return relative.value.format(Math.trunc(apart / ms), unit)
}

/** A length of time: `3 min`. */
export function lasting(ms: number): string {
  const [unit, each] = UNITS.find(([, each]) => ms >= each) ?? UNITS[3]
  return new Intl.NumberFormat(language.value, { style: 'unit', unit, unitDisplay: 'short', maximumFractionDigits: 1 }).format(
    ms / each,
  )
}
