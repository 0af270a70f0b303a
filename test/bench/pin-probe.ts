import { pin } from './core.ts'

// The sandbox preloads this module into the runner of the bench, also into one that starts after a kill.
const core = process.env['BENCH_CORE']
if (core !== undefined) pin(process.pid, Number(core))
