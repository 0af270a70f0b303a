import { styleText } from 'node:util'

type Colour = 'bold' | 'dim' | 'red' | 'green' | 'yellow' | 'cyan'

/** Writes lines for a person. Uses colours only at a terminal, and not with NO_COLOR. */
export class Terminal {
  readonly #stream: NodeJS.WriteStream

  constructor(stream: NodeJS.WriteStream) {
    this.#stream = stream
  }

  line(text = ''): void {
    this.#stream.write(`${text}\n`)
  }

  paint(colour: Colour, text: string): string {
    return styleText(colour, text, { stream: this.#stream })
  }

  /** Prints an event as one line: time, direction, session, text. */
  event({ at = Date.now(), arrow, session, what, colour }: TimedLine): void {
    const time = this.paint('dim', clockTime(at))
    const text = `${arrow}  ${session.padEnd(10)} ${what}`
    this.line(`${time}  ${colour ? this.paint(colour, text) : text}`)
  }
}

export interface TimedLine {
  at?: number
  arrow: string
  session: string
  what: string
  colour?: Colour
}

function clockTime(at: number): string {
  const date = new Date(at)
  const digits = (value: number, length = 2) => String(value).padStart(length, '0')
  const time = [date.getHours(), date.getMinutes(), date.getSeconds()].map((value) => digits(value)).join(':')
  return `${time}.${digits(date.getMilliseconds(), 3)}`
}
