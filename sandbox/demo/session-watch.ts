import { renderUnicodeCompact } from 'uqr'
import type { Session } from '@holdfast/client/types'
import type { ApiClient } from '../../test/support/api-client.ts'
import type { Terminal } from './terminal.ts'

const LOOK_EVERY_MS = 500

const COLOURS = { STOPPED: 'dim', STARTING: 'yellow', SCAN_QR_CODE: 'cyan', WORKING: 'green', FAILED: 'red' } as const

/** Prints every change of every session's status, and shows the QR codes that a person has to scan. */
export class SessionWatch implements Disposable {
  readonly #api: ApiClient
  readonly #terminal: Terminal
  readonly #showsCodes: boolean
  readonly #printed = new Map<string, string>()
  readonly #codes = new Map<string, string>()
  #timer: NodeJS.Timeout | null = null
  #looking = false

  constructor(options: { api: ApiClient; terminal: Terminal; showsCodes: boolean }) {
    this.#api = options.api
    this.#terminal = options.terminal
    this.#showsCodes = options.showsCodes
  }

  start(): void {
    this.#timer = setInterval(() => void this.#look(), LOOK_EVERY_MS)
  }

  [Symbol.dispose](): void {
    if (this.#timer) clearInterval(this.#timer)
  }

  async #look(): Promise<void> {
    if (this.#looking) return
    this.#looking = true
    try {
      for (const session of await this.#api.sessions()) {
        this.#tell(session)
        if (this.#showsCodes && session.status === 'SCAN_QR_CODE') await this.#showCode(session.name)
      }
    } catch {
      // The API is away for a moment, and the next look comes soon.
    } finally {
      this.#looking = false
    }
  }

  #tell({ name, status, sentence, userAction }: Session): void {
    const what = [`${status}: ${sentence}`, userAction].filter(Boolean).join(' ')
    if (this.#printed.get(name) === what) return
    this.#printed.set(name, what)
    this.#terminal.event({ arrow: '●', session: name, what, colour: COLOURS[status] })
  }

  async #showCode(name: string): Promise<void> {
    const code = await this.#api.qrCode(name)
    if (code === null || this.#codes.get(name) === code) return
    this.#codes.set(name, code)
    this.#terminal.line(renderUnicodeCompact(code))
    this.#terminal.line(
      `Scan the code in WhatsApp: Linked devices, Link a device. As an image or text: GET /api/${name}/auth/qr?format=raw|svg`,
    )
  }
}
