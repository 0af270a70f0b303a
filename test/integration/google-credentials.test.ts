import { spawn } from 'node:child_process'
import { generateKeyPairSync, randomUUID } from 'node:crypto'
import { chmod, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { createServer, type RequestListener } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { text } from 'node:stream/consumers'
import { fileURLToPath } from 'node:url'
import { endWithoutCredentials } from '@holdfast/core/adapters/google/credentials'
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest'

/** Processes without an emulator and without Google credentials, and what they say. The clients are Google's, the network is this host. */

const at = (path: string): string => fileURLToPath(new URL(`../../${path}`, import.meta.url))
const UNITS = { runner: at('runner/src/start.ts'), api: at('functions/src/server.ts') }
const A_PROCESS = { timeout: 90_000 }

let directory: string
beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), 'holdfast-credentials-'))
})
afterAll(() => rm(directory, { recursive: true }))

/** The end of a process that is alone with these variables, and its log lines. A server that gets ready is told to leave. */
async function endOf(program: string, env: Record<string, string>) {
  const child = spawn(process.execPath, [program], {
    env: {
      HOME: directory,
      NODE_COMPILE_CACHE: process.env['NODE_COMPILE_CACHE'],
      GOOGLE_CLOUD_PROJECT: 'demo-credentials',
      STORAGE_BUCKET: 'demo-credentials',
      SESSION_ENCRYPTION_KEY: Buffer.alloc(32, 7).toString('base64'),
      API_KEY: 'a key of 16 or more characters',
      PORT: '0',
      ...env,
    },
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  const ended = new Promise<number | null>((resolve) => child.once('exit', resolve))
  child.stdout.on('data', (chunk: Buffer) => {
    if (chunk.includes('"ready":true')) child.kill('SIGTERM')
  })
  const lines = (await text(child.stdout)).trim().split('\n')
  const logged = lines.map((line) => JSON.parse(line) as { severity: string; message: string })
  return { code: await ended, messages: logged.map(({ message }) => message), last: logged.at(-1) }
}

/** Tests run at the same time, each with a file of its own. */
async function fileWith(content: string): Promise<string> {
  const path = join(directory, `${randomUUID()}.json`)
  await writeFile(path, content)
  return path
}

/** A metadata server on a free port of this host. */
async function metadataServer(answer: RequestListener) {
  const server = createServer(answer)
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const end = () => {
    server.closeAllConnections()
    server.close()
  }
  return { host: `127.0.0.1:${(server.address() as AddressInfo).port}`, [Symbol.dispose]: end }
}

describe.concurrent.each(Object.entries(UNITS))('the %s', (_, program) => {
  test('ends with the code of a wrong configuration when the file with its credentials is not there', A_PROCESS, async () => {
    const path = join(directory, 'nowhere.json')
    const { code, messages, last } = await endOf(program, { GOOGLE_APPLICATION_CREDENTIALS: path })
    expect(code).toBe(78)
    expect(last?.message).toBe(
      `GOOGLE_APPLICATION_CREDENTIALS: the file ${path} does not exist. Set it to the path of a file with the key of a service account, which this process can read.`,
    )
    expect(messages).not.toContain('A rejected promise has no handler.')
  })

  test('ends with the same code when there are no credentials at all', A_PROCESS, async () => {
    // A port on which nobody listens.
    const { code, messages, last } = await endOf(program, { GCE_METADATA_HOST: '127.0.0.1:9' })
    expect(code).toBe(78)
    expect(last).toMatchObject({
      severity: 'CRITICAL',
      message:
        'No Google credentials were found. Set GOOGLE_APPLICATION_CREDENTIALS to the file with the key of a service account, or run on Google Cloud.',
    })
    expect(messages).not.toContain('A rejected promise has no handler.')
  })
})

describe('a file with credentials', () => {
  /** What the start logs of the file, and the code with which it ends: in this process, because the processes above end in the same way. */
  async function endWith(path: string) {
    const fatal = vi.fn<(fields: object, message: string) => void>()
    const exit = vi.spyOn(process, 'exit').mockImplementation((code) => {
      throw new Error(`exit ${code}`)
    })
    vi.stubEnv('GOOGLE_APPLICATION_CREDENTIALS', path)
    try {
      await endWithoutCredentials({ type: 'file', path }, { fatal } as never)
      return { end: 'goes on', message: '' }
    } catch (error) {
      return { end: (error as Error).message, message: fatal.mock.lastCall?.[1] ?? '' }
    } finally {
      vi.unstubAllEnvs()
      exit.mockRestore()
    }
  }

  test.each([
    ['is no JSON', 'the secret words'],
    ['has no credentials of Google', '{"private_key": "the secret words"}'],
    ['has no credentials of Google', '{"type": "service_account"}'],
    ['has no credentials of Google', '[]'],
  ])('that %s ends the start, and is not quoted: %s', async (why, content) => {
    const path = await fileWith(content)
    const { end, message } = await endWith(path)
    expect([end, message]).toEqual(['exit 78', expect.stringContaining(`the file ${path} ${why}.`)])
    expect(message).not.toContain('secret words')
  })

  test('that is a directory ends the start', async () => {
    expect(await endWith(directory)).toEqual({ end: 'exit 78', message: expect.stringContaining('is a directory.') })
  })

  test.skipIf(process.getuid?.() === 0)('that the process may not read ends the start', async () => {
    const path = await fileWith('{}')
    await chmod(path, 0)
    const unreadable = expect.stringContaining('may not be read by the user of this process.')
    expect(await endWith(path)).toEqual({ end: 'exit 78', message: unreadable })
  })
})

describe.concurrent('a server gets ready', () => {
  const isReady = expect.arrayContaining([expect.stringMatching(/^The API answers on port/)])

  test('with the key of a service account', A_PROCESS, async () => {
    const { privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048 })
    const key = {
      client_email: 'server@demo.iam.gserviceaccount.com',
      private_key: privateKey.export({ type: 'pkcs8', format: 'pem' }),
    }
    const path = await fileWith(JSON.stringify({ type: 'service_account', ...key }))
    const { code, messages } = await endOf(UNITS.api, { GOOGLE_APPLICATION_CREDENTIALS: path })
    expect([code, messages]).toEqual([0, isReady])
  })

  test.each(['K_SERVICE', 'CLOUD_RUN_WORKER_POOL'])(
    'on Cloud Run (%s), however late the metadata server',
    A_PROCESS,
    async (name) => {
      const { code, messages } = await endOf(UNITS.api, { [name]: 'holdfast', GCE_METADATA_HOST: '127.0.0.1:9' })
      expect([code, messages]).toEqual([0, isReady])
    },
  )
})

test.concurrent(
  'a metadata server that is late is no wrong configuration: the process ends so that another one is started',
  A_PROCESS,
  async () => {
    let asked = 0
    // Google's client gives up at the first refusal.
    using server = await metadataServer((_request, response) => {
      asked++
      if (asked < 3) response.writeHead(404).end()
      else response.writeHead(200, { 'Metadata-Flavor': 'Google' }).end('{}')
    })
    const { code, last } = await endOf(UNITS.api, { GCE_METADATA_HOST: server.host })
    expect(last?.message).toBe('The metadata server answered too late, so this process has no Google credentials.')
    expect(code).toBe(70)
  },
)

test.concurrent(
  'a request without credentials says so, and leaves no rejected promise that looks like a fault',
  A_PROCESS,
  async () => {
    const program = at('test/integration/without-credentials-process.ts')
    const { code, messages } = await endOf(program, { GCE_METADATA_HOST: '127.0.0.1:9' })
    expect(code).toBe(0)
    const sentence =
      'Firestore cannot be asked. No Google credentials were found. Set GOOGLE_APPLICATION_CREDENTIALS to the file with the key of a service account, or run on Google Cloud.'
    expect(messages.filter((message) => message === sentence)).toHaveLength(2)
    expect(messages).toContain('No Google credentials were found.')
    expect(messages).not.toContain('A rejected promise has no handler.')
  },
)
