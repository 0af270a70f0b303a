import type { Fetch } from '@holdfast/client/repeat'

/** A stream that takes text. */
export interface Sink {
  write(text: string): void
  readonly isTerminal: boolean
  /** Columns of the terminal. Null: nothing is cut. */
  readonly columns: number | null
  /** Lines of the terminal. */
  readonly rows: number | null
  readonly hasColours: boolean
}

/** Questions to a person at the terminal. Each resolves with null when the person backs out. */
export interface Questions {
  confirm(question: string): Promise<boolean | null>
  text(question: string): Promise<string | null>
  secret(question: string): Promise<string | null>
}

/** The settings that come from the environment. */
export interface Environment {
  readonly url: string | undefined
  readonly apiKey: string | undefined
  readonly tenant: string | undefined
  readonly profile: string | undefined
  /** The file of the profiles. */
  readonly configFile: string
}

/** The first message of a stream of events, and what follows it. */
export interface Feed {
  readonly messages: AsyncIterable<string>
  close(): void
}

/** All that a command touches outside of itself, so that a test owns it. */
export interface Host {
  readonly stdout: Sink
  readonly stderr: Sink
  readonly stdin: { readonly isTerminal: boolean; readAll(): Promise<string> }
  readonly questions: Questions
  readonly env: Environment
  readonly fetch: Fetch
  readonly openSocket: (url: string, headers: Record<string, string>) => Promise<Feed>
  readonly clock: { now(): number; pause(ms: number, signal?: AbortSignal): Promise<void> }
  readonly newId: () => string
  /** Aborted by Ctrl-C. */
  readonly interrupted: AbortSignal
}
