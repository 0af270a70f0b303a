import type { Trouble } from './trouble.ts'

/** Lets sessions and their contacts say everything that people say. */
export const sayAllKinds: Trouble = async ({ kinds }, options) => {
  if (!kinds) throw new Error('Messages of all kinds need a world with their chats.')
  await kinds.run(options)
}
