import { parseArgs } from 'node:util'

export interface Options {
  /** Sessions that are compared; recovery is measured with twice as many as well. */
  readonly sessions: number
  /** In each chat, direction and round, when there are that many sessions. */
  readonly messages: number
  readonly rounds: number
  readonly json: boolean
}

export class BadOption extends Error {}

export const HELP = `npm run bench [-- --sessions 50 --messages 6 --rounds 3 --json]

Compares Baileys with its keys in memory, Baileys with its multi-file state, and Holdfast, on one simulator, each in a process of its
own. Takes about ten minutes; --sessions 10 --rounds 1 gives a first impression in two.
`

export function parseOptions(args: readonly string[]): Options | 'help' {
  const option = (fallback: string) => ({ type: 'string', default: fallback }) as const
  const flag = { type: 'boolean', default: false } as const
  let values
  try {
    values = parseArgs({
      args: [...args],
      options: { sessions: option('50'), messages: option('6'), rounds: option('3'), json: flag, help: flag },
    }).values
  } catch (error) {
    throw new BadOption(error instanceof Error ? error.message : String(error))
  }
  if (values.help) return 'help'
  return {
    sessions: wholeNumber('sessions', values.sessions, 200),
    messages: wholeNumber('messages', values.messages, 1000),
    rounds: wholeNumber('rounds', values.rounds, 20),
    json: values.json,
  }
}

function wholeNumber(name: string, value: string, most: number): number {
  const number = Number(value)
  if (!/^\d+$/.test(value) || number < 1 || number > most) {
    throw new BadOption(`--${name} must be a whole number from 1 to ${most}, not ${value}`)
  }
  return number
}
