import { HoldfastProblem } from '@holdfast/client/problem'
import { EXIT, type ExitCode } from './exit-codes.ts'

/** Thrown by a command that cannot go on, with what the person can do. */
export class Failure extends Error {
  readonly exitCode: ExitCode
  readonly advice: string | null

  constructor(message: string, { exitCode = EXIT.failed, advice = null }: { exitCode?: ExitCode; advice?: string | null } = {}) {
    super(message)
    this.name = 'Failure'
    this.exitCode = exitCode
    this.advice = advice
  }
}

/** Thrown for a wrong command line. */
export const usage = (message: string, advice?: string): Failure =>
  new Failure(message, { exitCode: EXIT.usage, advice: advice ?? null })

/** A failure as a person and a program read it. */
export interface Told {
  readonly exitCode: ExitCode
  readonly code: string
  readonly message: string
  readonly details: readonly string[]
  readonly advice: string | null
  readonly status: number | null
  readonly requestId: string | null
}

const TOLD = { code: 'failed', details: [], advice: null, status: null, requestId: null } as const

/** Decides what is said of an error, and what the command ends with. */
export function tell(error: unknown, url: string | null = null): Told {
  if (error instanceof Failure) return { ...TOLD, exitCode: error.exitCode, message: error.message, advice: error.advice }
  if (error instanceof HoldfastProblem) return tellProblem(error, url)
  const network = networkCodeOf(error)
  if (network !== null) {
    return {
      ...TOLD,
      exitCode: EXIT.away,
      code: 'no-answer',
      message: `${url ?? 'The API'} gives no answer: ${NETWORK[network] ?? network}.`,
      advice: 'Is that the address of the API, and is the API running? `holdfast doctor` looks closer.',
    }
  }
  return { ...TOLD, exitCode: EXIT.failed, code: 'unexpected', message: error instanceof Error ? error.message : String(error) }
}

function tellProblem(problem: HoldfastProblem, url: string | null): Told {
  const { code, status, title, detail, issues, requestId } = problem
  const base = { ...TOLD, code, status, requestId }
  if (code === 'unexpected-answer') {
    return {
      ...base,
      exitCode: EXIT.away,
      message: `The answer of ${url ?? 'the server'} (${status}) is not one of Holdfast's API: ${firstLine(detail)}`,
      advice: 'A proxy may have answered, or the address is another program. `holdfast doctor` looks closer.',
    }
  }
  return {
    ...base,
    exitCode: exitCodeOf(status),
    message: title === '' || detail.startsWith(title) ? detail : `${title}: ${detail}`,
    details: issues.map(({ field, message }) => `${field}: ${message}`),
    advice: adviceOn(problem),
  }
}

function exitCodeOf(status: number): ExitCode {
  if (status === 429 || status === 503 || status === 504) return EXIT.away
  return status < 500 ? EXIT.refused : EXIT.failed
}

const ADVICE: Readonly<Record<number, string>> = {
  401: 'Set HOLDFAST_API_KEY, or store the key: holdfast profiles add NAME --url URL',
}

const adviceOn = ({ code, status, retryAfter }: HoldfastProblem): string | null =>
  retryAfter === null ? (ADVICE[status] ?? ADVICE_OF_CODE[code] ?? null) : `Try again in ${retryAfter} s.`

/** What the API says names its routes. */
const ADVICE_OF_CODE: Readonly<Record<string, string>> = {
  'unknown-session': '`holdfast sessions` lists them, and `holdfast sessions create NAME` makes one.',
  'unknown-tenant': '`holdfast tenants` lists them.',
  'unknown-message': '`holdfast queue list` lists them.',
  'unknown-delivery': '`holdfast webhooks` lists them.',
  'unknown-backup': '`holdfast backups NAME` lists them.',
  'unknown-alert': '`holdfast alerts` lists them.',
  'unknown-action': '`holdfast recoveries` lists them.',
  'unknown-key': '`holdfast keys` lists them.',
  'unknown-pool': '`holdfast pools` lists them.',
  'session-not-working': '`holdfast sessions show NAME` says what it waits for.',
}

const NETWORK: Readonly<Record<string, string>> = {
  ECONNREFUSED: 'the connection was refused',
  ECONNRESET: 'the connection was cut',
  ENOTFOUND: 'no such host',
  EAI_AGAIN: 'the name of the host cannot be looked up now',
  ETIMEDOUT: 'the connection took too long',
  UND_ERR_CONNECT_TIMEOUT: 'the connection took too long',
  UND_ERR_SOCKET: 'the connection was cut',
  TimeoutError: 'it took too long',
  DEPTH_ZERO_SELF_SIGNED_CERT: 'its certificate is signed by itself',
  'unexpected redirect': 'it sends requests on to another address, to which the key does not go',
  CERT_HAS_EXPIRED: 'its certificate has expired',
}

/** The reason of an error of `fetch`; null when it is another error. */
export function networkCodeOf(error: unknown): string | null {
  if (!(error instanceof Error)) return null
  if (error.name === 'TimeoutError') return error.name
  const { cause } = error
  const code = cause instanceof Error && 'code' in cause ? String(cause.code) : null
  if (code !== null) return code
  if (error instanceof TypeError && error.message === 'fetch failed')
    return cause instanceof Error ? cause.message : error.message
  return null
}

const firstLine = (text: string): string => text.trim().split('\n')[0]?.slice(0, 120) || 'it is empty'
