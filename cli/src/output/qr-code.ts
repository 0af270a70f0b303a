import { encode } from 'uqr'

/** Scanners want light around the code. */
const BORDER = 2

const [BLACK_ON_WHITE, RESET] = ['\u001b[30;107m', '\u001b[0m']

/**
 * Draws a QR code with half blocks, two modules to a character. With colours it is black on white, whatever the terminal has; without
 * them it is light blocks on what should be a dark terminal.
 */
export function qrLines(text: string, hasColours: boolean): string[] {
  const { size, data } = encode(text, { ecc: 'L', border: BORDER })
  const isInk = (row: number, column: number): boolean => (data[row]?.[column] ?? false) === hasColours
  const lines: string[] = []
  for (let row = 0; row < size; row += 2) {
    let line = ''
    for (let column = 0; column < size; column++) {
      line += BLOCKS[Number(isInk(row, column))]?.[Number(row + 1 < size && isInk(row + 1, column))]
    }
    lines.push(hasColours ? `${BLACK_ON_WHITE}${line}${RESET}` : line)
  }
  return lines
}

/** By upper and lower half: empty or ink. */
const BLOCKS = [
  [' ', '▄'],
  ['▀', '█'],
] as const
