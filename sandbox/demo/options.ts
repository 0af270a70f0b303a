import { fileURLToPath } from 'node:url'
import { parseArgs } from 'node:util'

export interface Options {
  runners: number
  once: boolean
  json: boolean
  /** Whether the product runs from infra/build, as it is deployed. */
  built: boolean
  /** Whether it runs without functions and Cloud Tasks, as on one machine. */
  selfHosted: boolean
  help: boolean
  /** Folder of the data. Undefined means a temporary folder that is removed at the end. */
  folder: string | undefined
  whatsappUrl: string | undefined
  whatsappRoot: string | undefined
}

export class BadOption extends Error {}

const DEFAULT_FOLDER = fileURLToPath(new URL('../../.holdfast', import.meta.url))

export const HELP = `Starts the whole product on this machine with a simulated WhatsApp, links a phone, and shows what happens.

  npm start                          the live view; at a terminal, with keys to send, receive, kill and quit
  npm start -- --once [--json]       the story: pair, send 20, receive 20, kill -9 twice, and print the figures

  --built                            runs the built product from infra/build, and builds it first if the sources have changed;
                                     the API also runs as a server beside the functions, as it is deployed
  --self-hosted                      the API server with the embedded queue, instead of functions and Cloud Tasks; sessions in a directory
  --runners N                        number of runners (1)
  --whatsapp-url URL                 a server that speaks WhatsApp's protocol, instead of the simulator
  --whatsapp-root HEX                the root key of that server's certificates, unless it is WhatsApp's
  --folder DIR                       folder of the data (.holdfast in the repository; with --once a temporary folder)
  --help                             this text

The simulator keeps its phones in memory, so each start removes the data of an earlier start with the simulator. Data that was
linked with another server by --whatsapp-url is kept, and put aside when the simulator is used in that folder.
DIR/sandbox.json lists the addresses of all parts.
Exit codes: 0 if every guarantee held (and after \`q\`), 1 if not, 2 for a wrong option, 130 or 143 after SIGINT or SIGTERM.
`

/** @throws BadOption with a message for the user */
export function parseOptions(args: string[]): Options {
  const values = parse(args)
  const runners = Number(values.runners ?? 1)
  const { once = false, json = false, built = false, help = false, 'self-hosted': selfHosted = false } = values
  const { 'whatsapp-url': whatsappUrl, 'whatsapp-root': whatsappRoot } = values
  if (!Number.isInteger(runners) || runners < 1 || runners > 20) throw new BadOption('--runners must be 1 to 20.')
  // A directory belongs to one runner.
  if (selfHosted && runners > 1) throw new BadOption('--self-hosted has one runner.')
  if (json && !once) throw new BadOption('--json needs --once.')
  if (whatsappRoot !== undefined && whatsappUrl === undefined) throw new BadOption('--whatsapp-root needs --whatsapp-url.')
  if (whatsappRoot !== undefined && !/^[0-9a-fA-F]{64}$/.test(whatsappRoot)) {
    throw new BadOption('--whatsapp-root must be 32 bytes in hexadecimal.')
  }
  if (whatsappUrl !== undefined && !/^wss?:$/.test(URL.parse(whatsappUrl)?.protocol ?? '')) {
    throw new BadOption('--whatsapp-url must be a WebSocket address, ws:// or wss://.')
  }
  if (once && whatsappUrl !== undefined) throw new BadOption('--once needs the simulator, so it does not go with --whatsapp-url.')
  const folder = values.folder ?? (once ? undefined : DEFAULT_FOLDER)
  return { runners, once, json, built, selfHosted, help, folder, whatsappUrl, whatsappRoot }
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
        'self-hosted': { type: 'boolean' },
        folder: { type: 'string' },
        help: { type: 'boolean', short: 'h' },
      },
    })
    return values
  } catch (error) {
    throw new BadOption(error instanceof Error ? error.message : String(error))
  }
}
