import { answerOf } from '@holdfast/client/client'
import type { AuditEntry } from '@holdfast/client/types'
import type { AddCommands } from '../command.ts'
import type { Context } from '../context.ts'
import { usage } from '../failure.ts'
import { countOf } from '../options.ts'
import type { Cell } from '../output/table.ts'
import { clock, readTime } from '../output/time.ts'

export const addAudit: AddCommands = (program, run) => {
  program
    .command('audit')
    .description('list what operators and admins did, the oldest first')
    .option('--since <time>', 'from then on: a time, or 2h for two hours ago; or the cursor of the former page')
    .option('--limit <number>', 'so many', countOf, 50)
    .action(
      run(async (context, { since, limit }) => {
        const from = since === undefined ? undefined : startOf(since, context)
        const query = { limit, ...(from === undefined ? {} : { since: from }) }
        const page = await answerOf(context.api.GET('/api/audit', { params: { query } }))
        context.show(page, () => [
          ...(page.entries.length === 0 ? ['Nothing was done.'] : entryLines(context, page.entries)),
          ...(page.cursor === null || page.entries.length < limit ? [] : [`More: --since ${page.cursor}`]),
        ])
      }),
    )
}

function startOf(since: string, { now }: Context): string {
  if (/^\d+\s*\D+$/.test(since)) {
    const at = readTime(since, now, -1)
    if (at === null) throw usage(`"${since}" is no time: as 2026-12-31T18:00:00Z, or as 2h.`)
    return at
  }
  // A cursor of the API is its own business.
  return since
}

function entryLines(context: Context, entries: readonly AuditEntry[]): string[] {
  const rows = entries.map(({ at, key, role, tenant, operation, on, status, problem }): Cell[] => [
    clock(at),
    key,
    role,
    tenant,
    operation,
    Object.values(on).join(', '),
    { text: problem === null ? String(status) : `${status} ${problem}`, colour: status < 400 ? 'green' : 'red' },
  ])
  const columns = [
    { title: 'AT' },
    { title: 'KEY', least: 8 },
    { title: 'ROLE', isOptional: true as const },
    { title: 'TENANT', least: 7, isOptional: true as const },
    { title: 'WHAT', least: 12 },
    { title: 'ON', least: 10 },
    { title: 'ANSWER', least: 6 },
  ]
  return context.rows(columns, rows)
}
