import type { Command, Programs } from '../resources/command.ts'
import type { Account, Target } from '../resources/target.ts'
import type { Read, Resource } from '../resources/resource.ts'
import type { Scratch } from './scratch.ts'

/** Something that only a real project can show. To add one is to add a file to `checks`, and to name it in `all-checks.ts`. */
export interface LiveCheck {
  /** The part and what is looked at: `tasks: delivery`. `--only` takes the checks whose names have a text in them. */
  readonly name: string
  /** What is true when it succeeds. */
  readonly proves: string
  /** About how long it takes. */
  readonly seconds: number
  /** About what Google takes for it, in US dollars. */
  readonly usd: number
  /** What it does to those who use the deployment meanwhile. Such a check runs with `--long` only. */
  readonly disturbs?: string
  /** The words without which it does not run, however many others are asked for: it takes long, or it has costs of its own. */
  readonly asked?: '--only chaos' | '--only copies' | '--from-region'
  /** What has to be made for it. It is made before the first check that needs it. */
  readonly needs?: readonly (keyof Scratch)[]
  /** True: Google's clients make its calls, with the application-default credentials of this machine. */
  readonly hasClients?: true
  /** Throws when it could not be run: that is a problem, too. */
  readonly run: (context: LiveContext) => Promise<Verdict>
}

export interface Verdict {
  /** What was measured, with the unit in the name: `{ 'commit p50 ms': 21 }`. */
  readonly figures: Readonly<Record<string, string | number>>
  /** What is not as it has to be. None: the check has succeeded. */
  readonly problems: readonly Problem[]
}

export interface Problem {
  readonly what: string
  /** What to do about it: a command, or a sentence. */
  readonly mend: string
}

/** What checks work with. Everything that they make has the name of the run in its own. */
export interface LiveContext {
  readonly target: Target
  readonly resources: readonly Resource[]
  readonly programs: Programs
  readonly scratch: Scratch
  /** Aborts when a person has had enough. */
  readonly signal: AbortSignal
  /** The URL below which each function has its name. */
  readonly functionsUrl: string
  /** Says how far it is. */
  readonly say: (line: string) => void
  /** Prints a command, and runs it. Throws CommandFailed. */
  readonly command: (command: Command) => Promise<void>
  /** Reads as the caller. Null for what does not exist. */
  readonly read: (read: Read) => Promise<unknown>
  /** Calls an API of Google as one of the deployment's accounts, as the caller, or as nobody. */
  readonly call: (request: LiveRequest, as: Account | 'caller' | 'nobody') => Promise<LiveAnswer>
  /** Returns a token that says to a function that one of the deployment's accounts calls. */
  readonly identityToken: (account: Account, audience: string) => Promise<string>
  /** Asks again and again until there is an answer. Throws when there is none after that time. */
  readonly until: <Answer>(what: string, limitMs: number, ask: () => Promise<Answer | null>) => Promise<Answer>
}

export interface LiveRequest {
  readonly url: string
  readonly method?: 'GET' | 'POST' | 'DELETE'
  readonly headers?: Readonly<Record<string, string>>
  /** JSON, or a text as it is. */
  readonly body?: object | string
}

export interface LiveAnswer {
  readonly status: number
  /** Null if it is no JSON. */
  readonly body: unknown
}

export const succeeded = (figures: Verdict['figures'] = {}): Verdict => ({ figures, problems: [] })

export const verdictOf = (figures: Verdict['figures'], ...problems: readonly (Problem | null)[]): Verdict => ({
  figures,
  problems: problems.filter((problem) => problem !== null),
})
