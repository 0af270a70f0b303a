// Has to be the first import: functions that are defined before it do not get its options.
import './options.ts'

// One file for each function. The name of an export is the name of its function, and of its queue.
export { api } from './api-function.ts'
export { cleanup } from './schedules/cleanup.ts'
export { maintain } from './schedules/maintain.ts'
export { sweep } from './schedules/sweep.ts'
export { alerts } from './tasks/alerts.ts'
export { retries } from './tasks/retries.ts'
export { webhooks } from './tasks/webhooks.ts'
