/**
 * What a terminal shows after all that was written to it: text, line ends, and the sequences that `holdfast` uses. Others are a mistake
 * of the program, and throw.
 */
export class Screen {
  readonly #rows: number
  #lines: string[] = ['']
  #row = 0
  #column = 0
  #rest = ''

  constructor(rows: number) {
    this.#rows = rows
  }

  /** The lines that are visible now, without colours. */
  get lines(): readonly string[] {
    return this.#lines.slice(-this.#rows).map((line) => line.trimEnd())
  }

  get text(): string {
    return this.lines.join('\n')
  }

  write(text: string): void {
    let left = this.#rest + text
    this.#rest = ''
    while (left !== '') {
      // oxlint-disable-next-line no-control-regex -- that is what sequences begin with
      const sequence = /^\u001b\[([?\d;]*)([A-Za-z])/.exec(left)
      if (sequence) this.#obey(sequence[1] ?? '', sequence[2] ?? '')
      else if (left.startsWith('\u001b')) {
        if (left.length > 12) throw new Error(`The terminal cannot read ${JSON.stringify(left.slice(0, 12))}.`)
        // The rest of it comes with the next write.
        this.#rest = left
        return
      } else this.#put(left.charAt(0))
      left = left.slice(sequence?.[0].length ?? 1)
    }
  }

  #put(character: string): void {
    if (character === '\r') this.#column = 0
    else if (character === '\n') this.#down()
    else {
      const line = (this.#lines[this.#row] ?? '').padEnd(this.#column)
      this.#lines[this.#row] = line.slice(0, this.#column) + character + line.slice(this.#column + 1)
      this.#column++
    }
  }

  #down(): void {
    this.#row++
    this.#column = 0
    if (this.#row === this.#lines.length) this.#lines.push('')
  }

  get #top(): number {
    return Math.max(0, this.#lines.length - this.#rows)
  }

  #obey(parameter: string, command: string): void {
    const line = this.#lines[this.#row] ?? ''
    switch (command) {
      // Colours; the cursor hidden or shown.
      case 'm':
      case 'h':
      case 'l':
        return
      case 'A':
        this.#row = Math.max(this.#top, this.#row - Number(parameter || 1))
        return
      case 'H':
        this.#row = this.#top
        this.#column = 0
        return
      case 'K':
        this.#lines[this.#row] = line.slice(0, this.#column)
        return
      case 'J':
        if (parameter === '2') this.#lines = this.#lines.slice(0, this.#top).concat('')
        else this.#lines = this.#lines.slice(0, this.#row).concat(line.slice(0, this.#column))
        this.#row = Math.min(this.#row, this.#lines.length - 1)
        return
      default:
        throw new Error(`The terminal cannot read ESC [ ${parameter} ${command}.`)
    }
  }
}
