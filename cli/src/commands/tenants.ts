import { readFileSync } from 'node:fs'
import { answerOf } from '@holdfast/client/client'
import type { Tenant } from '@holdfast/client/types'
import type { AddCommands } from '../command.ts'
import type { Context } from '../context.ts'
import { Failure } from '../failure.ts'
import { factLines } from '../facts.ts'
import type { Cell } from '../output/table.ts'
import { clock } from '../output/time.ts'

export const addTenants: AddCommands = (program, run) => {
  const tenants = program.command('tenants').description('list, show, create, configure and delete tenants')

  tenants
    .command('list', { isDefault: true })
    .description('list the tenants')
    .action(
      run(async (context) => {
        const found = await answerOf(context.api.GET('/api/tenants'))
        context.show(found, () => {
          const rows = found.map(({ id, name, state, createdAt }): Cell[] => [
            id,
            name,
            { text: state, colour: state === 'active' ? 'green' : 'red' },
            clock(createdAt),
          ])
          return context.rows([{ title: 'TENANT' }, { title: 'NAME', least: 10 }, { title: 'STATE' }, { title: 'SINCE' }], rows)
        })
      }),
    )

  tenants
    .command('show')
    .argument('[id]', 'a tenant; without it the own one')
    .description('show a tenant with its configuration and the settings that follow from it')
    .action(
      run(async (context, id) => {
        const tenant = await answerOf(
          id === undefined ? context.api.GET('/api/tenant') : context.api.GET('/api/tenants/{id}', { params: { path: { id } } }),
        )
        context.show(tenant, () => tenantLines(context, tenant))
      }),
    )

  tenants
    .command('create')
    .argument('<id>', 'its id')
    .description('create a tenant')
    .option('--name <text>', 'its name for people')
    .action(
      run(async (context, id, { name }) => {
        const tenant = await answerOf(context.api.POST('/api/tenants', { body: { id, ...(name === undefined ? {} : { name }) } }))
        context.show(tenant, () => [
          `${id} was created.`,
          `Its first key: holdfast keys create admin --role admin --tenant ${id}`,
        ])
      }),
    )

  tenants
    .command('configure')
    .argument('[id]', 'a tenant; without it the own one')
    .description('change the configuration of a tenant; it takes effect within ten seconds')
    .requiredOption(
      '--file <path>',
      'JSON with what changes: {"config": {...}, "name": "...", "secrets": {...}}; - reads standard input',
    )
    .action(
      run(async (context, id, { file }) => {
        const body = await readPatch(context, file)
        const tenant = await answerOf(
          id === undefined
            ? context.api.PATCH('/api/tenant', { body })
            : context.api.PATCH('/api/tenants/{id}', { params: { path: { id } }, body }),
        )
        context.show(tenant, () => tenantLines(context, tenant))
      }),
    )

  tenants
    .command('delete')
    .argument('<id>', 'a tenant')
    .description('end a tenant: its keys are revoked and its sessions stop; what it has stored stays')
    .option('-y, --yes', 'do not ask')
    .action(
      run(async (context, id, { yes }) => {
        await context.agree(`Delete the tenant ${id}? Its keys end, and its sessions stop.`, yes)
        const params = { path: { id }, query: { confirm: id } }
        const deletion = await answerOf(context.api.DELETE('/api/tenants/{id}', { params }))
        context.show(deletion, () => context.sentence(deletion.sentence))
      }),
    )
}

async function readPatch(context: Context, file: string): Promise<Record<string, unknown>> {
  try {
    const text = file === '-' ? await context.host.stdin.readAll() : readFileSync(file, 'utf8')
    const patch: unknown = JSON.parse(text)
    if (typeof patch !== 'object' || patch === null || Array.isArray(patch)) throw new Error('It is no JSON object.')
    return patch as Record<string, unknown>
  } catch (error) {
    throw new Failure(`${file} cannot be read: ${(error as Error).message}`)
  }
}

function tenantLines(context: Context, { id, name, state, createdAt, secrets, settings }: Tenant): string[] {
  const facts = Object.entries(settings).map(([setting, value]) => [setting, JSON.stringify(value)] as const)
  return [
    `${context.paint('bold', id)}  ${context.paint(state === 'active' ? 'green' : 'red', state)}`,
    ...factLines(context, [
      ['name', name],
      ['since', clock(createdAt)],
      ['secrets', Object.keys(secrets).join(', ') || 'none'],
    ]),
    '  Settings',
    ...factLines(context, facts),
  ]
}
