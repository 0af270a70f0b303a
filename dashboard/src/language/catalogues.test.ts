import { expect, test } from 'vitest'
import { de } from './de.ts'
import { en } from './en.ts'
import { es } from './es.ts'
import { hi } from './hi.ts'
import { id } from './id.ts'
import { pt } from './pt.ts'
import { ru } from './ru.ts'

/** The type check finds a missing text. It cannot see what is in the texts. */

/** `retryAll → text`, each form of a number included. */
function textsOf(tree: object, above = ''): [string, string][] {
  return Object.entries(tree).flatMap(([key, value]: [string, unknown]) =>
    typeof value === 'string' ? [[`${above}${key}`, value]] : textsOf(value as object, `${above}${key}.`),
  )
}

const placesIn = (text: string): string[] => [...text.matchAll(/\{\w+\}/g)].map(([place]) => place).toSorted()

const english = new Map(textsOf(en))

/** A form of a number that English lacks has the values of its other form. */
const originalOf = (key: string): string => english.get(key) ?? english.get(key.replace(/\.\w+$/, '.other')) ?? ''

test.each(Object.entries({ de, es, hi, id, pt, ru }))(
  '%s has the values of every text, and says nothing in English',
  (_, messages) => {
    // English says `once`: other languages may have the number there.
    const others = textsOf(messages).filter(([key, text]) => {
      const wanted = placesIn(originalOf(key)).join(' ')
      const found = placesIn(text).join(' ')
      return found !== wanted && !key.startsWith('times.')
    })
    expect(others).toEqual([])
    const untranslated = textsOf(messages).filter(([key, text]) => text.includes(' ') && text === english.get(key))
    expect(untranslated).toEqual([])
  },
)

test.each(Object.entries({ en, de, es, hi, pt, ru }))(
  '%s has all forms of a number that the language knows',
  (language, messages) => {
    const { pluralCategories } = new Intl.PluralRules(language).resolvedOptions()
    const forms = Object.entries(messages).filter(([, value]) => typeof value === 'object' && 'other' in value)
    expect(forms.length).toBeGreaterThan(5)
    // `many` of Spanish and Portuguese is for millions.
    const needed = pluralCategories.filter((category) => category !== 'many' || language === 'ru')
    for (const [key, value] of forms) expect(Object.keys(value), key).toEqual(expect.arrayContaining(needed))
  },
)
