import { DEFAULT_CONNECTION_CONFIG } from '@whiskeysockets/baileys'

/** The address of WhatsApp's server, which every connection dials. */
export const serverAddress = (): URL => new URL(DEFAULT_CONNECTION_CONFIG.waWebSocketUrl)
