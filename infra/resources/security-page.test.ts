import { readFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import { rights } from './access.ts'
import { ROLES } from './accounts.ts'
import { target } from './fixtures/target.ts'
import { ACCOUNTS } from './target.ts'

/** `holdfastRecords (datastore.entities.get, …) on the database`, without Google's prefix. */
function lineOf({ role, policy, condition }: ReturnType<typeof rights>[number]): string {
  const held = (ROLES as Readonly<Record<string, readonly string[]>>)[role]
  const parts: Readonly<Record<string, string>> = {
    'holdfast-removals': `media/, archive/, sessions/ and purges/ in ${policy.on}`,
    'holdfast-tombstones': `purges/ in ${policy.on}`,
  }
  const part = parts[condition?.title ?? ''] ?? 'the database'
  const on = (condition ? part : policy.on).replaceAll(`${target.project}-holdfast`, 'P-holdfast')
  return `\`${role.replace('roles/', '')}\`${held ? ` (${held.map(short).join(', ')})` : ''} on ${on}`
}

const short = (permission: string): string => permission.split('.').slice(1).join('.')

test("the table of docs/SECURITY.md is the list's", () => {
  const page = readFileSync(new URL('../../docs/SECURITY.md', import.meta.url), 'utf8')
  const rows = Object.entries(ACCOUNTS).map(([account, what]) => {
    const lines = rights(target).filter((right) => right.account === account)
    return `| \`holdfast-${account}\` ${what} | ${lines.map(lineOf).join('; ')} |`
  })
  const table = ['| account | may |', '| --- | --- |', ...rows].join('\n')
  expect(/<!-- rights -->\n\n?([^]*?)\n?\n<!-- \/rights -->/.exec(page)?.[1]).toBe(table)
})
