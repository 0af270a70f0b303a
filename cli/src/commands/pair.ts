import { answerOf } from '@holdfast/client/client'
import { HoldfastProblem } from '@holdfast/client/problem'
import type { Session } from '@holdfast/client/types'
import stringWidth from 'string-width'
import type { AddCommands } from '../command.ts'
import type { Context } from '../context.ts'
import { EXIT, type ExitCode } from '../exit-codes.ts'
import { Failure } from '../failure.ts'
import { qrLines } from '../output/qr-code.ts'

const LOOK_EVERY_MS = 1000

/** Ends of an earlier pairing. A start shows a new code. */
const STARTED_ANEW = new Set<Session['state']>(['NEW', 'STOPPED', 'LOGGED_OUT'])

export const addPair: AddCommands = (program, run) => {
  program
    .command('pair')
    .argument('<name>', 'a session')
    .description('link a phone: show the QR code, the next one when it expires, and end when the phone is linked')
    .option('--code <phone>', 'show a code to type into this phone, in place of the QR code')
    .option('--create', 'create the session if there is none')
    .action(
      run(async (context, name, { code, create }) => {
        const session = await existing(context, name, create === true)
        const needsStart = STARTED_ANEW.has(session.state) || session.reason === 'qr-not-scanned'
        if (needsStart) await answerOf(context.api.POST('/api/sessions/{name}/start', { params: { path: { name } } }))
        return await follow(context, name, { phone: code?.replace(/[^\d]/g, '') ?? null, wasStarted: needsStart })
      }),
    )
}

async function existing(context: Context, name: string, mayCreate: boolean): Promise<Session> {
  try {
    return await answerOf(context.api.GET('/api/sessions/{name}', { params: { path: { name } } }))
  } catch (error) {
    if (!(error instanceof HoldfastProblem) || error.status !== 404) throw error
    if (!mayCreate)
      throw new Failure(error.detail, { exitCode: EXIT.refused, advice: `holdfast pair ${name} --create creates it.` })
    return await answerOf(context.api.POST('/api/sessions', { body: { name } }))
  }
}

interface Wanted {
  /** The number that gets a code to type in. Null: a QR code. */
  readonly phone: string | null
  readonly wasStarted: boolean
}

/** Shows each new code until the phone is linked. */
async function follow(context: Context, name: string, { phone, wasStarted }: Wanted): Promise<ExitCode> {
  const board = new CodeBoard(context)
  let mayBeOver = !wasStarted
  for (;;) {
    const session = await answerOf(context.api.GET('/api/sessions/{name}', { params: { path: { name } } }))
    if (session.status === 'WORKING') return linked(context, board, session)
    // The start may not have reached the runner yet.
    if (session.status === 'FAILED' && mayBeOver) {
      const advice = [session.userAction, `Once more: holdfast pair ${name}`].filter(Boolean).join(' ')
      throw new Failure(`${name}: ${session.sentence}`, { advice })
    }
    if (session.status === 'SCAN_QR_CODE') {
      mayBeOver = true
      if (phone === null) await showQrCode(context, board, name)
      else await showTypedCode(context, board, name, phone)
    } else context.progress.show(`${session.status}: ${session.sentence} …`)
    await context.pause(LOOK_EVERY_MS)
  }
}

function linked(context: Context, board: CodeBoard, { name, me }: Session): ExitCode {
  board.clear()
  context.progress.clear()
  const who = me === null ? '' : ` with ${[me.pushName, me.id].filter(Boolean).join(', ')}`
  context.event({ type: 'linked', session: name, me }, () => context.sentence(`${name} is linked${who}.`))
  return EXIT.ok
}

async function showQrCode(context: Context, board: CodeBoard, name: string): Promise<void> {
  const params = { path: { name }, query: { format: 'raw' as const } }
  const code = await orNone(answerOf(context.api.GET('/api/{name}/auth/qr', { params })))
  if (code === null || !('value' in code)) return
  const { value, expiresAt } = code
  if (board.isNew(value)) {
    board.draw({ type: 'qr', session: name, value, expiresAt }, [
      ...qrLines(value, context.host.stdout.hasColours),
      'WhatsApp, Settings, Linked devices, Link a device: scan this.',
    ])
  }
  const left = Math.max(0, Math.ceil((Date.parse(expiresAt) - context.now) / 1000))
  context.progress.show(`This code is valid for ${left} s; the next one then stands here.`)
}

async function showTypedCode(context: Context, board: CodeBoard, name: string, phoneNumber: string): Promise<void> {
  // A request makes another code, and the phone takes the newest one only.
  if (!board.isEmpty) return
  const params = { path: { name } }
  const answer = await orNone(answerOf(context.api.POST('/api/{name}/auth/request-code', { params, body: { phoneNumber } })))
  if (answer === null) return
  board.isNew(answer.code)
  board.draw({ type: 'code', session: name, code: answer.code }, [
    `  ${context.paint('bold', answer.code)}`,
    'WhatsApp, Settings, Linked devices, Link a device, Link with phone number instead: type this.',
  ])
  context.progress.show('Waiting for the phone …')
}

/** Null while the session has no code at this moment. */
async function orNone<Answer>(asked: Promise<Answer>): Promise<Answer | null> {
  try {
    return await asked
  } catch (error) {
    if (error instanceof HoldfastProblem && error.code === 'wrong-status') return null
    throw error
  }
}

/** Where the newest code stands. At a terminal it takes the place of the one before. */
class CodeBoard {
  readonly #context: Context
  #code: string | null = null
  #height = 0

  constructor(context: Context) {
    this.#context = context
  }

  get isEmpty(): boolean {
    return this.#code === null
  }

  isNew(code: string): boolean {
    const isNew = this.#code !== code
    this.#code = code
    return isNew
  }

  draw(value: object, lines: readonly string[]): void {
    this.clear()
    this.#context.event(value, () => lines)
    this.#height = lines.length
    const { columns } = this.#context.host.stdout
    const width = Math.max(...lines.map((line) => stringWidth(line)))
    if (columns !== null && columns < width)
      this.#context.note(`The terminal is too narrow for this: make it ${width} columns wide.`)
  }

  /** Goes back up over what was drawn, unless it has left the terminal at the top. */
  clear(): void {
    const { stdout } = this.#context.host
    this.#context.progress.clear()
    const fits = stdout.rows !== null && this.#height < stdout.rows
    if (this.#height > 0 && fits && stdout.isTerminal && !this.#context.isJson) stdout.write(`\u001b[${this.#height}A\u001b[J`)
    this.#height = 0
  }
}
