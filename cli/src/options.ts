import { InvalidArgumentError } from '@commander-js/extra-typings'
import type { Message } from '@holdfast/client/types'

// Readers of the values of options. Commander makes a wrong command line of what they throw.

export function countOf(text: string): number {
  if (!/^[1-9]\d{0,3}$/.test(text)) throw new InvalidArgumentError('It is a number from 1 to 9999.')
  return Number(text)
}

const STATUSES: readonly Message['status'][] = ['pending', 'processing', 'sent', 'delivered', 'read', 'failed', 'canceled']

export const statusOf = oneOf(STATUSES)

/** Makes a reader of one of these words. */
export function oneOf<Word extends string>(words: readonly Word[]): (text: string) => Word {
  return (text) => {
    const word = words.find((each) => each === text)
    if (word === undefined) throw new InvalidArgumentError(`It is one of ${words.join(', ')}.`)
    return word
  }
}
