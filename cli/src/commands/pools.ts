import { answerOf } from '@holdfast/client/client'
import type { AddCommands } from '../command.ts'
import type { Cell } from '../output/table.ts'

export const addPools: AddCommands = (program, run) => {
  const pools = program.command('pools').description('list, show, set and remove pools of sessions that stand in for each other')

  pools
    .command('list', { isDefault: true })
    .description('list the pools')
    .action(
      run(async (context) => {
        const found = await answerOf(context.api.GET('/api/pools'))
        context.show(found, () => {
          const rows = found.map(({ name, sessions }): Cell[] => [name, sessions.join(', ')])
          return context.rows(
            [
              { title: 'POOL', least: 10 },
              { title: 'SESSIONS', least: 12 },
            ],
            rows,
          )
        })
      }),
    )

  pools
    .command('show')
    .argument('<name>', 'a pool')
    .description('show the sessions of a pool, in the order in which they are asked to send')
    .action(
      run(async (context, name) => {
        const pool = await answerOf(context.api.GET('/api/pools/{name}', { params: { path: { name } } }))
        context.show(pool, () => [...pool.sessions])
      }),
    )

  pools
    .command('set')
    .argument('<name>', 'a pool; a new one is made')
    .argument('<sessions...>', 'its sessions; the first that is connected sends')
    .description('make a pool, or change its sessions')
    .action(
      run(async (context, name, sessions) => {
        const params = { path: { name } }
        const pool = await answerOf(context.api.PUT('/api/pools/{name}', { params, body: { sessions } }))
        context.show(pool, () => [`${name}: ${pool.sessions.join(', ')}`])
      }),
    )

  pools
    .command('remove')
    .argument('<name>', 'a pool')
    .description('remove a pool; its sessions stay')
    .option('-y, --yes', 'do not ask')
    .action(
      run(async (context, name, { yes }) => {
        await context.agree(`Remove the pool ${name}? Messages to it are refused then.`, yes)
        const pool = await answerOf(context.api.DELETE('/api/pools/{name}', { params: { path: { name } } }))
        context.show(pool, () => [`The pool ${name} is removed. Its sessions stay: ${pool.sessions.join(', ')}`])
      }),
    )
}
