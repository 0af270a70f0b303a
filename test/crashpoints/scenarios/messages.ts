import type { Scenario } from '../scenario.ts'

export const messageOnOpenChat: Scenario = {
  name: 'message on an open chat',
  struck: 'working',
  act: async (chats) => void (await chats.send()),
}
