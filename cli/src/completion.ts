import { createClient } from '@holdfast/client/client'
import { everySession } from '@holdfast/client/sessions'
import type { CommandUnknownOpts } from '@commander-js/extra-typings'
import tab from '@bomb.sh/tab/commander'
import { connectionOf } from './connection.ts'
import type { Host } from './host.ts'
import { readProfiles } from './profiles.ts'

/** Whoever pressed Tab waits for this. */
const LIMIT_MS = 1500

/** The hidden command that the scripts of the shells call at each Tab. */
const HIDDEN = 'complete'

/** Commands that have a name of another kind in the place of a session. */
const NO_SESSION = /^(profiles|keys|import)\b/

/**
 * Adds `completion SHELL`, which prints a script for a shell, and what the script calls. Names of sessions come from the API, when it
 * answers in time; otherwise there are none.
 */
export async function addCompletion(program: CommandUnknownOpts, args: readonly string[], host: Host): Promise<void> {
  program.commandsGroup('Shell:')
  // The library knows the types of commander alone.
  const completions = tab(program as unknown as Parameters<typeof tab>[0], { completionCommandName: 'completion' })
  program.commands
    .find((command) => command.name() === 'completion')
    ?.description('print the script that completes commands, options and names of sessions at Tab: bash, zsh, fish or powershell')
  if (args[0] !== HIDDEN) return
  const profiles = Object.keys(readProfiles(host.env.configFile).profiles)
  const sessions = await sessionNames(args, host)
  for (const [path, command] of completions.commands) {
    const isOfProfiles = path.startsWith('profiles')
    const names = isOfProfiles ? profiles : NO_SESSION.test(path) ? [] : sessions
    for (const name of ['name', 'session']) {
      const argument = command.arguments.get(name)
      if (argument) argument.handler = (complete) => names.forEach((each) => complete(each, ''))
    }
    const option = command.options.get('session')
    if (option) option.handler = (complete) => sessions.forEach((each) => complete(each, ''))
    const profile = completions.options.get('profile')
    if (profile) profile.handler = (complete) => profiles.forEach((each) => complete(each, ''))
  }
}

async function sessionNames(args: readonly string[], host: Host): Promise<string[]> {
  try {
    const { url, apiKey, tenant } = connectionOf(chosenIn(args), host.env, readProfiles(host.env.configFile))
    const signal = AbortSignal.timeout(LIMIT_MS)
    const client = createClient({
      baseUrl: url,
      apiKey,
      ...(tenant === undefined ? {} : { tenant }),
      fetch: (request) => host.fetch(new Request(request, { signal })),
      repeats: false,
    })
    const sessions = await everySession(client)
    return sessions.map(({ name }) => name)
  } catch {
    // A shell has no place for an error message.
    return []
  }
}

/** The options of the line that is being typed which say where the API is. */
function chosenIn(args: readonly string[]) {
  const after = (option: string): string | undefined => {
    const index = args.indexOf(option)
    return index < 0 ? undefined : args[index + 1]
  }
  return { url: after('--url'), profile: after('--profile'), tenant: after('--tenant') }
}
