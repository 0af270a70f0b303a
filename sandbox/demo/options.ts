import { fileURLToPath } from 'node:url'
import { parseArgs } from 'node:util'

export interface Options {
  runners: number
  once: boolean
  json: boolean
  /** Whether the product runs as it is deployed, from infra/build. */
  built: boolean
  help: boolean
  /** Undefined: a fresh one that goes at the end. */
  folder: string | undefined
  whatsappUrl: string | undefined
  whatsappRoot: string | undefined
}

export class BadOption extends Error {}

const DEFAULT_FOLDER = fileURLToPath(new URL('../../.holdfast', import.meta.url))

export const HELP = `Brings up the whole world on this machine, links a simulated phone, and shows what happens.

  npm start                          the live view; at a terminal, keys send, receive, kill and quit
  npm start -- --once [--json]       the story without a person: pair, send 20, receive 20, kill -9 twice; ends with the figures

  --built                            runs what is deployed, from infra/build, and builds it first where the sources have changed
  --runners N                        how many runners (1)
  --whatsapp-url URL                 another server that speaks WhatsApp's protocol, instead of the simulator
  --whatsapp-root HEX                the root key of that server's certificates, where it is not WhatsApp's
  --folder DIR                       where the data is kept (.holdfast in the repository; with --once a temporary folder)
  --help                             this

The simulator keeps its phones in memory, so data of an earlier start with it is of no use and is removed at the next; what was
linked with another server by --whatsapp-url is kept, and put aside when the simulator is used in that folder.
DIR/sandbox.json tells where everything is.
Ends with 0 if all held (and after \`q\`), 1 if not, 2 for a wrong option, 130 or 143 after SIGINT or SIGTERM.
`

/** @throws BadOption, with a message for the person who typed it. */
export function parseOptions(args: string[]): Options {
  const values = parse(args)
  const runners = Number(values.runners ?? 1)
  const { once = false, json = false, built = false, help = false } = values
  const { 'whatsapp-url': whatsappUrl, 'whatsapp-root': whatsappRoot } = values
  if (!Number.isInteger(runners) || runners < 1 || runners > 20) throw new BadOption('--runners must be 1 to 20.')
  if (json && !once) throw new BadOption('--json goes with --once.')
  if (whatsappRoot !== undefined && whatsappUrl === undefined) throw new BadOption('--whatsapp-root goes with --whatsapp-url.')
  if (whatsappRoot !== undefined && !/^[0-9a-fA-F]{64}$/.test(whatsappRoot)) {
    throw new BadOption('--whatsapp-root must be 32 bytes in hexadecimal.')
  }
  if (whatsappUrl !== undefined && !/^wss?:$/.test(URL.parse(whatsappUrl)?.protocol ?? '')) {
    throw new BadOption('--whatsapp-url must be a WebSocket address, ws:// or wss://.')
  }
  if (once && whatsappUrl !== undefined) throw new BadOption('--once needs the simulator: another server is driven from outside.')
  const folder = values.folder ?? (once ? undefined : DEFAULT_FOLDER)
  return { runners, once, json, built, help, folder, whatsappUrl, whatsappRoot }
}

function parse(args: string[]) {
  try {
    const { values } = parseArgs({
      args,
      options: {
        runners: { type: 'string' },
        'whatsapp-url': { type: 'string' },
        'whatsapp-root': { type: 'string' },
        once: { type: 'boolean' },
        json: { type: 'boolean' },
        built: { type: 'boolean' },
        folder: { type: 'string' },
        help: { type: 'boolean', short: 'h' },
      },
    })
    return values
  } catch (error) {
    throw new BadOption(error instanceof Error ? error.message : String(error))
  }
}
