import type { Questions } from '../../../runner/src/whatsapp/questions.ts'

/** Stands in for the questions of a connection that nobody asks anything. */
export const NO_QUESTIONS = new Proxy({} as Questions, {
  get: (_, name) => () => Promise.reject(new Error(`This connection does not answer ${String(name)}.`)),
})
