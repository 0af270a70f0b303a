import { homedir } from 'node:os'
import { join } from 'node:path'
import type { Environment } from './host.ts'

/** The only place that reads environment variables. Empty ones count as missing. */
export function readEnvironment(env: NodeJS.ProcessEnv = process.env): Environment {
  const value = (name: string): string | undefined => env[name] || undefined
  const home = value('XDG_CONFIG_HOME') ?? join(homedir(), '.config')
  return {
    url: value('HOLDFAST_URL'),
    apiKey: value('HOLDFAST_API_KEY'),
    tenant: value('HOLDFAST_TENANT'),
    profile: value('HOLDFAST_PROFILE'),
    configFile: join(home, 'holdfast', 'config.json'),
  }
}
