import { relative } from 'node:path'
import { prepareFolder } from './data-folder.ts'
import { runLive } from './live.ts'
import { runStory, tellResult } from './once.ts'
import { BadOption, HELP, parseOptions, type Options } from './options.ts'
import { signInLink } from './sign-in-link.ts'
import { endOfSignals } from './signals.ts'
import { Terminal } from './terminal.ts'
import { buildDashboard, builtProduct, SOURCES } from '../product.ts'
import { startSandbox, type Sandbox } from '../sandbox.ts'

const STORY_LIMIT_MS = 120_000

/** Runs `npm start`. Resolves with the exit code when everything has stopped. */
async function main(args: string[]): Promise<number> {
  const options = parseOptions(args)
  if (options.help) {
    process.stdout.write(HELP)
    return 0
  }
  // With --json, stdout carries the figures only.
  const terminal = new Terminal(options.json ? process.stderr : process.stdout)
  const interrupted = endOfSignals()
  const sandbox = await bringUp(options, terminal)
  try {
    const lost = new Promise<never>((_, reject) => {
      sandbox.once('lost', (part, { code, signal }) =>
        reject(new Error(`${part} ended by itself (${signal ?? `code ${code}`}).`)),
      )
    })
    return await Promise.race([interrupted, lost, options.once ? once(sandbox, options, terminal) : live(sandbox, terminal)])
  } finally {
    terminal.line('Stopping everything.')
    await sandbox.stop()
  }
}

async function bringUp(options: Options, terminal: Terminal): Promise<Sandbox> {
  const { runners, built, selfHosted, folder, whatsappUrl, whatsappRoot } = options
  const prepared = folder === undefined ? null : await prepareFolder(folder, whatsappUrl)
  if (prepared !== null) terminal.line(prepared)
  const product = built ? await builtProduct() : SOURCES
  if (built) terminal.line('The product runs from infra/build, as it is deployed.')
  // Everything else works without the page.
  const page = buildDashboard().catch((error: unknown) => terminal.line(`The dashboard was not built: ${String(error)}`))
  const sandbox = await startSandbox({
    runners,
    product,
    apiServer: built,
    ...(selfHosted ? { selfHosted, storage: 'local' } : {}),
    ...(folder === undefined ? {} : { folder }),
    ...(whatsappUrl === undefined ? {} : { whatsappUrl }),
    ...(whatsappRoot === undefined ? {} : { whatsappRoot }),
    onProgress: (part, ms) => terminal.line(`  ${terminal.paint('green', '✓')} ${part.padEnd(12)} ${String(ms).padStart(6)} ms`),
  })
  await page
  const { api, apiServer, apiKey, simulator } = sandbox.info
  const where = [
    ...(api === null ? [] : [['Dashboard', `${await signInLink(api, apiKey)}   signs one browser in`]]),
    ['API', `${api}   X-Api-Key: ${apiKey}`],
    ...(apiServer === null ? [] : [['API server', `${apiServer}   for large bodies`]]),
    ['WhatsApp', simulator === null ? `${whatsappUrl}` : `${simulator} (the simulator's control: GET /state, GET /events)`],
    ['Details', relative(process.cwd(), `${sandbox.folder}/sandbox.json`)],
    ['Try', `HOLDFAST_URL=${api} HOLDFAST_API_KEY=${apiKey} npx holdfast health`],
  ]
  for (const [what = '', at = ''] of where) terminal.line(`  ${what.padEnd(10)} ${at}`)
  return sandbox
}

async function once(sandbox: Sandbox, { json }: Options, terminal: Terminal): Promise<number> {
  const { held, result } = await runStory(sandbox, {
    limitMs: STORY_LIMIT_MS,
    tell: (what) => terminal.event({ arrow: '●', session: 'story', what }),
  })
  if (json) process.stdout.write(`${JSON.stringify(result)}\n`)
  else terminal.line(terminal.paint(held ? 'bold' : 'red', tellResult(held, result)))
  return held ? 0 : 1
}

async function live(sandbox: Sandbox, terminal: Terminal): Promise<number> {
  await runLive(sandbox, terminal)
  return 0
}

try {
  process.exitCode = await main(process.argv.slice(2))
} catch (error) {
  process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`)
  process.exitCode = error instanceof BadOption ? 2 : 1
}
// Work that lost the race above may still be running.
process.exit()
