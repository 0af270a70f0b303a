/** One command, as a person types it in the folder of the repository. */
export interface Command {
  readonly program: 'gcloud' | 'firebase' | 'docker' | 'buildah'
  readonly args: readonly string[]
  /** The release track that the command needs where the SDK does not have it without one. */
  readonly track?: 'alpha' | 'beta'
  /** Files that the arguments name, by their path in the repository. They are written before the command is shown. */
  readonly files?: Readonly<Record<string, unknown>>
  /** A value that is made at random, goes to the command's input, and is shown nowhere. */
  readonly secret?: SecretKind
}

export type SecretKind = 'hex of 24 bytes' | 'base64 of 32 bytes' | 'no secrets yet'

/** The same values, made by a person in a shell. */
const SECRET_SOURCES: Readonly<Record<SecretKind, string>> = {
  'hex of 24 bytes': 'openssl rand -hex 24',
  'base64 of 32 bytes': 'openssl rand -base64 32',
  'no secrets yet': "echo '{}'",
}

/** A command of gcloud that changes something in a project. It asks no questions. */
export const gcloud = (project: string, args: readonly string[], more: Omit<Command, 'program' | 'args'> = {}): Command => ({
  program: 'gcloud',
  args: [...args, `--project=${project}`, '--quiet'],
  ...more,
})

/** A deployment by firebase-tools of one part. Without `--force` it deletes nothing. */
export const firebase = (project: string, only: string, files: Readonly<Record<string, unknown>> = {}): Command => ({
  program: 'firebase',
  args: ['deploy', `--only=${only}`, `--project=${project}`, '--non-interactive'],
  files,
})

/** Programs and tracks differ from machine to machine. */
export interface Programs {
  /** The words that start firebase-tools, e.g. `npx`, `--yes`, `firebase-tools@15.34.2`. */
  readonly firebase: readonly string[]
  /** The words before a group of commands that a newer SDK has without a track. */
  track(command: Command): readonly string[]
}

/** Returns all words of the command on this machine. */
export const wordsOf = (command: Command, programs: Programs): readonly string[] =>
  command.program === 'firebase'
    ? [...programs.firebase, ...command.args]
    : [command.program, ...programs.track(command), ...command.args]

/** Returns the line that does the same when it is pasted into a shell. */
export function lineOf(command: Command, programs: Programs): string {
  const line = wordsOf(command, programs).map(quoted).join(' ')
  return command.secret === undefined ? line : `printf %s "$(${SECRET_SOURCES[command.secret]})" | ${line}`
}

const quoted = (word: string): string => (/^[\w@%+=:,./-]+$/.test(word) ? word : `'${word.replaceAll("'", `'\\''`)}'`)
