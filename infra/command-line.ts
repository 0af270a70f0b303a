import { parseArgs, type ParseArgsConfig } from 'node:util'

/** An error about the command line. Its message is for the person who typed it. */
export class BadOption extends Error {}

/** Reads the words of a command line. Throws BadOption for an option that is not among these. */
export function readWords<Config extends ParseArgsConfig>(config: Config): ReturnType<typeof parseArgs<Config>> {
  try {
    return parseArgs(config)
  } catch (error) {
    // Node goes on with advice that fits no option of ours.
    const [sentence] = (error instanceof Error ? error.message : String(error)).split('. ')
    throw new BadOption(`${sentence}. --help lists the options.`)
  }
}
