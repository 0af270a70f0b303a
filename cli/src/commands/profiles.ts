import type { AddCommands } from '../command.ts'
import { addressOf } from '../connection.ts'
import type { Context } from '../context.ts'
import { usage } from '../failure.ts'
import type { Cell } from '../output/table.ts'
import { checkName, readProfiles, writeProfiles } from '../profiles.ts'

export const addProfiles: AddCommands = (program, run) => {
  const profiles = program.command('profiles').description('list, add, choose and remove stored addresses and keys')

  profiles
    .command('list', { isDefault: true })
    .description('list the profiles; keys are not shown')
    .action(
      run(async (context) => {
        const { configFile: file } = context.host.env
        const { current, profiles } = readProfiles(file)
        const found = Object.entries(profiles).map(([name, { url, tenant }]) => ({
          name,
          url,
          tenant,
          isCurrent: name === current,
        }))
        context.show({ file, profiles: found }, () => {
          if (found.length === 0) return ['There is no profile. Add one: holdfast profiles add NAME --url URL']
          const rows = found.map(({ name, url, tenant, isCurrent }): Cell[] => [
            isCurrent ? `* ${name}` : `  ${name}`,
            url,
            tenant,
          ])
          return context.rows([{ title: '  PROFILE' }, { title: 'ADDRESS', least: 16 }, { title: 'TENANT' }], rows)
        })
      }),
    )

  profiles
    .command('add')
    .argument('<name>', 'a name for it')
    .description(
      'store the address given by --url and a key, which is asked for, or read from standard input; the first one is the current one',
    )
    .option('--use', 'make it the current one')
    .action(
      run(async (context, name, { use }) => {
        checkName(name)
        const { url, tenant = null } = context.options
        if (url === undefined) throw usage('Where is the API?', `holdfast profiles add ${name} --url https://…`)
        const apiKey = await readKey(context, addressOf(url))
        const { configFile: file } = context.host.env
        const { current, profiles } = readProfiles(file)
        const isCurrent = use === true || current === null || profiles[current] === undefined
        const added = { ...profiles, [name]: { url: addressOf(url), apiKey, tenant } }
        writeProfiles(file, { current: isCurrent ? name : current, profiles: added })
        context.show({ name, url: addressOf(url), tenant, isCurrent }, () => [
          `${name} is stored in ${file}, which only you can read.`,
          isCurrent ? `It is the current one. Try: holdfast health` : `Use it: holdfast profiles use ${name}`,
        ])
      }),
    )

  profiles
    .command('use')
    .argument('<name>', 'a profile')
    .description('make a profile the current one')
    .action(
      run(async (context, name) => {
        const { configFile: file } = context.host.env
        const { profiles } = readProfiles(file)
        if (profiles[name] === undefined) throw usage(`There is no profile "${name}".`)
        writeProfiles(file, { current: name, profiles })
        context.show({ name }, () => [`${name} is the current profile.`])
      }),
    )

  profiles
    .command('remove')
    .argument('<name>', 'a profile')
    .description('forget an address and its key')
    .action(
      run(async (context, name) => {
        const { configFile: file } = context.host.env
        const { current, profiles } = readProfiles(file)
        const { [name]: removed, ...left } = profiles
        if (removed === undefined) throw usage(`There is no profile "${name}".`)
        writeProfiles(file, { current: current === name ? null : current, profiles: left })
        context.show({ name }, () => [`${name} is forgotten. The key stays valid until it is revoked: holdfast keys revoke ID`])
      }),
    )
}

/** From the environment, the person, or a pipe. Never from the command line, which every process of the machine can read. */
async function readKey(context: Context, url: string): Promise<string> {
  const { env, stdin, questions } = context.host
  const given =
    env.apiKey ?? (stdin.isTerminal ? await questions.secret(`The API key for ${url}:`) : (await stdin.readAll()).split('\n')[0])
  const key = given?.trim() ?? ''
  if (key === '') throw usage('No key was given.', 'Type it, or write it to standard input.')
  return key
}
