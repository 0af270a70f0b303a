import { styleText } from 'node:util'

export type Colour = 'bold' | 'dim' | 'red' | 'green' | 'yellow' | 'cyan'

export type Paint = (colour: Colour | null, text: string) => string

/** Colours a text, or leaves it as it is where the output is no terminal. */
export const paintFor =
  (hasColours: boolean): Paint =>
  (colour, text) =>
    hasColours && colour !== null ? styleText(colour, text, { validateStream: false }) : text
