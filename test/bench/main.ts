import { parseArgs } from 'node:util'
import { measureGroupCommits } from './group-commits.ts'
import { measureSandbox } from './whole-path.ts'

/** First figures of the product on this machine, with everything (emulator, simulator, runner, this program) on its cores. */
const { values } = parseArgs({
  options: {
    json: { type: 'boolean', default: false },
    sessions: { type: 'string', default: '4' },
    messages: { type: 'string', default: '400' },
  },
})

const say = (text: string): void => void process.stderr.write(`${text}\n`)

say('Group commits on the emulator ...')
const groupCommitMs = await measureGroupCommits(300)
say('The whole path ...')
const wholePath = await measureSandbox({ sessions: Number(values.sessions), messages: Number(values.messages), say })
const figures = { groupCommitMs, ...wholePath }

if (values.json) process.stdout.write(`${JSON.stringify(figures)}\n`)
else for (const [name, value] of Object.entries(figures)) process.stdout.write(`${name.padEnd(24)} ${JSON.stringify(value)}\n`)
// Google's client keeps its channel open for a while.
process.exit(0)
